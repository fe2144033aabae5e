// The scene of `monitor --demo`: a registry, a web service and a port in this process, which come and go on a script.

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { unavailable } from '../demo/fault.ts';
import { createImage } from '../demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../demo/registry.ts';
import { type Reply, textReply } from '../demo/reply.ts';
import { startServer } from '../demo/server.ts';
import type { Incident, MadeUpHistory } from './demo-history.ts';
import type { MonitorPlan } from './monitor-options.ts';
import type { HttpResource, ImageResource, MonitorResource } from './resource/monitor-resource.ts';

export interface DemoScene {
  readonly plan: MonitorPlan;
  readonly histories: readonly MadeUpHistory[];
  /** Begins the script. */
  play(clock: Clock): void;
  close(): Promise<void>;
}

const INTERVAL_MS = 10_000;
const SECOND = 1000;
const DAY = 24;

export async function startDemoScene(): Promise<DemoScene> {
  const registry = await startRegistry({
    auth: 'bearer',
    users: { demo: 'demo' },
    access: (user, repository) => user !== undefined || !repository.startsWith('private/'),
  });
  let isShopDown = false;
  const shop = await startServer((): Reply => (isShopDown ? textReply(503, 'in trouble\n') : textReply(200, 'ok\n')));
  const port = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => port.listen(0, '127.0.0.1', resolve));
  const database = `127.0.0.1:${(port.address() as AddressInfo).port}`;
  fill(registry);
  const timers = new Set<() => void>();

  return {
    plan: planOf(registry.name, shop, database),
    histories: HISTORIES,
    play(clock) {
      for (const { atMs, everyMs, act } of scriptOf(registry, (isDown) => {
        isShopDown = isDown;
      })) {
        const at = (delayMs: number): void => {
          const cancel = clock.startTimer(delayMs, () => {
            timers.delete(cancel);
            act();
            at(everyMs);
          });
          timers.add(cancel);
        };
        at(atMs);
      }
    },
    async close() {
      for (const cancel of timers) cancel();
      port.close();
      await Promise.all([registry.close(), shop.close()]);
    },
  };
}

const checkout = createImage({ text: 'checkout' });
const worker = createImage({ text: 'worker' });
const nightly = (number: number) => createImage({ text: `nightly ${number}` });

