// Resources with 90 days of made-up history: every state, outages, gaps, flapping; the same for the same number.

import { createHash } from 'node:crypto';
import type { StateSpan } from '../../src/monitor/history/span.ts';
import type { ResourceKind } from '../../src/monitor/resource/monitor-resource.ts';
import type { ResourceState } from '../../src/monitor/view/monitor-view.ts';
import { DAY, HOUR, MINUTE } from './check-records.ts';

export interface MadeUpResource {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly kind: ResourceKind;
  readonly target: string;
  readonly registry: string;
  readonly intervalMs: number;
  readonly state: ResourceState;
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  readonly hintCode: string | null;
  readonly digest: string | null;
  readonly previousDigest: string | null;
  readonly maintenance: string | null;
  /** In order; the last one is open-ended. */
  readonly spans: readonly StateSpan[];
}

/** What the first ten resources show, one each. */
export const PROFILES = [
  'steady',
  'outage',
  'rate-limited',
  'recovered',
  'flapping',
  'http',
  'tcp',
  'pending',
  'paused',
  'moved',
] as const;
type Profile = (typeof PROFILES)[number];

const GROUPS = ['shop', 'platform', null, 'data', 'deploy'] as const;
const APPS = ['api', 'web', 'worker', 'auth', 'search', 'mailer', 'billing', 'gateway', 'cache', 'reports'] as const;

/** Texts that break out of HTML, terminals, logs, CSV, labels and JSON where they are not escaped. */
export const HOSTILE_TEXTS = [
  `<script>alert('x')</script>"><img src=x onerror=alert(1)>&amp;`,
  `=HYPERLINK("http://evil.example","x")\t@SUM(1)`,
  `\u001b[31mred\u001b[0m \u202egnp.exe \u0007`,
  `a"b\\c\nd{e="f"} 1\r\n\r\nevent: state`,
  `javascript:alert(1)//'";</style></title></textarea>`,
  `${'long'.repeat(500)} </svg><b>`,
] as const;

export function makeUpResource(index: number, nowMs: number, isHostile: boolean): MadeUpResource {
  const profile = profileOf(index);
  const app = APPS[index % APPS.length] ?? 'api';
  const number = Math.floor(index / APPS.length);
  const name = number === 0 ? app : `${app}-${number}`;
  const kind = profile === 'http' || profile === 'tcp' ? profile : 'image';
  const registry = { http: `${name}.example:443`, tcp: `${name}.example:5432`, image: registryOf(profile, index) }[
    kind
  ];
  const target = {
    http: `https://${name}.example/healthz`,
    tcp: `${name}.example:5432`,
    image: `${registry}/org/${name}:1.${index % 7}`,
  }[kind];
  const hostile = (text: string | null, offset: number): string | null =>
    isHostile && text !== null ? `${text} ${HOSTILE_TEXTS[(index + offset) % HOSTILE_TEXTS.length]}` : text;
  const finding = findingOf(profile, target);
  const digest = kind === 'image' && profile !== 'pending' ? digestOf(`${target} new`) : null;
  return {
    id: `${kind}-${name}`,
    name: hostile(name, 0) ?? name,
    group: hostile(GROUPS[index % GROUPS.length] ?? null, 1),
    target: hostile(target, 2) ?? target,
    ...{ kind, registry, intervalMs: index % 3 === 0 ? 5 * MINUTE : MINUTE, ...finding },
    message: hostile(finding.message, 3),
    hint: hostile(finding.hint, 4),
    digest: finding.state === 'unavailable' || finding.state === 'undetermined' ? null : digest,
    previousDigest: profile === 'moved' ? digestOf(`${target} old`) : null,
    maintenance: profile === 'paused' && index % 20 === 8 ? (hostile('upgrade', 5) ?? null) : null,
    spans: withOwnGaps(spansOf(profile, index, nowMs), nowMs),
  };
}

/** After the first ten most are available. */
function profileOf(index: number): Profile {
  const share = createRandom(index)();
  if (index < PROFILES.length) return PROFILES[index] ?? 'steady';
  if (share < 0.02) return 'outage';
  if (share < 0.03) return 'rate-limited';
  if (share < 0.035) return 'flapping';
  if (share < 0.04) return 'pending';
  if (share < 0.05) return 'paused';
  if (share < 0.15) return 'http';
  if (share < 0.2) return 'tcp';
  if (share < 0.3) return 'recovered';
  return share < 0.35 ? 'moved' : 'steady';
}

