// Sends each request to the hosts of a hosts.toml in turn, as containerd does: whatever is not a success goes on to the
// next host (containerd, core/remotes/docker/resolver.go and fetcher.go), but a host that hangs is waited for. The image
// itself is resolved by HEAD: a host that serves it only by GET does not have it.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { isDigest } from '../core/digest.ts';
import { TRANSIENT_STATUSES } from '../http/retry.ts';
import type { HttpResponse } from '../http/send.ts';
import type { RegistryClient } from '../registry/client.ts';
import { isHung } from './hung-mirror.ts';

/** One host of the list; the last is the server itself, and can do everything. */
export interface FailoverHost {
  /** `host[:port]` */
  readonly name: string;
  /** It may be asked for tags, not only for digests. */
  readonly resolves: boolean;
  ping: RegistryClient['ping'];
  /** Rejects only if the whole check ends. */
  request<T>(send: (client: RegistryClient) => Promise<T>, reading: Pick<Reading<T>, 'outcomeOf' | 'from'>): Promise<T>;
}

/** How the result of a request is read. */
export interface Reading<T> {
  readonly outcomeOf: (result: T) => AuthOutcome;
  /** The result of a request without content. */
  readonly from: (outcome: AuthOutcome) => T;
  readonly isServed: (result: T) => boolean;
}

/** What a host did not serve. */
export interface PassedOver {
  readonly host: FailoverHost;
  readonly outcome: AuthOutcome;
  /** `the config sha256:…`; undefined: the manifest that was requested. */
  readonly part: string | undefined;
  /** The host that served it. */
  readonly servedBy: FailoverHost | undefined;
}

export interface FailoverObserver {
  onManifest(host: FailoverHost): void;
  /** The response to the HEAD that resolves the image. */
  onResolved(head: HttpResponse): void;
  /** The host serves the image by GET, but not by HEAD. */
  onServedByGet(host: FailoverHost, head: AuthOutcome): void;
  onPassedOver(passed: PassedOver): void;
}

export function createFailoverClient(
  hosts: readonly [FailoverHost, ...FailoverHost[]],
  /** The tag or digest that containerd resolves. */
  resolved: string,
  { onManifest, onResolved, onServedByGet, onPassedOver }: FailoverObserver,
): RegistryClient {
  const server = hosts.at(-1) as FailoverHost;

  async function first<T>(
    usable: readonly FailoverHost[],
    part: string | undefined,
    send: (client: RegistryClient, host: FailoverHost) => Promise<T>,
    reading: Reading<T>,
  ): Promise<T> {
    const { outcomeOf, isServed } = reading;
    const passed: { readonly host: FailoverHost; readonly result: T }[] = [];
    const tell = (servedBy: FailoverHost | undefined): void => {
      for (const { host, result } of passed) onPassedOver({ host, outcome: outcomeOf(result), part, servedBy });
    };
    for (const host of usable) {
      const result = await host.request((client) => send(client, host), reading);
      if (isServed(result)) {
        tell(host);
        if (part === undefined) onManifest(host);
        return result;
      }
      passed.push({ host, result });
      if (isHung(outcomeOf(result))) {
        tell(undefined);
        return result;
      }
    }
    tell(undefined);
    const results = passed.map(({ result }) => result);
    // The server knows whether the image exists. A part is missing only if no host may have it.
    const doubtful = part === undefined ? undefined : results.find((result) => isDoubtful(outcomeOf(result)));
    return doubtful ?? (results.at(-1) as T);
  }

  /** After a GET, which also says why a host does not have the image. */
  async function resolve(client: RegistryClient, host: FailoverHost, got: AuthOutcome): Promise<AuthOutcome> {
    const head = await client.manifest('HEAD', resolved);
    if (head.kind === 'response' && isSuccess(head)) onResolved(head.response);
    // It then sends a GET.
    if (isSuccess(head) || (head.kind === 'response' && head.response.status === 405)) return got;
    onServedByGet(host, head);
    return head;
  }

  const isSuccess = (outcome: AuthOutcome): boolean => outcome.kind === 'response' && outcome.response.status < 300;
  const plain: Reading<AuthOutcome> = { outcomeOf: (it) => it, from: (it) => it, isServed: isSuccess };

  return {
    manifest: (method, name, purpose = 'manifest', options = {}) => {
      const usable = isDigest(name) ? hosts : hosts.filter(({ resolves }) => resolves);
      const part = purpose === 'manifest' ? undefined : `the manifest ${name}`;
      const resolves = method === 'GET' && part === undefined && name === resolved;
      const send = async (client: RegistryClient, host: FailoverHost): Promise<AuthOutcome> => {
        const outcome = await client.manifest(method, name, purpose, options);
        return resolves && isSuccess(outcome) ? resolve(client, host, outcome) : outcome;
      };
      return first(usable, part, send, plain);
    },
    config: (digest) => first(hosts, `the config ${digest}`, (client) => client.config(digest), plain),
    blob: (descriptor, purpose) =>
      first(hosts, `the blob ${descriptor.digest}`, (client) => client.blob(descriptor, purpose), {
        outcomeOf: ({ outcome }) => outcome,
        from: (outcome) => ({ outcome }),
        isServed: ({ evidence }) => evidence !== undefined,
      }),
    ping: () => server.ping(),
  };
}

const isDoubtful = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'failure' || (outcome.kind === 'response' && TRANSIENT_STATUSES.has(outcome.response.status));
