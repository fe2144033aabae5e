// YAML text to its documents; an error names the line and never quotes the text, which may hold secrets.

import { LineCounter, parseAllDocuments } from 'yaml';
import { failure, type Outcome, success } from '../core/outcome.ts';

/** To be imported late: a docker config never needs the parser. */
export function parseYamlDocuments(text: string): Outcome<readonly unknown[], string> {
  if (isNestedTooDeeply(text)) return failure('its YAML is nested too deeply');
  const lineCounter = new LineCounter();
  // The check for repeated keys takes the square of their number.
  const options = { lineCounter, prettyErrors: false, logLevel: 'silent', uniqueKeys: false } as const;
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, options);
  } catch {
    return failure('its YAML is nested too deeply');
  }
  const values: unknown[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) {
      return failure(`it is not valid YAML (line ${lineCounter.linePos(error.pos[0]).line})`);
    }
    try {
      values.push(document.toJS());
    } catch {
      return failure('its YAML aliases cannot be resolved');
    }
  }
  return success(values);
}

const MAX_DEPTH = 200;

/** The parser recurses, and far enough down it takes the whole process with it. Brackets inside strings count too. */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${MAX_DEPTH}}`).test(text);
}
