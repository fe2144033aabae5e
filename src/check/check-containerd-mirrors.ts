// Checks an image as containerd pulls it with a hosts.toml: every manifest and every blob from the first host that has it.

import { setMaxListeners } from 'node:events';
import type { AuthOutcome } from '../auth/authenticate.ts';
import type { Clock } from '../core/clock.ts';
import { formatReference, type Reference } from '../core/reference.ts';
import { judgementOf, type Reason, type Warning, type WarningCode } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { SentRequest } from '../http/record.ts';
import { withPlainHttp } from '../registry/endpoint.ts';
import type { CheckContext } from './check-context.ts';
import { type CheckRun, type Connection, connectRegistry } from './connection.ts';
import { timedOut, untilDeadline, withTimes } from './deadline.ts';
import { judgeOther } from './decide.ts';
import { createFailoverClient, type FailoverHost, type PassedOver, unanswered } from './failover-client.ts';
import { type Finding, finding } from './finding.ts';
import { judgeHelper } from './judge-helper.ts';
import { type Located, locate } from './locate.ts';
import { type MirrorAttempt, type MirrorPlan, mirrorMayHave } from './mirror.ts';
import { isPlainHttp, mayUsePlainHttp } from './plain-http.ts';
import { type ProofSettings, prove } from './prove.ts';
import { type Conclusion, conclude, concludeFinding, concludeMirrored } from './result.ts';

export interface ContainerdMirrorsCheck {
  readonly context: CheckContext;
  readonly plan: MirrorPlan;
  /** The image, as the user calls it. */
  readonly reference: Reference;
  readonly proof: ProofSettings;
  readonly signal: AbortSignal;
}

export async function checkContainerdMirrors({
  context,
  plan,
  reference,
  proof,
  signal,
}: ContainerdMirrorsCheck): Promise<Conclusion> {
  const { clock, settings, tlsProblems } = context;
  const { timeoutMs } = settings;
  const requests: SentRequest[] = [];
  const passedOver: PassedOver[] = [];
  const served: { by?: FailoverHost } = {};
  const located = plan.attempts.map((attempt) => ({ attempt, place: locate(context, attempt) }));
  const broken = located.find(({ place }) => !place.ok)?.place;
  if (broken !== undefined && !broken.ok) return concludeFinding(broken.error);
  const startedMs = clock.now();

  const checked = await untilDeadline(clock, timeoutMs, signal, async (deadline) => {
    const hosts = located.flatMap(({ attempt, place }, index) => {
      if (!place.ok) return [];
      // A mirror that does not respond leaves time for the hosts after it.
      const shareMs = Math.round((timeoutMs * (index + 1)) / located.length);
      const run = {
        context,
        reference: place.value.reference,
        requests,
        signal: deadline,
        deadlineMs: startedMs + shareMs,
      };
      return [createHost(run, attempt, place.value, index + 1 < located.length ? clock : undefined)];
    });
    const [first, ...others] = hosts;
    if (first === undefined) throw new TypeError('a plan without a host');
    const client = createFailoverClient([first, ...others], {
      onManifest: (host) => {
        served.by ??= host;
      },
      onPassedOver: (passed) => passedOver.push(passed),
    });
    const server = hosts.at(-1) as Host;
    const proven = await prove(client, { ...server.connection().image, reference }, proof);
    const warnings = await server.warnings();
    const checked = judgeHelper(server.connection(), { reference, platforms: proof.platforms, proven, warnings });
    const ofMirrors = await Promise.all(hosts.slice(0, -1).map((host) => host.warnings()));
    return { checked: { ...checked, warnings: [...ofMirrors.flat(), ...checked.warnings] }, hosts };
  });
  if (checked === undefined) return withTimes(concludeFinding(timedOut(timeoutMs), requests, tlsProblems));

  const { hosts } = checked;
  const by = hosts.find((host) => host === served.by);
  const name = formatReference(reference);
  const isMissing = checked.checked.proven.finding?.reason === 'not-found';
  const doubt = isMissing ? findDoubt(passedOver, hosts) : undefined;
  const server = hosts.at(-1) as Host;
  const hidden = judgeHeaders(plan, doubt?.finding ?? checked.checked.proven.finding, name);
  const proven = doubt && {
    outcome: doubt.outcome,
    proof: checked.checked.proven.proof,
    finding: {
      ...doubt.finding,
      message: mirrorMayHave(server.name, name, doubt.host.name, doubt.finding.message),
    },
  };
  const conclusion = conclude(
    {
      ...checked.checked,
      ...(proven && { proven }),
      ...(hidden && { proven: { ...checked.checked.proven, finding: hidden } }),
    },
    requests,
    tlsProblems,
  );
  const others = passedOver.filter(({ host }) => host !== doubt?.host);
  return concludeMirrored(conclusion, {
    earlier: [],
    warnings: [
      ...(plan.doubt === undefined ? [] : [{ code: 'mirror-config', message: plan.doubt } as const]),
      ...mirrorWarnings(others, hosts, name, isMissing),
    ],
    ...(by && { servedBy: { registry: by.name, isMirror: by.isMirror } }),
  });
}

interface Host extends FailoverHost {
  readonly isMirror: boolean;
  connection(): Connection;
  warnings(): Promise<readonly Warning[]>;
}

