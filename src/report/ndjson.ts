// One result per line, each an element of `results` in the JSON document.

import type { Reporter } from './reporter.ts';
import { formatJson, resultDocument } from './result-document.ts';

export function createNdjsonReporter(): Reporter {
  return {
    onResult: (result) => `${formatJson(resultDocument(result))}\n`,
    onEnd: () => '',
  };
}
