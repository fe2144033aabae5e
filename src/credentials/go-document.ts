// Reads JSON and base64 as the Go programs do that share these files: docker, podman, kubectl, credential helpers.
//
// Errors give the line and never quote the text, which may contain secrets. core/json.ts gives no lines, and a value of
// its own kind, where Secrets in YAML (yaml-text.ts) have to give the same plain data.

import { textOfBytes } from '../core/byte-text.ts';
import { foldName } from '../core/json.ts';
import { findSyntaxError } from '../core/json-place.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';

export type PlainObject = Readonly<Record<string, unknown>>;

export const isPlainObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value under `name` in any case, as in encoding/json; the exact name wins. null counts as absent, as in Go. */
export function readField(object: PlainObject, name: string): unknown {
  const key = Object.hasOwn(object, name)
    ? name
    : Object.keys(object).find((candidate) => foldName(candidate) === foldName(name));
  return key === undefined ? undefined : (object[key] ?? undefined);
}

export function parseJsonDocument(text: string): Outcome<unknown, string> {
  try {
    return success(JSON.parse(text));
  } catch {
    const fault = findSyntaxError(text.trimEnd());
    return failure(`it is not valid JSON${fault === undefined ? '' : ` (line ${fault.line}, column ${fault.column})`}`);
  }
}

/** The JSON value that the text begins with, as a Decoder of encoding/json reads it: whatever follows is left. */
export function parseFirstJson(text: string): Outcome<{ readonly value: unknown; readonly rest: string }, string> {
  const end = endOfObject(text);
  const parsed = parseJsonDocument(text.slice(0, end));
  return parsed.ok ? success({ value: parsed.value, rest: text.slice(end).trim() }) : parsed;
}

/** The length of the text if it is not an object, or does not end. */
function endOfObject(text: string): number {
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}]/gs)) {
    if (part === '{') depth += 1;
    if (part === '}') depth -= 1;
    if (part === '}' && depth <= 0) return index + 1;
  }
  return text.length;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Decodes standard base64 (RFC 4648 section 4), exactly as strict as encoding/base64: padding is required, CR and LF are
 * ignored, other white space is not, trailing bits are not checked. Node's own decoder skips everything invalid. Bytes that
 * are not UTF-8 are kept: see `textOfBytes`. undefined when the text is not base64.
 */
export function decodeBase64Text(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !BASE64.test(compact)) return undefined;
  return textOfBytes(Buffer.from(compact, 'base64'));
}
