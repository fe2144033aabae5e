// Reads the URL of a notifier at each use, so that one that was changed in its file is used. It is a secret as a whole:
// no problem contains a part of it.

import type { Env } from '../../core/env.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import { cleanText } from '../../core/text.ts';
import { userinfoOf } from '../../core/userinfo.ts';
import { readFileText, refusePipes, USUAL_DEADLINE_MS } from '../../file/read-file.ts';
import type { SecretUrl } from './notifier-options.ts';

export interface Address {
  /** Without user info. */
  readonly url: URL;
  /** What the user info means. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Anything longer is not a URL but the wrong file. */
const MAX_BYTES = 64 * 1024;

/** The problem completes "webhook: …". */
export async function readAddress(secret: SecretUrl, env: Env, signal: AbortSignal): Promise<Outcome<Address, string>> {
  switch (secret.kind) {
    case 'value':
      return parseAddress(secret.url, 'its URL');
    case 'env': {
      const value = env[secret.name];
      if (value === undefined || value.trim() === '') {
        return failure(`the environment variable ${cleanText(secret.name)} is not set`);
      }
      return parseAddress(value, `the environment variable ${cleanText(secret.name)}`);
    }
    case 'file': {
      const limits = { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, refuse: refusePipes, signal };
      const text = await readFileText(secret.path, limits);
      const place = cleanText(secret.path);
      if (!text.ok) return failure(`the file ${place} cannot be read: ${cleanText(text.error.problem)}`);
      return parseAddress(text.value, `the file ${place}`);
    }
    default:
      secret satisfies never;
      throw new TypeError('unknown place of a URL');
  }
}

function parseAddress(text: string, place: string): Outcome<Address, string> {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return failure(`${place} is not an http or https URL`);
  }
  const { username, password } = userinfoOf(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  const credential = Buffer.from(`${username}:${password}`).toString('base64');
  return success({ url, headers: username === '' && password === '' ? {} : { authorization: `Basic ${credential}` } });
}
