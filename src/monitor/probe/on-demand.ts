// Checks an image that a client names, for /probe: only what is allowed, only anonymously, a few at a time.

import { createChecker, type ImageChecker } from '../../check/checker.ts';
import type { CheckerSettings } from '../../check/checker-settings.ts';
import type { Clock } from '../../core/clock.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import { parseReference } from '../../core/reference.ts';
import type { Result, Verdict } from '../../core/result.ts';
import { type AllowList, type AllowPattern, createAllowList } from './allow-list.ts';
import { createLasting } from './lasting.ts';

export interface OnDemandResult {
  readonly verdict: Verdict;
  /** `not-allowed`: the registry refers to a host that is not on the allow-list. */
  readonly reason: string | null;
  readonly cause: string | null;
  readonly durationMs: number;
}

/** Why nothing was requested. */
export type OnDemandRefusal =
  | { readonly kind: 'disabled' | 'not-allowed' | 'busy' }
  | { readonly kind: 'invalid'; readonly message: string };

interface Limit {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface OnDemandProbe {
  /** Ends after `timeoutMs` at the latest, and when the signal aborts. */
  readonly check: (target: string, limit: Limit) => Promise<Outcome<OnDemandResult, OnDemandRefusal>>;
  readonly close: () => Promise<void>;
}

export interface OnDemandPlan {
  readonly checker: CheckerSettings;
  /** null: disabled. */
  readonly allow: readonly AllowPattern[] | null;
}

export const MAX_PROBES = 10;

/** `plan`: the one in use, read for each check. */
export function createOnDemandProbe(plan: () => OnDemandPlan, clock: Clock): OnDemandProbe {
  let current = plan();
  let list = createAllowList(current.allow ?? []);
  let running = 0;
  const checkers = createLasting((): ImageChecker => {
    const { allowsHost } = list;
    return createChecker({ ...anonymousSettings(current.checker), allowsHost }, { clock });
  }, clock);
  const followPlan = (): void => {
    const next = plan();
    if (next.allow === current.allow && next.checker === current.checker) return;
    current = next;
    list = createAllowList(next.allow ?? []);
    checkers.renew();
  };
  return {
    async check(target, limit) {
      followPlan();
      if (current.allow === null) return failure({ kind: 'disabled' });
      const reference = parseReference(target);
      if (!reference.ok) return failure({ kind: 'invalid', message: reference.error.message });
      const own = list;
      if (!own.allowsImage(reference.value)) return failure({ kind: 'not-allowed' });
      if (running >= MAX_PROBES) return failure({ kind: 'busy' });
      running += 1;
      const startedMs = clock.elapsed();
      try {
        const outcome = await checkers.use((checker) => checkWithin(checker, target, limit, clock));
        return success({ ...summarise(outcome, own), durationMs: clock.elapsed() - startedMs });
      } finally {
        running -= 1;
      }
    },
    close: checkers.close,
  };
}

/** undefined: it was ended. */
async function checkWithin(
  checker: ImageChecker,
  target: string,
  { timeoutMs, signal }: Limit,
  clock: Clock,
): Promise<Result | undefined> {
  const end = new AbortController();
  const abort = (): void => end.abort();
  const stop = clock.startTimer(timeoutMs, abort);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await checker.check(target, { signal: end.signal });
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return undefined;
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

function summarise(result: Result | undefined, { allowsHost }: AllowList): Omit<OnDemandResult, 'durationMs'> {
  if (result === undefined) return { verdict: 'undetermined', reason: 'unreachable', cause: 'timeout' };
  const { verdict, reason, cause, requests } = result;
  const isRefused = requests.some(({ url }) => URL.canParse(url) && !allowsHost(new URL(url).host));
  if (isRefused && verdict !== 'pullable') return { verdict: 'undetermined', reason: 'not-allowed', cause: null };
  return { verdict, reason, cause };
}

/** No login of any kind, nor a certificate that identifies the monitor; mirrors are other hosts. */
function anonymousSettings({ registries = {}, ...settings }: CheckerSettings): CheckerSettings {
  const withoutCertificates = Object.entries(registries).map(
    ([name, options]) => [name, { ...options, cert: undefined, key: undefined }] as const,
  );
  return {
    ...settings,
    registries: Object.fromEntries(withoutCertificates),
    ...{ anonymous: true, login: undefined, authFile: undefined, authFileBytes: undefined, pullSecrets: undefined },
    ...{ credentialsOf: undefined, cert: undefined, key: undefined, tlsFolders: [], mirrors: [] },
    ...{ challengeFile: undefined, hintReader: 'monitor' as const, retries: 0, concurrency: MAX_PROBES },
  };
}
