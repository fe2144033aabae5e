// YAML text to its documents; an error names the line and never quotes the text, which may hold secrets.

import { failure, type Outcome, success } from '../core/outcome.ts';

/** Loads the parser only now: a docker config never needs it. */
export async function parseYamlDocuments(text: string): Promise<Outcome<readonly unknown[], string>> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
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
