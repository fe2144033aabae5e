// JSON text to a value; an error names the line and never quotes the text, which may hold secrets.

import { failure, type Outcome, success } from '../core/outcome.ts';

export function parseJson(text: string): Outcome<unknown, string> {
  try {
    return success(JSON.parse(text));
  } catch (error) {
    const line = lineOf(text, error instanceof Error ? error.message : '');
    return failure(`it is not valid JSON${line === undefined ? '' : ` (line ${line})`}`);
  }
}

/** V8 gives the position for most errors, or says that the text just ends; otherwise it only quotes. */
function lineOf(text: string, message: string): number | undefined {
  const isCutOff = message === 'Unexpected end of JSON input';
  const position = / JSON at position (\d+)/.exec(message)?.[1];
  if (position === undefined && !isCutOff) return undefined;
  return text
    .trimEnd()
    .slice(0, isCutOff ? undefined : Number(position))
    .split('\n').length;
}
