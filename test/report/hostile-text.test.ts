import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Result } from '../../src/core/result.ts';
import { FORMATS } from '../../src/report/format.ts';
import { formatProgress } from '../../src/report/progress.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { eventsOf, formatEvents } from '../support/event-lines.ts';
import { pullableResult } from '../support/results.ts';

const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What chalk writes: bold, dim, the sixteen colors, and their ends. */
const OWN_COLORS = /\x1b\[(?:1|2|22|3[0-9]|9[0-7])m/g;
const look = fc.record({
  color: fc.constantFrom(0 as const, 1 as const, 3 as const),
  width: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  unicode: fc.boolean(),
  verbose: fc.boolean(),
  inputWidths: fc.option(fc.array(fc.nat({ max: 300 }), { maxLength: 3 }), { nil: undefined }),
  count: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
});

describe('whatever a result contains', () => {
  it('the text report never sends control sequences from it to the terminal', () => {
    fc.assert(
      fc.property(anyResult, look, (result, options) => {
        const text = createTextReporter(options).onResult?.(result) ?? '';
        assert.doesNotMatch(options.color === 0 ? text : text.replace(OWN_COLORS, ''), STEERING);
        assert.ok(text.endsWith('\n'));
      }),
    );
  });

  it('a pipe gets one line for the image, the rest is indented', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const text = createTextReporter({ color: 0, unicode: true }).onResult?.(result) ?? '';
        const [first = '', ...rest] = text.slice(0, -1).split('\n');
        assert.match(first, /^[✔✖?–] /);
        for (const line of rest) assert.match(line, /^ {4}/);
      }),
    );
  });

  it('the steps never send control sequences from it to the terminal', () => {
    fc.assert(
      fc.property(anyResult, look, (result, options) => {
        assert.doesNotMatch(formatEvents(eventsOf(result), options).replace(OWN_COLORS, ''), STEERING);
      }),
    );
  });

  it('the progress line is one line within its width', () => {
    fc.assert(
      fc.property(anyResult, fc.nat({ max: 100 }), fc.boolean(), ({ input: slowest, durationMs }, width, unicode) => {
        const progress = { done: 12, total: 40, failed: 2, slowest, elapsedMs: durationMs };
        const line = formatProgress(progress, width, unicode);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.ok([...line.replace(/\p{M}/gu, '')].length <= width);
      }),
    );
  });

  it('no format writes a control character', () => {
    const report = {
      tool: { name: 'kairos-pull', version: '0.1.0' },
      exitCode: 0,
      interrupted: false,
      notChecked: 0,
      summary: { total: 2, pullable: 2, unpullable: 0, undetermined: 0, skipped: 0 },
      durationMs: 1,
    };
    fc.assert(
      fc.property(fc.constantFrom(...FORMATS), anyResult, (format, result) => {
        const reporter = createReporter(format, { color: 0, unicode: true });
        const text = [result, pullableResult()].map((it: Result) => reporter.onResult?.(it) ?? '').join('');
        assert.doesNotMatch(text + reporter.onEnd(report), STEERING);
      }),
    );
  });
});
