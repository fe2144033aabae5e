// Reads from the API of a cluster: GET alone, to its server alone. A redirect is never followed.
// https://kubernetes.io/docs/reference/using-api/api-concepts/

import { setMaxListeners } from 'node:events';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { createLimiter } from '../core/limiter.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { NAME, VERSION } from '../core/version.ts';
import { isPlainObject, type PlainObject } from '../credentials/go-document.ts';
import { createKnownSecrets } from '../http/known-secrets.ts';
import { withRetry } from '../http/retry.ts';
import { type HttpResponse, stack } from '../http/send.ts';
import { createTransport } from '../http/transport.ts';
import type { Cluster } from './cluster.ts';

export interface ApiFailure {
  readonly kind: 'unauthorized' | 'forbidden' | 'not-found' | 'expired' | 'other';
  /** Completes "cannot list pods: …"; without secrets. */
  readonly problem: string;
  /** Of an expired list: where it goes on, with what changed meanwhile missing. */
  readonly continues?: string | undefined;
}

export interface ClusterApi {
  get(path: string): Promise<Outcome<PlainObject, ApiFailure>>;
  /** Every object, page by page. `selector`: of labels. */
  list(path: string, selector?: string): Promise<Outcome<readonly PlainObject[], ApiFailure>>;
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Objects of one page. */
  readonly pageSize?: number;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 2;
const PAGE_SIZE = 500;
/** A page of 500 pods has some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;
const CONCURRENT = 4;
/** A list that expires between its pages is begun again. */
const MAX_RESTARTS = 3;
/** Of one list, so that a server that never ends it cannot fill the memory. */
const MAX_PAGES = 2_000;

/** The error is a sentence. Rejects with the reason of the signal. */
export async function openApi(
  cluster: Cluster,
  { env, signal, clock = systemClock, pageSize = PAGE_SIZE }: ApiOptions,
): Promise<Outcome<ClusterApi, string>> {
  const identity = await cluster.identify(signal);
  signal.throwIfAborted();
  if (!identity.ok) return identity;
  const { tls, authorization } = identity.value;
  const secrets = createKnownSecrets();
  for (const secret of identity.value.secrets) secrets.addToken(secret);
  const { server, proxy } = cluster;
  const transport = createTransport({
    env: proxy === undefined ? env : { ...env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '', no_proxy: '' },
    hosts: new Map([[server.host, tls]]),
    secrets,
    userAgent: `${NAME}/${VERSION}`,
    connectTimeoutMs: TIMEOUT_MS,
  });
  const limited = createLimiter(CONCURRENT);
  // Every list of every namespace waits on it.
  setMaxListeners(0, signal);

  const request = async (path: string, query: Readonly<Record<string, string>>) => {
    const url = new URL(server);
    url.pathname = `${server.pathname.replace(/\/$/, '')}${path}`;
    url.search = new URLSearchParams(query).toString();
    const end = new AbortController();
    const stopTimer = clock.startTimer(TIMEOUT_MS, () =>
      end.abort(new DOMException('the deadline has passed', 'TimeoutError')),
    );
    const onAbort = (): void => end.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const deadlineMs = clock.now() + TIMEOUT_MS;
      const retry = withRetry({
        ...{ retries: RETRIES, deadlineMs, clock, random: Math.random },
        limitOf: ({ status }) => (status === 429 ? 'short' : undefined),
      });
      return await stack(
        [retry],
        transport.send,
      )({
        ...{ method: 'GET', url, purpose: 'ping', maxBytes: MAX_BYTES, signal: end.signal },
        headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
      });
    } finally {
      stopTimer();
      signal.removeEventListener('abort', onAbort);
    }
  };

  const read = async (
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<Outcome<PlainObject, ApiFailure>> => {
    const outcome = await limited(() => request(path, query), signal);
    if (!outcome.ok) {
      const { host, detail, code } = outcome.error;
      return other(`no response from ${host}: ${detail}${code === null || detail.includes(code) ? '' : ` (${code})`}`);
    }
    return judge(outcome.value);
  };

  return success({
    get: (path) => read(path),
    async list(path, selector) {
      const own = { limit: String(pageSize), ...(selector !== undefined && { labelSelector: selector }) };
      let objects: PlainObject[] = [];
      let next = '';
      let restarts = 0;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const part = await read(path, next === '' ? own : { ...own, continue: next });
        if (!part.ok && part.error.kind === 'expired' && next !== '') {
          restarts += 1;
          // The last resort: the rest of the list as it is now.
          const { continues = '' } = part.error;
          if (restarts > MAX_RESTARTS && continues === '') return part;
          next = restarts > MAX_RESTARTS ? continues : '';
          if (next === '') objects = [];
          continue;
        }
        if (!part.ok) return part;
        const { items, metadata } = part.value;
        // An empty list of a program in Go may be null.
        if (items !== null && !Array.isArray(items))
          return other(`the response of ${server.host} is not a list of Kubernetes objects`);
        objects.push(...(items ?? []).filter(isPlainObject));
        next = isPlainObject(metadata) && typeof metadata.continue === 'string' ? metadata.continue : '';
        if (next === '') return success(objects);
      }
      return other(`the list has more than ${MAX_PAGES} pages`);
    },
    close: () => transport.close(),
  });
}

const other = (problem: string) => failure<ApiFailure>({ kind: 'other', problem });

function judge(response: HttpResponse): Outcome<PlainObject, ApiFailure> {
  const { status, host, quote, truncated, body } = response;
  const document = truncated ? undefined : parse(body);
  if (status === 200) {
    if (truncated) return other(`the response of ${host} is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return document === undefined ? other(`the response of ${host} is not a JSON object`) : success(document);
  }
  if (status >= 300 && status < 400) return other(`${host} redirects (status ${status}), which is not followed`);
  const said = document?.kind === 'Status' && typeof document.message === 'string' ? quote(document.message, 300) : '';
  const because = said === '' ? `status ${status} of ${host}` : said;
  if (status === 401) {
    return failure({ kind: 'unauthorized', problem: `the API does not accept the credentials (${because})` });
  }
  if (status === 403) return failure({ kind: 'forbidden', problem: because });
  if (status === 404) return failure({ kind: 'not-found', problem: because });
  if (status === 410) {
    const metadata = isPlainObject(document?.metadata) ? document.metadata : {};
    const continues = typeof metadata.continue === 'string' ? metadata.continue : undefined;
    return failure({ kind: 'expired', problem: because, continues });
  }
  return other(said === '' ? because : `${cleanText(said)} (status ${status})`);
}

function parse(body: Uint8Array): PlainObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
