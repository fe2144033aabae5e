// TOML of other programs: known keys are validated, unknown ones ignored.

import { parse, TomlError } from 'smol-toml';
import type * as z from 'zod';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';

/** `path`: as in messages. Throws a UsageError with the line or the key. */
export function readToml<T extends z.ZodType>(text: string, path: string, schema: T): z.output<T> {
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    throw new UsageError(`${path}:${error.line}: ${cleanText(message)}.`);
  }
  const parsed = schema.safeParse(table);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.map((step) => hideUserinfo(String(step))).join('.') ?? '';
  throw new UsageError(`${path}: ${cleanText(key)}: ${issue?.message}.`);
}
