// A login before anybody said where it came from, read from an entry of `auths`.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { decodeBase64Text } from './base64.ts';
import type { Credential } from './credential.ts';
import { isJsonObject, readField } from './json-field.ts';
import { Secret } from './secret.ts';

type WithoutSource<T> = T extends unknown ? Omit<T, 'source'> : never;
export type Login = WithoutSource<Credential>;

/** docker-credential-helpers: "identity tokens are stored with the user name `<token>`". */
const TOKEN_USER = '<token>';

export function createLogin(username: string, secret: string): Login {
  return username === TOKEN_USER
    ? { kind: 'identity-token', token: new Secret(secret) }
    : { kind: 'password', username, password: new Secret(secret) };
}

/**
 * An entry as docker, podman and `az acr login` write it. A token outranks a password, as it does in docker;
 * undefined when the entry holds no login (docker writes `{}` for what a credentials store keeps).
 */
export function parseLogin(entry: unknown): Outcome<Login | undefined, string> {
  if (entry === null) return success(undefined);
  if (!isJsonObject(entry)) return failure('it is not an object');
  const texts = { registrytoken: '', identitytoken: '', auth: '', username: '', password: '' };
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    const value = readField(entry, name) ?? '';
    if (typeof value !== 'string') return failure(`its "${name}" is not a string`);
    texts[name] = value;
  }
  if (texts.registrytoken !== '') return success({ kind: 'registry-token', token: new Secret(texts.registrytoken) });
  const pair = texts.auth === '' ? success([texts.username, texts.password] as const) : parseAuth(texts.auth);
  if (texts.identitytoken !== '') {
    const token = new Secret(texts.identitytoken);
    const username = pair.ok ? pair.value[0] : '';
    return success({ kind: 'identity-token', token, ...(username !== '' && { username }) });
  }
  if (!pair.ok) return pair;
  // An empty user name alone is a login (podman accepts it, docker does not): registries exist that look at the
  // password only, RFC 7617 allows it, and it goes nowhere but where it was stored for.
  if (pair.value.every((text) => text === '')) {
    return texts.auth === '' ? success(undefined) : failure('its "auth" holds neither user name nor password');
  }
  return success(createLogin(...pair.value));
}

/** auth = base64( username ":" password ); NUL bytes around the password are padding of old docker versions. */
function parseAuth(auth: string): Outcome<readonly [username: string, password: string], string> {
  const text = decodeBase64Text(auth);
  if (text === undefined) return failure('its "auth" is not base64 of a text');
  const colon = text.indexOf(':');
  if (colon === -1) return failure('its "auth" has no colon between user name and password');
  return success([
    text.slice(0, colon),
    text
      .slice(colon + 1)
      .replace(/^\0+/, '')
      .replace(/\0+$/, ''),
  ]);
}
