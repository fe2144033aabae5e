// What an HTTP check reads from files for each check: the login for its host, and the authorities it trusts.

import type { Env } from '../../core/env.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import { cleanText } from '../../core/text.ts';
import { findCredential } from '../../credentials/find-credential.ts';
import { readFileText, refusePipes, USUAL_DEADLINE_MS } from '../../file/read-file.ts';
import type { HttpResource } from '../resource/monitor-resource.ts';

/** The error is a sentence. */
export type Authority = Outcome<string | undefined, string>;

const MAX_CA_BYTES = 4 * 1024 * 1024;

export async function readAuthority(caFile: string | null, signal: AbortSignal): Promise<Authority> {
  if (caFile === null) return success(undefined);
  const limits = { maxBytes: MAX_CA_BYTES, deadlineMs: USUAL_DEADLINE_MS, refuse: refusePipes, signal };
  const text = await readFileText(caFile, limits);
  if (text.ok) return success(text.value);
  return failure(`The CA file ${cleanText(caFile)} cannot be read: ${cleanText(text.error.problem)}.`);
}

export interface RequestHeaders {
  readonly values: Readonly<Record<string, string>>;
  /** Of these values: never shown. */
  readonly secrets: readonly string[];
}

/** A value under such a name may be a secret. */
const SECRET_NAME = /auth|cookie|key|token|secret|pass|session/i;

export async function headersOf(
  { headers, authFile }: HttpResource,
  { host }: URL,
  env: Env,
): Promise<Outcome<RequestHeaders, string>> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const secrets = given.filter(([name]) => SECRET_NAME.test(name)).flatMap(([, value]) => [value, ...value.split(' ')]);
  const values = Object.fromEntries(given);
  if (authFile === null) return success({ values, secrets });
  const credential = await findCredential({ registry: host, files: [authFile], env });
  if (credential === undefined) {
    return failure(`The file ${cleanText(authFile)} cannot be read, or has no login for ${host}.`);
  }
  const secret = (credential.kind === 'password' ? credential.password : credential.token).reveal();
  const authorization =
    credential.kind === 'password'
      ? `Basic ${Buffer.from(`${credential.username}:${secret}`).toString('base64')}`
      : `Bearer ${secret}`;
  return success({ values: { ...values, authorization }, secrets: [...secrets, secret] });
}
