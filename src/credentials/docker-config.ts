// The logins in docker's config.json, podman's auth.json (containers-auth.json(5)) and docker's old ~/.dockercfg.

import type { Outcome } from '../core/outcome.ts';
import { isJsonObject, type JsonObject, readField } from './json-field.ts';
import { type Login, parseLogin } from './login.ts';

export interface AuthEntry {
  readonly key: string;
  /** undefined when the entry is empty; an error says what is wrong with it, without quoting it. */
  readonly login: Outcome<Login | undefined, string>;
  /** Where inside the file, when it holds several: `Secret regcred`. */
  readonly within?: string;
}

export interface DockerConfig {
  readonly auths: readonly AuthEntry[];
  /** An empty helper name means: no helper for this key, whatever `credsStore` says. */
  readonly credHelpers: readonly { readonly key: string; readonly helper: string }[];
  readonly credsStore?: string;
  /** What had to be left out, in words. */
  readonly problems: readonly string[];
}

const KNOWN_FIELDS = ['auths', 'credHelpers', 'credsStore'];
const LOGIN_FIELDS = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'];

/** The logins of a parsed JSON document; anything unusable becomes a problem and hurts nothing else. */
export function parseDockerConfig(document: unknown): DockerConfig {
  if (!isJsonObject(document)) return { auths: [], credHelpers: [], problems: ['it is not a JSON object'] };
  const problems: string[] = [];
  const readEntries = (name: string): [string, unknown][] => {
    const value = readField(document, name) ?? {};
    if (isJsonObject(value)) return Object.entries(value);
    problems.push(`its "${name}" is not an object`);
    return [];
  };

  const entries = isDockercfg(document) ? Object.entries(document) : readEntries('auths');
  const auths = entries.map(([key, entry]) => ({ key, login: parseLogin(entry) }));
  const credHelpers = readEntries('credHelpers').flatMap(([key, helper]) => {
    if (typeof helper === 'string') return [{ key, helper }];
    problems.push('one of its "credHelpers" is not a string');
    return [];
  });
  const credsStore = readField(document, 'credsStore') ?? '';
  if (typeof credsStore !== 'string') problems.push('its "credsStore" is not a string');
  return { auths, credHelpers, problems, ...(typeof credsStore === 'string' && credsStore !== '' && { credsStore }) };
}

/** ~/.dockercfg is the `auths` object alone; a config.json without logins holds other objects (`proxies`, `plugins`). */
const isDockercfg = (document: JsonObject): boolean =>
  KNOWN_FIELDS.every((name) => readField(document, name) === undefined) &&
  Object.values(document).some(
    (value) => isJsonObject(value) && LOGIN_FIELDS.some((name) => readField(value, name) !== undefined),
  );
