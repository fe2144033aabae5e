// The JSON document, written as the results arrive: head, elements, tail.

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
      // Fields that are known only at the end; the opening brace of this object is part of the head.
      return `${before},${formatJson({ problems, tool, exitCode, interrupted, notChecked, summary }, 2).slice(1)}\n`;
    },
  };
}

const indent = (text: string, by: string): string => text.replace(/^/gm, () => by);
