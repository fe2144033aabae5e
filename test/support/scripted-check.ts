// One check against scripted answers: what it concludes, and every request it needed.

import { createAuthMemory } from '../../src/auth/auth-memory.ts';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext, CheckSettings } from '../../src/check/check-context.ts';
import type { MirrorRule } from '../../src/check/mirror.ts';
import { success } from '../../src/core/outcome.ts';
import type { Result } from '../../src/core/result.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { createKnownSecrets, type KnownSecrets } from '../../src/http/known-secrets.ts';
import { createPacer } from '../../src/http/pacer.ts';
import { quoteFor, shownHost } from '../../src/http/quote.ts';
import type { HttpRequest, Send } from '../../src/http/send.ts';
import { isTooManyRequests } from '../../src/registry/rate-limit.ts';
import { createFakeClock } from './fake-clock.ts';
import { byUrl, createFakeSend, type Reply, type Script, type Scripted } from './fake-send.ts';
import type { Content } from './image-bytes.ts';

export interface ScriptedCheck extends Partial<CheckSettings> {
  readonly image?: string;
  readonly script: Script;
  readonly logins?: readonly Credential[];
  readonly mirrors?: readonly MirrorRule[];
}

export interface Checked {
  readonly result: Result;
  /** As sent: `GET https://example.com/v2/app/manifests/1`. */
  readonly log: readonly string[];
  readonly requests: readonly HttpRequest[];
}

/** What the checks of one run share, without credentials. */
export function scriptContext(script: Script, changes: Partial<CheckContext> = {}, registry?: string) {
  const { send, log, requests } = createFakeSend(byUrl(script, registry));
  const clock = createFakeClock();
  const { secrets = createKnownSecrets() } = changes;
  const context: CheckContext = {
    send: quoting(send, secrets),
    open: () => {},
    tlsProblems: () => [],
    credentials: { find: () => ({ credentials: fromList([]), warnings: [] }) },
    memory: createAuthMemory({ clock }),
    secrets,
    hostsWithoutHead: new Set(),
    pacer: createPacer({ clock, random: () => 0.5, isTooMany: isTooManyRequests }),
    plainHosts: new Set(),
    hosts: new Map(),
    mirrors: [],
    clock,
    random: () => 0.5,
    settings: SETTINGS,
    ...changes,
  };
  return { context, log, requests };
}

/** Quotes responses as the transport does. */
const quoting =
  (send: Send, secrets: KnownSecrets): Send =>
  async (request) => {
    request.signal.throwIfAborted();
    const outcome = await send(request);
    const quote = quoteFor(request, secrets);
    return outcome.ok ? success({ ...outcome.value, quote, host: shownHost(request, quote) }) : outcome;
  };

const SETTINGS: CheckSettings = {
  proof: undefined,
  platforms: undefined,
  knownChallenge: () => undefined,
  plainHttp: false,
  timeoutMs: 30_000,
  retries: 0,
};

/** Of `registry.example/team/app:1`, anonymously, by default. */
export async function checkScripted({
  image = 'registry.example/team/app:1',
  script,
  logins = [],
  mirrors = [],
  ...settings
}: ScriptedCheck): Promise<Checked> {
  const host = /^[^/]*[.:][^/]*\//.test(image) ? image.split('/')[0] : 'registry-1.docker.io';
  const credentials = { find: () => ({ credentials: fromList(logins), warnings: [] }) };
  const changes = { credentials, mirrors, settings: { ...SETTINGS, ...settings } };
  const { context, log, requests } = scriptContext(script, changes, `https://${host}`);
  const result = await checkTarget(context, { text: image, foundAt: [] }, new AbortController().signal);
  return { result, log, requests };
}

async function* fromList<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export const password = (username = 'me', source = '~/.docker/config.json'): Credential => ({
  kind: 'password',
  username,
  password: new Secret('hunter2'),
  source,
});

/** 200 with the content, by HEAD and GET. */
export const serves = ({ bytes, mediaType, digest, size }: Content, headers: Reply['headers'] = {}): Reply => ({
  headers: { 'content-type': mediaType, 'docker-content-digest': digest, 'content-length': String(size), ...headers },
  body: bytes,
});

/** `{errors:[{code,message}]}` and the status that goes with it. */
export const refuses = (status: number, code: string, message: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers,
  body: { errors: [{ code, message, detail: null }] },
});

export const bearer = (realm: string, params: Readonly<Record<string, string>> = {}): string =>
  `Bearer ${Object.entries({ realm, ...params })
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}`;

export const challenges = (...lines: string[]): Reply => ({
  status: 401,
  headers: { 'www-authenticate': lines },
  body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] },
});

/** `anonymous` until the request carries an Authorization, `known` from then on. */
export const whenKnown =
  (anonymous: Scripted, known: Scripted): Scripted =>
  ({ headers }) =>
    headers.authorization === undefined ? anonymous : known;

export const html = (status: number, page = '<html><head><title>Sign in</title></head></html>'): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: page,
});
