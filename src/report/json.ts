// The JSON document, written as the results arrive: head, elements, tail.

import { SKIPS, type Skip } from '../core/result.ts';
import type { Reporter } from './reporter.ts';
import { formatJson, problemDocument, resultDocument, runDocument } from './result-document.ts';

const HEAD = '{\n  "schemaVersion": 1,\n  "results": [';

export function createJsonReporter(): Reporter {
  let elements = 0;
  const problems: object[] = [];
  const skipReasons = Object.fromEntries(SKIPS.map((reason) => [reason, 0])) as Record<Skip, number>;
  return {
    onResult(result) {
      if (result.verdict === 'skipped') skipReasons[result.reason] += 1;
      const before = elements === 0 ? `${HEAD}\n` : ',\n';
      elements += 1;
      return before + indent(formatJson(resultDocument(result), 2), '    ');
    },
    onProblem(problem) {
      problems.push(problemDocument(problem));
      return '';
    },
    onEnd(report) {
      const before = elements === 0 ? `${HEAD}]` : '\n  ]';
      const { tool, exitCode, interrupted, notChecked, summary, leftOut, policy, shard } = runDocument(report);
      const counts = { exitCode, interrupted, notChecked, summary, skipReasons, leftOut };
      const rest = { problems, tool, ...counts, policy, shard };
      // Fields that are known only at the end; the opening brace of this object is part of the head.
      return `${before},${formatJson(rest, 2).slice(1)}\n`;
    },
  };
}

const indent = (text: string, by: string): string => text.replace(/^/gm, () => by);
