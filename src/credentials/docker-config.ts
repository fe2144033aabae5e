// Credentials in docker's config.json, podman's auth.json (containers-auth.json(5)) and docker's old ~/.dockercfg.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { createCredential, type StoredCredential } from './credential.ts';
import { decodeBase64Text, isPlainObject, type PlainObject, readField } from './go-document.ts';
import { Secret } from './secret.ts';

export interface AuthEntry {
  readonly key: string;
  /** undefined when the entry is empty; an error describes the problem without quoting the entry. */
  readonly credential: Outcome<StoredCredential | undefined, string>;
  /** Where in the file, if it contains several configs: `Secret regcred`. */
  readonly within?: string;
}

export interface DockerConfig {
  readonly auths: readonly AuthEntry[];
  /** An empty helper name means: no helper for this key, whatever `credsStore` says. */
  readonly credHelpers: readonly { readonly key: string; readonly helper: string }[];
  readonly credsStore?: string;
  /** What was ignored and why, as clauses about "it". */
  readonly problems: readonly string[];
}

const KNOWN_FIELDS = ['auths', 'credHelpers', 'credsStore'];
const ENTRY_FIELDS = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'];

/** Reads a parsed JSON document; each unusable part becomes a problem and does not affect the rest. */
export function parseDockerConfig(document: unknown): DockerConfig {
  if (!isPlainObject(document)) return { auths: [], credHelpers: [], problems: ['it is not a JSON object'] };
  const problems: string[] = [];
  const readEntries = (name: string): [string, unknown][] => {
    const value = readField(document, name) ?? {};
    if (isPlainObject(value)) return Object.entries(value);
    problems.push(`its "${name}" is not an object`);
    return [];
  };

  const entries = isDockercfg(document) ? Object.entries(document) : readEntries('auths');
  const auths = entries.map(([key, entry]) => ({ key, credential: parseAuthEntry(entry) }));
  const credHelpers = readEntries('credHelpers').flatMap(([key, helper]) => {
    if (typeof helper === 'string') return [{ key, helper }];
    problems.push('one of its "credHelpers" is not a string');
    return [];
  });
  const credsStore = readField(document, 'credsStore') ?? '';
  if (typeof credsStore !== 'string') problems.push('its "credsStore" is not a string');
  return { auths, credHelpers, problems, ...(typeof credsStore === 'string' && credsStore !== '' && { credsStore }) };
}

/** ~/.dockercfg is only the `auths` object; a config.json without credentials has other objects (`proxies`, `plugins`). */
const isDockercfg = (document: PlainObject): boolean =>
  KNOWN_FIELDS.every((name) => readField(document, name) === undefined) &&
  Object.values(document).some(
    (value) => isPlainObject(value) && ENTRY_FIELDS.some((name) => readField(value, name) !== undefined),
  );

/**
 * An entry as docker, podman and `az acr login` write it. A token takes precedence over a password, as in docker;
 * undefined when the entry contains no credential (docker writes `{}` for what a credentials store keeps).
 */
export function parseAuthEntry(entry: unknown): Outcome<StoredCredential | undefined, string> {
  if (entry === null) return success(undefined);
  if (!isPlainObject(entry)) return failure('it is not an object');
  const texts = { registrytoken: '', identitytoken: '', auth: '', username: '', password: '' };
  for (const name of Object.keys(texts) as (keyof typeof texts)[]) {
    const value = readField(entry, name) ?? '';
    if (typeof value !== 'string') return failure(`its "${name}" is not a string`);
    texts[name] = value;
  }
  const pair = texts.auth === '' ? success([texts.username, texts.password] as const) : parseAuth(texts.auth);
  const token = texts.registrytoken || texts.identitytoken;
  if (token !== '') {
    const [username, password] = pair.ok ? pair.value : ['', ''];
    const hasLogin = username !== '' && password !== '';
    const stored = {
      token: new Secret(token),
      ...(hasLogin && { login: { username, password: new Secret(password) } }),
    };
    if (texts.registrytoken !== '') return success({ kind: 'registry-token', ...stored });
    return success({ kind: 'identity-token', ...stored, ...(username !== '' && { username }) });
  }
  if (!pair.ok) return pair;
  // A password with an empty user name counts (in podman, not in docker): RFC 7617 allows it, some registries check only
  // the password, and it is sent only where it was stored for.
  if (pair.value.every((text) => text === '')) {
    return texts.auth === '' ? success(undefined) : failure('its "auth" contains neither user name nor password');
  }
  return success(createCredential(...pair.value));
}

/** auth = base64( username ":" password ), in any encoding, whose bytes clients send as they are; old docker versions pad the password with NUL bytes. */
function parseAuth(auth: string): Outcome<readonly [username: string, password: string], string> {
  const text = decodeBase64Text(auth);
  if (text === undefined) return failure('its "auth" is not base64-encoded');
  const colon = text.indexOf(':');
  if (colon === -1) return failure('its "auth" has no colon between user name and password');
  return success([text.slice(0, colon), withoutPadding(text.slice(colon + 1))]);
}

function withoutPadding(text: string): string {
  let [start, end] = [0, text.length];
  while (text.charAt(start) === '\0') start += 1;
  while (end > start && text.charAt(end - 1) === '\0') end -= 1;
  return text.slice(start, end);
}