function registryOf(profile: Profile, index: number): string {
  if (profile === 'rate-limited') return 'docker.io';
  return ['ghcr.io', 'quay.io', 'registry.example:5000'][index % 3] ?? 'ghcr.io';
}

type Finding = Pick<MadeUpResource, 'state' | 'reason' | 'cause' | 'message' | 'hint' | 'hintCode'>;

function findingOf(profile: Profile, target: string): Finding {
  const nothing = { reason: null, cause: null, message: null, hint: null, hintCode: null };
  switch (profile) {
    case 'outage':
      return {
        ...{ state: 'unavailable', reason: 'not-found', cause: 'tag', hintCode: 'check-tag' },
        message: `${target} does not exist: the repository has no such tag.`,
        hint: 'Push the tag, or correct it.',
      };
    case 'rate-limited':
      return {
        ...{ state: 'undetermined', reason: 'rate-limited', cause: 'pull-quota', hintCode: 'wait-for-quota' },
        message: `Whether ${target} can be pulled is unknown: the pull quota of docker.io is used up.`,
        hint: 'Log in for a larger quota.',
      };
    case 'pending':
      return { ...nothing, state: 'pending' };
    case 'paused':
      return { ...nothing, state: 'paused' };
    default:
      return { ...nothing, state: 'available' };
  }
}

/** Newest last; the times before the first span are gap. */
function spansOf(profile: Profile, index: number, nowMs: number): StateSpan[] {
  const random = createRandom(index + 1);
  const startMs = nowMs - 90 * DAY;
  const bad: [fromMs: number, toMs: number, state: StateSpan['state']][] = [];
  const days = (count: number): number => nowMs - Math.round(count * DAY);
  switch (profile) {
    case 'pending':
      return [];
    case 'outage':
      bad.push([days(60), days(59.7), 'unavailable']);
      bad.push([nowMs - Math.round((0.5 + random() * 30) * HOUR), Number.POSITIVE_INFINITY, 'unavailable']);
      break;
    case 'rate-limited':
      bad.push([days(3), days(2.9), 'undetermined'], [nowMs - 40 * MINUTE, Number.POSITIVE_INFINITY, 'undetermined']);
      break;
    case 'recovered':
      bad.push([days(25 + random() * 30), days(24), 'unavailable'], [days(0.5), days(0.4), 'unavailable']);
      break;
    case 'flapping':
      for (let hour = 72; hour > 0; hour -= 1) bad.push([days(hour / 24), days(hour / 24 - 1 / 144), 'unavailable']);
      break;
    case 'paused':
      bad.push([days(2), Number.POSITIVE_INFINITY, 'paused']);
      break;
    case 'http':
      bad.push([days(10), days(9.9), 'unavailable']);
      break;
    default:
      if (random() < 0.3) bad.push([days(40), days(39.95), 'undetermined']);
  }
  // One of five was added later.
  const firstMs = index % 5 === 4 ? days(20 + index / 20) : startMs;
  return fill(Math.min(firstMs, bad[0]?.[0] ?? firstMs), bad);
}

function fill(firstMs: number, bad: readonly [fromMs: number, toMs: number, state: StateSpan['state']][]): StateSpan[] {
  const spans: StateSpan[] = [];
  let atMs = firstMs;
  for (const [fromMs, toMs, state] of bad) {
    if (fromMs > atMs) spans.push({ fromMs: atMs, toMs: fromMs, state: 'available' });
    spans.push({ fromMs: Math.max(fromMs, atMs), toMs, state });
    atMs = toMs;
  }
  if (atMs !== Number.POSITIVE_INFINITY)
    spans.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY, state: 'available' });
  return spans;
}

/** The monitor was not running 41 and 12 days ago. */
function withOwnGaps(spans: readonly StateSpan[], nowMs: number): StateSpan[] {
  const gaps = [
    { fromMs: nowMs - 41 * DAY, toMs: nowMs - 41 * DAY + 5 * HOUR },
    { fromMs: nowMs - 12 * DAY, toMs: nowMs - 12 * DAY + 50 * MINUTE },
  ];
  return gaps.reduce<StateSpan[]>(
    (rest, gap) =>
      rest.flatMap((span) => {
        if (gap.toMs <= span.fromMs || gap.fromMs >= span.toMs) return [span];
        return [
          { ...span, toMs: Math.min(span.toMs, gap.fromMs) },
          { ...span, fromMs: Math.max(span.fromMs, gap.toMs) },
        ].filter(({ fromMs, toMs }) => toMs > fromMs);
      }),
    [...spans],
  );
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** 0 <= x < 1, from a seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
