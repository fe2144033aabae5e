// The JSON document, written while the results come: head, one element after another, tail.

import type { Reporter } from './reporter.ts';
import { formatJson, problemDocument, resultDocument } from './result-document.ts';

const HEAD = '{\n  "schemaVersion": 1,\n  "results": [';

export function createJsonReporter(): Reporter {
  let elements = 0;
  const problems: object[] = [];
  return {
    onResult(result) {
      const before = elements === 0 ? `${HEAD}\n` : ',\n';
      elements += 1;
      return before + indent(formatJson(resultDocument(result), 2), '    ');
    },
    onProblem(problem) {
      problems.push(problemDocument(problem));
      return '';
    },
    onEnd({ tool, exitCode, interrupted, notChecked, summary }) {
      const before = elements === 0 ? `${HEAD}]` : '\n  ]';
      // What is known only at the end comes last; the brace that opens this object was written with the head.
      return `${before},${formatJson({ problems, tool, exitCode, interrupted, notChecked, summary }, 2).slice(1)}\n`;
    },
  };
}

const indent = (text: string, by: string): string => text.replace(/^/gm, () => by);
