// TOML by another program's hand: what we know of its shape is read, the rest is passed over.

import { parse, TomlError } from 'smol-toml';
import type * as z from 'zod';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';

/** `path`: as messages name the file. Throws a UsageError that names the line, or the key. */
export function readToml<T extends z.ZodType>(text: string, path: string, shape: T): z.output<T> {
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    throw new UsageError(`${path}:${error.line}: ${cleanText(message)}.`);
  }
  const parsed = shape.safeParse(table);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.map((step) => hideUserinfo(String(step))).join('.') ?? '';
  throw new UsageError(`${path}: ${cleanText(key)}: ${issue?.message}.`);
}
