// Connects one check to a registry. The request stack is drawn here, and nowhere else:
//
//   authenticate            outermost: a 401 is a response to it, not a failure
//   withConnectLimit        for a connection after which another may be tried: a mirror's, or one over TLS before plain HTTP
//   withRetry               repeats a whole chain of redirects
//   withRedirect            it alone knows when a request leaves the origin
//   withPacing              every hop counts against the limits of its host
//   withObservers
//   withRecord              innermost: every request that was really sent
//   transport

import { createAuthenticator, type SentCredential } from '../auth/authenticate.ts';
import type { PingOutcome } from '../auth/ping.ts';
import type { Reference } from '../core/reference.ts';
import type { Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type Credential, passwordOf, secretOf } from '../credentials/credential.ts';
import type { CredentialSearch, FailedHelper, FailedSource, HelperName } from '../credentials/credential-chain.ts';
import { redirectEvent, waitEvent } from '../http/exchange-event.ts';
import type { KnownSecrets } from '../http/known-secrets.ts';
import { patienceOf } from '../http/patience.ts';
import { type SentRequest, withRecord } from '../http/record.ts';
import { type RedirectHop, withRedirect } from '../http/redirect.ts';
import { type LimitLength, type RetryWait, withRetry } from '../http/retry.ts';
import { type HttpResponse, type Middleware, stack } from '../http/send.ts';
import { createRegistryClient, pingRequest, type RegistryClient } from '../registry/client.ts';
import type { Endpoint } from '../registry/endpoint.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { knownRegistry } from '../registry/well-known.ts';
import { isWithheld } from '../registry/withheld.ts';
import type { CheckContext } from './check-context.ts';
import type { CheckedImage } from './finding.ts';
import { foreignRealmWarnings } from './foreign-realm.ts';
import { withObservers } from './observe-responses.ts';
import { withStatusWarning } from './odd-status.ts';

/** One running check. */
export interface CheckRun {
  readonly context: CheckContext;
  readonly reference: Reference;
  /** Grows with every request. */
  readonly requests: SentRequest[];
  /** Aborts at the deadline, or with the caller's signal. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
  /**
   * Of a mirror: how many hosts come after it. Like a runtime, a check continues with them if it cannot connect, so each
   * gets an equal share of the time for that, and for pauses; but it waits for a response until the deadline.
   */
  readonly hostsAfter?: number | undefined;
  /** See AuthenticatorOptions. */
  readonly ignoresPing?: boolean | undefined;
}

export interface Connection {
  readonly client: RegistryClient;
  readonly image: CheckedImage;
  /** Grows while credentials are looked up. */
  readonly failedHelpers: readonly FailedHelper[];
  readonly emptyHelpers: readonly HelperName[];
  readonly failedSources: readonly FailedSource[];
  /** About the responses and the credentials so far: which could not be read, and where they were sent. */
  warnings(): Promise<readonly Warning[]>;
}

