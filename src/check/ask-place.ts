// Asks for an image at one place, in the way that holds for its host, and warns of certificate files of no use.

import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { type CheckContext, checkTarget } from './check.ts';
import { type HostSettings, hostOf } from './host-settings.ts';
import type { Place } from './mirror.ts';
import { manneredRecords, withMirrorManners } from './mirror-request.ts';
import { withTlsWarnings } from './tls-warning.ts';

export type AskPlace = (place: Place, target: Target, timeoutMs: number, signal: AbortSignal) => Promise<Result>;

export function createAskPlace(
  context: CheckContext,
  hosts: ReadonlyMap<string, HostSettings>,
  tlsProblems: (host: string) => readonly string[],
): AskPlace {
  return async ({ registry, plainHttp, ...wanted }, target, timeoutMs, signal) => {
    const host = hostOf(registry);
    const settings = {
      ...context.settings,
      plainHttp: plainHttp ?? hosts.get(host)?.plainHttp ?? context.settings.plainHttp,
      realms: hosts.get(host)?.realms,
      timeoutMs,
    };
    const manners = { host, ...wanted };
    const send = withMirrorManners(manners)(context.send);
    const result = await checkTarget({ ...context, settings, send }, target, signal);
    return withTlsWarnings({ ...result, requests: manneredRecords(result.requests, manners) }, tlsProblems);
  };
}
