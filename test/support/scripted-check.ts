// One check against scripted responses: its result and its requests; and what its judges get, without a request.

import { createAuthMemory } from '../../src/auth/auth-memory.ts';
import type { CredentialsTried } from '../../src/auth/authenticate.ts';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext, CheckSettings } from '../../src/check/check-context.ts';
import type { CheckedImage, Finding, Part } from '../../src/check/finding.ts';
import type { MirrorRule } from '../../src/check/mirror.ts';
import { success } from '../../src/core/outcome.ts';
import { type Platform, parsePlatform } from '../../src/core/platform.ts';
import { parseReference } from '../../src/core/reference.ts';
import type { Result } from '../../src/core/result.ts';
import { cleanText } from '../../src/core/text.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { createKnownSecrets, type KnownSecrets } from '../../src/http/known-secrets.ts';
import { createPacer } from '../../src/http/pacer.ts';
import { quoteFor, shownHost } from '../../src/http/quote.ts';
import type { HttpRequest, HttpResponse, Send } from '../../src/http/send.ts';
import type { Descriptor } from '../../src/registry/manifest-schema.ts';
import { isTooManyRequests } from '../../src/registry/rate-limit.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { createFakeClock } from './fake-clock.ts';
import { byUrl, createFakeSend, type Reply, responseTo, type Script, type Scripted } from './fake-send.ts';
import { type Content, descriptorOf, imageOf, indexOf, layerOf, linux } from './images.ts';

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
  const { send: scripted, log, requests } = createFakeSend(byUrl(script, registry));
  const send = withOpenPing(scripted, script);
  const clock = createFakeClock(Date.UTC(2026, 0, 1));
  const { secrets = createKnownSecrets() } = changes;
  const context: CheckContext = {
    send: quoting(send, secrets),
    open: () => {},
    connections: { tlsProblems: () => [], isHttp2Only: () => false },
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

/** `/v2/` responds 200 unless it is scripted, and is not recorded. */
const withOpenPing = (send: Send, script: Script): Send =>
  Object.keys(script).some((name) => name === '*' || name.endsWith('/v2/'))
    ? send
    : (request) => (request.purpose === 'ping' ? createFakeSend({}).send(request) : send(request));

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

export function imageUnderCheck(image = 'registry.example/team/app:1', kind?: Part['kind']): CheckedImage {
  const reference = parseReference(image);
  if (!reference.ok) throw new Error(reference.error.message);
  const { registry } = reference.value;
  const descriptor = descriptorOf(imageOf()) as Descriptor;
  const title = `the ${kind} of linux/amd64`;
  const words = { name: `${title} (${descriptor.digest})`, title, detail: descriptor.digest };
  return {
    reference: reference.value,
    known: knownRegistry(registry),
    host: registry,
    quote: cleanText,
    ...(kind && { part: { kind, ...words, descriptor } }),
  };
}

export function responseOf(reply: Reply, from = 'registry.example'): HttpResponse {
  const url = new URL('https://registry.example/v2/team/app/manifests/1');
  const redirectedTo = `https://${from}${url.pathname}`;
  return responseTo({ method: 'GET', url, maxBytes: Number.POSITIVE_INFINITY }, { ...reply, redirectedTo });
}

export const NO_CREDENTIALS: CredentialsTried = { used: undefined, refused: [], withToken: false };

/** `denied/no-access`. */
export const codeOf = ({ reason, cause }: Finding): string => (cause === null ? reason : `${reason}/${cause}`);

export const BASE = layerOf('base');
export const AMD64 = imageOf({ os: 'linux', architecture: 'amd64' }, [BASE, layerOf('amd64')]);
export const ARM64 = imageOf({ os: 'linux', architecture: 'arm64' }, [BASE, layerOf('arm64')]);
export const ENTRIES = [descriptorOf(AMD64, linux('amd64')), descriptorOf(ARM64, linux('arm64'))];
export const INDEX = indexOf(ENTRIES);
export const [APP] = AMD64.layers.slice(1) as [Content];

export const manifest = ({ digest }: Content, method = '') => `${method}/v2/team/app/manifests/${digest}`;
export const blob = ({ digest }: Content, method = '') => `${method}/v2/team/app/blobs/${digest}`;

/** 200 by HEAD, 206 for the first byte by GET. */
export const serveBlob = (content: Content): Script => ({
  [blob(content, 'HEAD ')]: { headers: { 'content-length': String(content.size) } },
  [blob(content, 'GET ')]: { status: 206, headers: { 'content-range': `bytes 0-0/${content.size}` } },
});

export const serveImage = (image: typeof AMD64): Script => ({
  [manifest(image)]: serves(image),
  ...Object.assign({}, ...[image.config, ...image.layers].map(serveBlob)),
});

/** Tag 1, by tag and by digest. */
export const tagged = (content: Content): Script => ({
  '/v2/team/app/manifests/1': serves(content),
  [manifest(content)]: serves(content),
});

export const ONE: Script = { ...serveImage(AMD64), ...tagged(AMD64) };
export const BOTH: Script = { ...serveImage(AMD64), ...serveImage(ARM64), ...tagged(INDEX) };
export const MISSING = refuses(404, 'BLOB_UNKNOWN', 'blob unknown to registry');

export const platforms = (...texts: string[]): readonly Platform[] =>
  texts.map((text) => {
    const parsed = parsePlatform(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value;
  });