export function connectRegistry(run: CheckRun, endpoint: Endpoint): Connection {
  const { context, reference, requests, signal, deadlineMs, hostsAfter = 0 } = run;
  const { clock, random, settings, memory, hostsWithoutHead } = context;
  const { registry, repository } = reference;
  const { base } = endpoint;
  const known = knownRegistry(registry);
  const realms = context.hosts.get(base.host)?.realms;
  // What the user wrote is not a secret, even if it contains a weak password.
  const hide = (text: string): string => context.secrets.hide(text, [base.host, repository]);
  const quote: CheckedImage['quote'] = (text, maxLength) => cleanText(hide(text), maxLength);

  /** About the responses, by message. */
  const noticed = new Map<string, Warning>();
  const onWarning = (warning: Warning): void => void noticed.set(warning.message, warning);
  const onInsecure = (from: string, to: string): void => {
    const message = `${from} redirects from https to http://${to}: others on the network can read and change that traffic.`;
    onWarning({ code: 'insecure-redirect', message });
  };
  const { onEvent } = context;
  const onWait = onEvent && ((wait: RetryWait) => onEvent(waitEvent(wait, base.host)));
  const onRedirect = onEvent && ((...hop: RedirectHop) => onEvent(redirectEvent(hop, hide)));
  const shareMs = (): number => Math.max(1, Math.round((deadlineMs - clock.now()) / (hostsAfter + 1)));
  const connectLimitMs = (url: URL): number | undefined => {
    if (endpoint.mayFallBack && base.protocol === 'https:' && url.origin === base.origin) return patienceOf(shareMs());
    return hostsAfter > 0 ? shareMs() : undefined;
  };
  const pauseUntilMs = Math.min(clock.now() + shareMs(), settings.pausesUntilMs ?? Number.POSITIVE_INFINITY);
  const send = stack(
    [
      withConnectLimit(connectLimitMs),
      withRetry({
        ...{ retries: settings.retries, deadlineMs, limitMs: settings.timeoutMs, pauseUntilMs },
        ...{ clock, random, limitOf: limitLength, onWait },
      }),
      withRedirect(onInsecure, { onRedirect }),
      context.pacer.withPacing(pauseUntilMs),
      withObservers(registry, context),
      withRecord(requests, clock, hide, onEvent),
    ],
    context.send,
  );
  const ping = (pingSignal: AbortSignal, hasAlternative = false) => {
    const request = { ...pingRequest(endpoint, pingSignal), hasAlternative };
    const onKnown = (pinged: PingOutcome): void =>
      onEvent?.({
        ...{ type: 'memory', what: 'ping', host: base.host },
        detail: `${pinged.ok ? `returned ${pinged.value.status}` : 'got no response'} (from this run)`,
      });
    return memory.pingOnce(request.url.href, pingSignal, () => send(request), onEvent && onKnown);
  };
  const credentialWarnings: Warning[] = [];
  const lookups: CredentialSearch[] = [];
  const sent: SentCredential[] = [];
  const ask = createAuthenticator({
    send,
    base,
    ping,
    repository,
    credentials: () => storedCredentials(run, credentialWarnings, lookups),
    memory,
    knownChallenge: base.protocol === 'https:' ? settings.knownChallenge(registry) : undefined,
    realms,
    isWithheld,
    ignoresPing: run.ignoresPing,
    onCredentialSent: (login) => sent.push(login),
    open: (url, namedBy) => context.open(url, namedBy, connectLimitMs(url)),
  });
  return {
    client: createRegistryClient({
      ask: withStatusWarning(ask, onWarning),
      send,
      ping,
      endpoint,
      repository,
      hostsWithoutHead,
      signal,
    }),
    image: {
      reference,
      known,
      host: base.host,
      quote,
      isPlainHttp: base.protocol === 'http:',
      ...(context.loginTool && { loginTool: context.loginTool }),
      ...(endpoint.httpsOnly && { httpsOnly: endpoint.httpsOnly }),
    },
    get failedHelpers() {
      return lookups.flatMap((search) => search.failedHelpers ?? []);
    },
    get emptyHelpers() {
      return lookups.flatMap((search) => search.emptyHelpers ?? []);
    },
    get failedSources() {
      return lookups.flatMap((search) => search.failedSources ?? []);
    },
    warnings: async () => [
      ...credentialWarnings,
      ...noticed.values(),
      ...(await foreignRealmWarnings(sent, { registry, base, known, realms, quote })),
    ],
  };
}

/** A host that cannot be connected to leaves time for the next, and a TLS handshake without an end for plain HTTP. */
const withConnectLimit =
  (limitMs: (url: URL) => number | undefined): Middleware =>
  (next) =>
  (request) => {
    const connectPatienceMs = limitMs(request.url);
    return next(connectPatienceMs === undefined ? request : { ...request, connectPatienceMs });
  };

function limitLength(response: HttpResponse): LimitLength | undefined {
  const limit = limitMet(response);
  if (limit === undefined) return undefined;
  return limit === 'too-many-requests' ? 'short' : 'long';
}

/** One after the other as they are needed, never past the deadline. */
async function* storedCredentials(
  { context, reference, signal, deadlineMs }: CheckRun,
  found: Warning[],
  lookups: CredentialSearch[],
): AsyncGenerator<Credential> {
  const { clock } = context;
  const patience = new AbortController();
  const stopTimer = clock.startTimer(patienceOf(deadlineMs - clock.now()), () => patience.abort());
  const search = context.credentials.find(reference.registry, reference.repository, patience.signal);
  lookups.push(search);
  const { credentials, warnings } = search;
  const source = credentials[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilAborted(source.next(), signal);
      if (next.done) return;
      addSecret(context.secrets, next.value);
      yield next.value;
    }
  } finally {
    stopTimer();
    const isNew = ({ message }: Warning): boolean => found.every((other) => other.message !== message);
    found.push(...warnings.filter(isNew));
  }
}

function addSecret(secrets: KnownSecrets, credential: Credential): void {
  secrets.addCredential(credential.username ?? '', secretOf(credential).reveal());
  const login = passwordOf(credential);
  if (login !== undefined) secrets.addCredential(login.username, login.password.reveal());
}
