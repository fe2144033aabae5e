// One check against scripted answers: what it concludes, and every request it needed.

import assert from 'node:assert/strict';
import { createAuthMemory } from '../../src/auth/auth-memory.ts';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext, CheckSettings } from '../../src/check/check-context.ts';
import { failure, success } from '../../src/core/outcome.ts';
import type { Result } from '../../src/core/result.ts';
import { cleanText } from '../../src/core/text.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import { createKnownSecrets, type KnownSecrets } from '../../src/http/known-secrets.ts';
import { createPacer } from '../../src/http/pacer.ts';
import { quoteFor, shownHost } from '../../src/http/quote.ts';
import type { HttpRequest, Send } from '../../src/http/send.ts';
import { isTooManyRequests } from '../../src/registry/rate-limit.ts';
import { createFakeClock } from './fake-clock.ts';
import type { Content } from './image-bytes.ts';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}

export type Scripted = Reply | { readonly fails: Partial<HttpFailure> } | ((request: HttpRequest) => Scripted);

/**
 * By `METHOD URL`, or by URL for any method; a URL that begins with a slash is below the registry, one without a
 * query stands for any query, `*` for everything else. A list is used up one by one, its last element stays.
 */
export type Script = Readonly<Record<string, Scripted | readonly Scripted[]>>;

export interface ScriptedSend {
  readonly send: Send;
  /** As sent: `GET https://example.com/v2/app/manifests/1`. */
  readonly log: string[];
  readonly requests: HttpRequest[];
}

/** Without percent-encoding, where it is well-formed. */
function readable({ href }: URL): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

export function scriptSend(script: Script, registry = 'https://registry.example'): ScriptedSend {
  const log: string[] = [];
  const requests: HttpRequest[] = [];
  const used = new Map<string, number>();
  const pick = ({ method, url }: HttpRequest): Scripted => {
    const full = readable(url);
    const bare = full.split('?')[0] ?? '';
    const names = [
      full,
      bare,
      ...[full, bare].map((it) => (it.startsWith(`${registry}/`) ? it.slice(registry.length) : it)),
    ];
    const keys = [...names.flatMap((name) => [`${method} ${name}`, name]), '*'];
    const key = keys.find((name) => Object.hasOwn(script, name));
    assert.ok(key !== undefined, `nothing is scripted for ${method} ${full}`);
    const entry = script[key] as Scripted | readonly Scripted[];
    if (!Array.isArray(entry)) return entry as Scripted;
    const at = used.get(key) ?? 0;
    used.set(key, at + 1);
    return entry[Math.min(at, entry.length - 1)] as Scripted;
  };
  const send: Send = async (request) => {
    request.signal.throwIfAborted();
    log.push(`${request.method} ${readable(request.url)}`);
    requests.push(request);
    let scripted = pick(request);
    while (typeof scripted === 'function') scripted = scripted(request);
    if ('fails' in scripted) return failure({ ...FAILURE, host: request.url.host, ...scripted.fails });
    return success(respond(request, scripted));
  };
  return { send, log, requests };
}

const FAILURE: Omit<HttpFailure, 'host'> = {
  kind: 'tcp',
  phase: 'tcp',
  code: null,
  detail: 'it failed',
  isTransient: false,
};

const MAX_ERROR_BYTES = 16 * 1024;

/** Caps bodies as the transport does. */
function respond({ method, url, maxBytes }: HttpRequest, { status = 200, headers = {}, body = '' }: Reply) {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  const cap = status >= 200 && status < 300 ? maxBytes : MAX_ERROR_BYTES;
  const isAbandoned = method === 'HEAD' || cap === 0;
  return {
    status,
    headers: new HttpHeaders(isText ? headers : { 'content-type': 'application/json', ...headers }),
    body: isAbandoned ? new Uint8Array() : bytes.subarray(0, cap),
    truncated: method !== 'HEAD' && bytes.length > cap,
    url,
    host: url.host,
    quote: cleanText,
    crossedOrigin: false,
  };
}

export interface ScriptedCheck extends Partial<CheckSettings> {
  readonly image?: string;
  readonly script: Script;
  readonly logins?: readonly Credential[];
}

export interface Checked {
  readonly result: Result;
  readonly log: readonly string[];
  readonly requests: readonly HttpRequest[];
}

/** What the checks of one run share, with nobody logged in. */
export function scriptContext(script: Script, changes: Partial<CheckContext> = {}, registry?: string) {
  const { send, log, requests } = scriptSend(script, registry);
  const clock = createFakeClock(Date.UTC(2026, 0, 1));
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

/** As the transport lets the words of an answer be shown. */
const quoting =
  (send: Send, secrets: KnownSecrets): Send =>
  async (request) => {
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

/** Of `registry.example/team/app:1`, without a login, unless told otherwise. */
export async function checkScripted({
  image = 'registry.example/team/app:1',
  script,
  logins = [],
  ...settings
}: ScriptedCheck): Promise<Checked> {
  const host = /^[^/]*[.:][^/]*\//.test(image) ? image.split('/')[0] : 'registry-1.docker.io';
  const credentials = { find: () => ({ credentials: fromList(logins), warnings: [] }) };
  const changes = { credentials, settings: { ...SETTINGS, ...settings } };
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
