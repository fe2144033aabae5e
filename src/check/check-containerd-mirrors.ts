// Checks an image as containerd pulls it with a hosts.toml: every manifest and every blob from the first host that has it.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { formatReference, type Reference } from '../core/reference.ts';
import type { Warning } from '../core/result.ts';
import type { SentRequest } from '../http/record.ts';
import type { HttpResponse } from '../http/send.ts';
import { withPlainHttp } from '../registry/endpoint.ts';
import type { CheckContext } from './check-context.ts';
import { type CheckRun, type Connection, connectRegistry } from './connection.ts';
import { timedOut, untilDeadline, withTimes } from './deadline.ts';
import { createFailoverClient, type FailoverHost, type PassedOver } from './failover-client.ts';
import { headWarnings, isMoved } from './fetch-manifest.ts';
import { describeHung, isHung, isUnconnected } from './hung-mirror.ts';
import {
  type ContainerdHost,
  findDoubt,
  findHung,
  judgeHeaders,
  judgeServedByGet,
  mirrorWarnings,
  wordsFor,
} from './judge-containerd-mirrors.ts';
import { judgeHelper } from './judge-helper.ts';
import { type Located, locate } from './locate.ts';
import { type MirrorAttempt, type MirrorPlan, mirrorMayHave } from './mirror.ts';
import { isPlainHttp, mayUsePlainHttp } from './plain-http.ts';
import { type ProofSettings, type Proven, prove } from './prove.ts';
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
  const { clock, settings, connections } = context;
  const { timeoutMs } = settings;
  const requests: SentRequest[] = [];
  const passedOver: PassedOver[] = [];
  const served: { by?: FailoverHost; head?: HttpResponse } = {};
  const servedByGet = new Map<FailoverHost, AuthOutcome>();
  /** The host that had a request when the deadline passed. */
  const late: { at?: ContainerdHost } = {};
  const located = plan.attempts.map((attempt) => ({ attempt, place: locate(context, attempt) }));
  const broken = located.find(({ place }) => !place.ok)?.place;
  if (broken !== undefined && !broken.ok) return concludeFinding(broken.error);
  const startedMs = clock.now();

  const checked = await untilDeadline(clock, timeoutMs, signal, async (deadline) => {
    const hosts = located.flatMap(({ attempt, place }, index) => {
      if (!place.ok) return [];
      const run = {
        context,
        reference: place.value.reference,
        requests,
        signal: deadline,
        deadlineMs: startedMs + timeoutMs,
        hostsAfter: located.length - index - 1,
        ignoresPing: true,
      };
      return [
        createHost(run, attempt, place.value, (host) => {
          late.at ??= host;
        }),
      ];
    });
    const [first, ...others] = hosts;
    if (first === undefined) throw new TypeError('a plan without a host');
    const client = createFailoverClient([first, ...others], reference.digest ?? (reference.tag as string), {
      onManifest: (host) => {
        served.by ??= host;
      },
      onResolved: (head) => {
        served.head ??= head;
      },
      onServedByGet: (host, head) => servedByGet.set(host, head),
      onPassedOver: (passed) => passedOver.push(passed),
    });
    const server = hosts.at(-1) as ContainerdHost;
    const proven = await prove(client, { ...server.connection().image, reference }, proof);
    const warnings = await server.warnings();
    const checked = judgeHelper(server.connection(), { reference, platforms: proof.platforms, proven, warnings });
    const ofMirrors = await Promise.all(hosts.slice(0, -1).map((host) => host.warnings()));
    const ofHead = served.head === undefined ? [] : resolvedWarnings(served.head, proven, reference);
    return { checked: { ...checked, warnings: [...ofMirrors.flat(), ...checked.warnings, ...ofHead] }, hosts };
  });
  const name = formatReference(reference);
  if (checked === undefined) {
    const conclusion = withTimes(concludeFinding(timedOut(timeoutMs), requests, connections));
    return late.at?.isMirror ? { ...conclusion, ...describeHung(conclusion, wordsFor(late.at, name)) } : conclusion;
  }

  const { hosts } = checked;
  const by = hosts.find((host) => host === served.by);
  const isMissing = checked.checked.proven.finding?.reason === 'not-found';
  const doubt = isMissing ? findDoubt(passedOver, hosts) : undefined;
  const server = hosts.at(-1) as ContainerdHost;
  const hung = findHung(checked.checked.proven.finding, passedOver, hosts, name);
  const byGet = by === undefined ? judgeServedByGet(servedByGet, checked.checked.proven.finding, name) : undefined;
  const hidden = hung ?? byGet ?? judgeHeaders(plan, doubt?.finding ?? checked.checked.proven.finding, name);
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
    connections,
  );
  const others = passedOver.filter(({ host, outcome }) => host !== doubt?.host && !isHung(outcome));
  return concludeMirrored(conclusion.cause === 'timeout' ? withTimes(conclusion) : conclusion, {
    earlier: [],
    warnings: [
      ...(plan.doubt === undefined ? [] : [{ code: 'mirror-config', message: plan.doubt } as const]),
      ...mirrorWarnings(others, hosts, name, isMissing),
    ],
    ...(by && { servedBy: { registry: by.name, isMirror: by.isMirror } }),
  });
}

/** How the response to HEAD differs from the manifest. */
function resolvedWarnings(head: HttpResponse, proven: Proven, pinned: Reference): readonly Warning[] {
  const { outcome, digest, mediaType, warnings } = proven;
  if (outcome.kind !== 'response' || digest === undefined || mediaType === undefined) return [];
  if (pinned.digest === undefined && isMoved(head, { digest, ...(warnings && { warnings }) })) return [];
  return headWarnings(head, { digest, mediaType, size: outcome.response.body.length });
}

/** `onLate`: called if the check ends while the host has a request. */
function createHost(
  run: CheckRun,
  attempt: MirrorAttempt,
  { endpoint }: Located,
  onLate: (host: ContainerdHost) => void,
): ContainerdHost {
  const { context, requests } = run;
  const { isMirror, only, location } = attempt;
  const { plainHosts } = context;
  const name = endpoint.base.host;
  let used: Connection | undefined;
  let isPlain = endpoint.mayFallBack && plainHosts.has(name);
  /** Why no connection opened in time: other requests do not wait for it again. */
  let unconnected: AuthOutcome | undefined;

  const connection = (): Connection => {
    used ??= connectRegistry(run, isPlain ? withPlainHttp(endpoint) : endpoint);
    return used;
  };

  const request: FailoverHost['request'] = async (send, { outcomeOf }) => {
    const result = await send(connection().client);
    if (isPlain || run.signal.aborted || !mayUsePlainHttp(endpoint, outcomeOf(result))) return result;
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

  const host: ContainerdHost = {
    name: location.registry,
    isMirror,
    resolves: only !== 'digest',
    connection,
    ping: () => connection().client.ping(),
    warnings: async () => (used === undefined ? [] : used.warnings()),
    request: async (send, reading) => {
      if (unconnected !== undefined) return reading.from(unconnected);
      try {
        const result = await request(send, reading);
        const outcome = reading.outcomeOf(result);
        if (isMirror && isUnconnected(outcome)) unconnected = outcome;
        return result;
      } catch (error) {
        onLate(host);
        throw error;
      }
    },
  };
  return host;
}
