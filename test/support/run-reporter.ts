// A whole report from a reporter: the text of every result and of the end, and what it was told about the run.

import { type Report, summarise, tallyOf } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import type { Reporter } from '../../src/report/reporter.ts';

export function reportOn(results: readonly Result[], changes: Partial<Report> = {}): Report {
  return {
    tool: { name: 'kairos-pull', version: '0.1.0' },
    exitCode: 0,
    interrupted: false,
    notChecked: 0,
    summary: summarise(tallyOf(results)),
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 1230,
    ...changes,
  };
}

export function runReporter(reporter: Reporter, results: readonly Result[], changes: Partial<Report> = {}): string {
  const text = results.map((result) => reporter.onResult?.(result) ?? '').join('');
  return text + reporter.onEnd(reportOn(results, changes));
}
