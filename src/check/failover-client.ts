// Sends each request to the hosts of a hosts.toml in turn, as containerd does: whatever is not a success goes on to the
// next host (containerd, core/remotes/docker/resolver.go and fetcher.go).

import type { AuthOutcome } from '../auth/authenticate.ts';
import { isDigest } from '../core/digest.ts';
import { finalFailure } from '../http/failure.ts';
import { TRANSIENT_STATUSES } from '../http/retry.ts';
import type { RegistryClient } from '../registry/client.ts';

/** One host of the list; the last is the server itself, and can do everything. */
export interface FailoverHost {
  /** `host[:port]` */
  readonly name: string;
  /** It may be asked for tags, not only for digests. */
  readonly resolves: boolean;
  /** Rejects only if the whole check ends. */
  request<T>(
    send: (client: RegistryClient) => Promise<T>,
    outcomeOf: (result: T) => AuthOutcome,
  ): Promise<T | undefined>;
}

/** What a host did not serve. */
export interface PassedOver {
  readonly host: FailoverHost;
  /** Undefined: it did not respond in time. */
  readonly outcome: AuthOutcome | undefined;
  /** `the config sha256:…`; undefined: the manifest that was requested. */
  readonly part: string | undefined;
  /** The host that served it. */
  readonly servedBy: FailoverHost | undefined;
}

export interface FailoverObserver {
  onManifest(host: FailoverHost): void;
  onPassedOver(passed: PassedOver): void;
}

export function createFailoverClient(
  hosts: readonly [FailoverHost, ...FailoverHost[]],
  { onManifest, onPassedOver }: FailoverObserver,
): RegistryClient {
  const server = hosts.at(-1) as FailoverHost;

  /** `timedOut`: the result if no host responds in time. */
  async function first<T>(
    usable: readonly FailoverHost[],
    part: string | undefined,
    send: (client: RegistryClient) => Promise<T>,
    { outcomeOf, isServed, timedOut }: Reading<T>,
  ): Promise<T> {
    const passed: { readonly host: FailoverHost; readonly result: T | undefined }[] = [];
    const tell = (servedBy: FailoverHost | undefined): void => {
      for (const { host, result } of passed) {
        onPassedOver({ host, outcome: result === undefined ? undefined : outcomeOf(result), part, servedBy });
      }
    };
    for (const host of usable) {
      const result = await host.request(send, outcomeOf);
      if (result !== undefined && isServed(result)) {
        tell(host);
        if (part === undefined) onManifest(host);
        return result;
      }
      passed.push({ host, result });
    }
    tell(undefined);
    const results = passed.map(({ host, result }) => result ?? timedOut(unanswered(host)));
    // The server knows whether the image exists. A part is missing only if no host may have it.
    const doubtful = part === undefined ? undefined : results.find((result) => isDoubtful(outcomeOf(result)));
    return doubtful ?? (results.at(-1) as T);
  }

  const isSuccess = (outcome: AuthOutcome): boolean => outcome.kind === 'response' && outcome.response.status < 300;
  const plain: Reading<AuthOutcome> = { outcomeOf: (it) => it, isServed: isSuccess, timedOut: (it) => it };

  return {
    manifest: (method, name, purpose = 'manifest') => {
      const usable = isDigest(name) ? hosts : hosts.filter(({ resolves }) => resolves);
      const part = purpose === 'manifest' ? undefined : `the manifest ${name}`;
      return first(usable, part, (client) => client.manifest(method, name, purpose), plain);
    },
    config: (digest) => first(hosts, `the config ${digest}`, (client) => client.config(digest), plain),
    blob: (descriptor, purpose) =>
      first(hosts, `the blob ${descriptor.digest}`, (client) => client.blob(descriptor, purpose), {
        outcomeOf: ({ outcome }) => outcome,
        isServed: ({ evidence }) => evidence !== undefined,
        timedOut: (outcome) => ({ outcome }),
      }),
    ping: async () => {
      const pinged = await server.request(
        (client) => client.ping(),
        () => unanswered(server),
      );
      return pinged ?? { ok: false, error: finalFailure('timeout', server.name, 'no response in time') };
    },
  };
}

interface Reading<T> {
  readonly outcomeOf: (result: T) => AuthOutcome;
  readonly isServed: (result: T) => boolean;
  readonly timedOut: (outcome: AuthOutcome) => T;
}

/** What a host that did not respond in time is judged by. */
export const unanswered = ({ name }: FailoverHost): AuthOutcome => ({
  kind: 'failure',
  failure: finalFailure('timeout', name, 'no response in time'),
  from: 'registry',
  credentials: { used: undefined, refused: [], withToken: false },
});

const isDoubtful = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'failure' || (outcome.kind === 'response' && TRANSIENT_STATUSES.has(outcome.response.status));
