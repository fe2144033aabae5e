// The JSON document, written as the results arrive: head, elements, tail.

import type { LeftOut } from '../core/report.ts';
import { SKIPS, type Skip } from '../core/result.ts';
import type { Reporter } from './reporter.ts';
import { formatJson, problemDocument, resultDocument } from './result-document.ts';

const NOTHING_LEFT_OUT: LeftOut = { gitignore: 0, exclude: 0 };
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
    onEnd({ tool, exitCode, interrupted, notChecked, summary, leftOut = NOTHING_LEFT_OUT }) {
      const before = elements === 0 ? `${HEAD}]` : '\n  ]';
      const rest = { problems, tool, exitCode, interrupted, notChecked, summary, skipReasons, leftOut };
      // Fields that are known only at the end; the opening brace of this object is part of the head.
      return `${before},${formatJson(rest, 2).slice(1)}\n`;
    },
  };
}

const indent = (text: string, by: string): string => text.replace(/^/gm, () => by);