function fill(registry: EmbeddedRegistry): void {
  registry.put('shop/web', '1.4', createImage({ text: 'web' }));
  registry.put('shop/api', '2.0', createImage({ text: 'api' }));
  registry.put('shop/checkout', '3.1', checkout);
  registry.put('shop/nightly', 'latest', nightly(0));
  registry.put('private/billing', '1', createImage({ text: 'billing' }));
  registry.put('platform/mirror', '7', createImage({ text: 'mirror' }));
  registry.inject(unavailable(), { path: /^\/v2\/platform\/mirror\/manifests\// });
}

/** What happens, after how long, and how long it takes until it happens again. */
function scriptOf(registry: EmbeddedRegistry, setShopDown: (isDown: boolean) => void) {
  let build = 0;
  const LOOP = 180 * SECOND;
  return [
    { atMs: 12 * SECOND, everyMs: LOOP, act: () => registry.remove('shop/checkout', '3.1') },
    { atMs: 75 * SECOND, everyMs: LOOP, act: () => registry.put('shop/checkout', '3.1', checkout) },
    { atMs: 5 * SECOND, everyMs: LOOP, act: () => registry.put('platform/worker', '5', worker) },
    { atMs: 130 * SECOND, everyMs: LOOP, act: () => registry.remove('platform/worker', '5') },
    {
      ...{ atMs: 40 * SECOND, everyMs: LOOP },
      act: () => {
        build += 1;
        registry.put('shop/nightly', 'latest', nightly(build));
      },
    },
    { atMs: 90 * SECOND, everyMs: LOOP, act: () => setShopDown(true) },
    { atMs: 125 * SECOND, everyMs: LOOP, act: () => setShopDown(false) },
  ];
}

function planOf(
  registry: string,
  shop: { readonly origin: string; readonly name: string },
  database: string,
): MonitorPlan {
  const common = (id: string, group: string | null) => ({
    ...{ id, group, foundAt: [], intervalMs: INTERVAL_MS, isPaused: false, isMuted: false },
  });
  const image = (
    id: string,
    group: string | null,
    path: string,
    changes: Partial<ImageResource> = {},
  ): MonitorResource => ({
    ...{ ...common(id, group), kind: 'image', name: path, target: `${registry}/${path}`, host: registry },
    ...{ expect: 'present', platforms: [], proof: undefined, credentials: null, insecure: false },
    ...changes,
  });
  const http: HttpResource = {
    ...{ ...common('shop-health', 'shop'), kind: 'http', name: 'shop health', target: `${shop.origin}/healthz` },
    ...{ host: shop.name, method: 'GET', status: [{ from: 200, to: 299 }], contains: 'ok', headers: {} },
    ...{ authFile: null, timeoutMs: 5000, caFile: null, insecure: false },
  };
  return {
    resources: [
      image('web', 'shop', 'shop/web:1.4'),
      image('api', 'shop', 'shop/api:2.0'),
      image('checkout', 'shop', 'shop/checkout:3.1'),
      image('nightly', 'shop', 'shop/nightly:latest'),
      http,
      image('worker', 'platform', 'platform/worker:5'),
      image('mirror', 'platform', 'platform/mirror:7'),
      image('billing', 'platform', 'private/billing:1'),
      {
        ...{ ...common('database', 'platform'), kind: 'tcp', name: 'database', target: database, host: database },
        timeoutMs: 5000,
      },
      image('withdrawn', null, 'shop/leaked:1', { expect: 'absent' }),
      image('archive', null, 'shop/archive:0.9', { isPaused: true }),
    ],
    ...{ skipped: [], sourceProblems: [], jitter: 0.1, failAfter: 2, recoverAfter: 2, timeZone: 'UTC' },
    retention: { checksMs: 7 * DAY * 3_600_000, hoursMs: 90 * DAY * 3_600_000, daysMs: 400 * DAY * 3_600_000 },
    ...{ kairosMetrics: false, maintenances: [], notifiers: [] },
    // Neither the user's proxy nor stored credentials apply here.
    checker: { env: {}, anonymous: true, retries: 0, timeoutMs: 5000, noCache: true },
  };
}

const incident = (
  fromHours: number,
  toHours: number,
  state: Incident['state'],
  reason: string,
  message: string,
  cause: string | null = null,
): Incident => ({ fromHours, toHours, state, reason, cause, message });

const notFound = (fromHours: number, toHours: number, image: string): Incident =>
  incident(fromHours, toHours, 'unavailable', 'not-found', `${image} does not exist: the repository has no such tag.`);
const unreachable = (fromHours: number, toHours: number): Incident =>
  incident(fromHours, toHours, 'undetermined', 'unreachable', 'The registry did not respond in time.', 'timeout');

/** The monitor did not run: the same gap for all. */
const NOT_RUNNING = incident(34 * DAY, 33.7 * DAY, null, '', '');

const HISTORIES: readonly MadeUpHistory[] = [
  { id: 'web', responseMs: 140, incidents: [NOT_RUNNING, unreachable(51 * DAY, 50.9 * DAY)] },
  { id: 'api', responseMs: 180, incidents: [NOT_RUNNING, notFound(20 * DAY, 19.8 * DAY, 'shop/api:2.0')] },
  {
    ...{ id: 'checkout', responseMs: 160 },
    incidents: [
      NOT_RUNNING,
      notFound(71 * DAY, 70.5 * DAY, 'shop/checkout:3.1'),
      notFound(9 * DAY, 8.8 * DAY, 'shop/checkout:3.1'),
      notFound(15, 14.5, 'shop/checkout:3.1'),
    ],
  },
  { id: 'nightly', responseMs: 150, incidents: [NOT_RUNNING, unreachable(3 * DAY, 2.9 * DAY)] },
  {
    ...{ id: 'shop-health', responseMs: 45 },
    incidents: [
      NOT_RUNNING,
      incident(
        42 * DAY,
        41.6 * DAY,
        'unavailable',
        'unexpected-status',
        'The response has status 503 instead of 200-299.',
      ),
      incident(5.2, 5, 'unavailable', 'no-answer', 'No response within 5 s.', 'timeout'),
    ],
  },
  { id: 'worker', responseMs: 170, incidents: [NOT_RUNNING, notFound(3, 0, 'platform/worker:5')] },
  {
    ...{ id: 'mirror', responseMs: 900 },
    incidents: [
      NOT_RUNNING,
      incident(7, 0, 'undetermined', 'registry-error', 'The registry failed (503).', 'server-error'),
      incident(26 * DAY, 25 * DAY, 'undetermined', 'rate-limited', 'The registry allows no more pulls for now (429).'),
    ],
  },
  {
    ...{ id: 'billing', responseMs: 120 },
    incidents: [
      NOT_RUNNING,
      incident(6 * DAY, 0, 'unavailable', 'unauthorized', 'The registry requires credentials (401).'),
    ],
  },
  { id: 'database', responseMs: 3, incidents: [NOT_RUNNING] },
  { id: 'withdrawn', responseMs: 110, incidents: [NOT_RUNNING] },
].map((history) => ({ digest: null, ...history }));