/** `clock`: of a host that has less time than the whole check. */
function createHost(run: CheckRun, attempt: MirrorAttempt, { endpoint }: Located, clock: Clock | undefined): Host {
  const { context, requests, deadlineMs } = run;
  const { isMirror, only, location } = attempt;
  const { plainHosts } = context;
  const name = endpoint.base.host;
  let used: Connection | undefined;
  let isPlain = endpoint.mayFallBack && plainHosts.has(name);
  const own = new AbortController();
  setMaxListeners(0, own.signal);
  run.signal.addEventListener('abort', () => own.abort(run.signal.reason), { once: true });

  const connect = (): Connection =>
    connectRegistry({ ...run, signal: own.signal }, isPlain ? withPlainHttp(endpoint) : endpoint);
  const connection = (): Connection => {
    used ??= connect();
    return used;
  };

  const request: FailoverHost['request'] = async (send, outcomeOf) => {
    const result = await send(connection().client);
    if (isPlain || own.signal.aborted || !mayUsePlainHttp(endpoint, outcomeOf(result))) return result;
    const overTls = used;
    isPlain = true;
    used = undefined;
    const plain = await send(connection().client);
    if (!isPlainHttp(outcomeOf(plain), outcomeOf(result))) {
      isPlain = false;
      used = overTls;
      return result;
    }
    plainHosts.add(name);
    // Only handshakes failed: no request was sent yet.
    requests.splice(
      0,
      requests.length,
      ...requests.filter(({ url, record }) => record.status !== null || url.host !== name),
    );
    return plain;
  };

  return {
    name: location.registry,
    isMirror,
    resolves: only !== 'digest',
    connection,
    warnings: async () => (used === undefined ? [] : used.warnings()),
    request: async (send, outcomeOf) => {
      if (clock === undefined) return request(send, outcomeOf);
      if (own.signal.aborted && !run.signal.aborted) return undefined;
      const passed = new DOMException('the time of the mirror has passed', 'TimeoutError');
      const stopTimer = clock.startTimer(Math.max(1, deadlineMs - clock.now()), () => own.abort(passed));
      try {
        return await request(send, outcomeOf);
      } catch (error) {
        if (error !== passed) throw error;
        return undefined;
      } finally {
        stopTimer();
      }
    },
  };
}

/** A host may hide what it has from a client that does not send the headers of the file. */
function judgeHeaders({ attempts }: MirrorPlan, found: Finding | undefined, name: string): Finding | undefined {
  const host = attempts.find(({ unsentHeaders }) => unsentHeaders !== undefined);
  if (host?.unsentHeaders === undefined || found === undefined || !HIDING_REASONS.has(found.reason)) return undefined;
  const { unsentHeaders, location } = host;
  const headers = cleanText(unsentHeaders.names.join(', '), 120);
  return finding(
    {
      reason: 'registry-error',
      cause: 'registry',
      message: `Cannot tell whether ${name} can be pulled: ${unsentHeaders.file} sets headers for ${location.registry} (${headers}), which are not sent here. Without them: ${found.message}`,
      hint: `Pull the image with containerd, or let ${location.registry} serve it without these headers.`,
    },
    { errors: found.registryErrors },
  );
}

const HIDING_REASONS: ReadonlySet<Reason> = new Set<Reason>(['not-found', 'unauthorized', 'denied', 'incomplete']);

interface Doubt {
  readonly host: Host;
  readonly outcome: AuthOutcome;
  readonly finding: Finding;
}

/** A mirror that may have the image which the server lacks: one that gave no answer, otherwise one that refused it. */
function findDoubt(passedOver: readonly PassedOver[], hosts: readonly Host[]): Doubt | undefined {
  const doubts = passedOver.flatMap(({ host: passed, outcome, part, servedBy }): Doubt[] => {
    const host = hosts.find((one) => one === passed);
    if (!host?.isMirror || part !== undefined || servedBy !== undefined) return [];
    const judged = outcome ?? unanswered(host);
    const finding = judgeOther(host.connection().image, judged);
    return [{ host, outcome: judged, finding }];
  });
  const isDoubt = ({ finding: { reason } }: Doubt): boolean => judgementOf(reason).verdict === 'undetermined';
  const isRefusal = ({ finding: { reason } }: Doubt): boolean => reason === 'unauthorized' || reason === 'denied';
  return doubts.find(isDoubt) ?? doubts.find(isRefusal);
}

/** One for each mirror and code. */
function mirrorWarnings(
  passedOver: readonly PassedOver[],
  hosts: readonly Host[],
  image: string,
  isMissing: boolean,
): readonly Warning[] {
  const warnings = new Map<string, { readonly code: WarningCode; readonly message: string; count: number }>();
  for (const { host, outcome, part, servedBy } of passedOver) {
    const mirror = hosts.find((one) => one === host);
    const lacks = outcome?.kind === 'response' && [404, 410].includes(outcome.response.status);
    // It is no surprise that a mirror lacks a missing image, or a missing part.
    if (!mirror?.isMirror || (lacks && (servedBy === undefined || isMissing))) continue;
    const code = lacks ? 'mirror-missing' : 'mirror-failed';
    const what = part === undefined ? image : `${part} of ${image}`;
    const otherwise = servedBy === undefined ? '' : `; ${servedBy.name} served it`;
    const why = outcome === undefined ? 'no response in time.' : judgeOther(mirror.connection().image, outcome).message;
    const message = lacks
      ? `Mirror ${host.name} does not have ${what}${otherwise}.`
      : `Mirror ${host.name} did not serve ${what}${otherwise}: ${why}`;
    const key = `${host.name} ${code}`;
    const earlier = warnings.get(key);
    if (earlier === undefined) warnings.set(key, { code, message, count: 1 });
    else earlier.count += 1;
  }
  return [...warnings.values()].map(({ code, message, count }) => ({
    code,
    message: count === 1 ? message : `${message} (and ${count - 1} more)`,
  }));
}
