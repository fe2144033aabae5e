// One result per line, each an element of `results` in the JSON document; and one problem of a file per line, each an
// element of `problems`. The report of a shard ends with a line about the run: a truncated report has none.

import type { Reporter } from './reporter.ts';
import { formatJson, problemDocument, resultDocument, runDocument } from './result-document.ts';

export function createNdjsonReporter(): Reporter {
  return {
    onResult: (result) => `${formatJson(resultDocument(result))}\n`,
    onProblem: (problem) => `${formatJson(problemDocument(problem))}\n`,
    onEnd: (report) => (report.shard === undefined ? '' : `${formatJson(runDocument(report))}\n`),
  };
}
