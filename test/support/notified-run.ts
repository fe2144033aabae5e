// A monitor on a held clock whose notifiers send to receivers in the test, without a network.

import { createNotify, type NotifierChange, type Notify } from '../../src/monitor/notify/create-notify.ts';
import type { NotifierOptions } from '../../src/monitor/notify/notifier-options.ts';
import type { NotifyRequest, SendResult } from '../../src/monitor/notify/send-request.ts';
import { BARE_ENV } from './command.ts';
import { type MonitorRun, type RunOptions, runMonitor } from './monitor-run.ts';

export const notifierTo = (name: string, fields: Partial<NotifierOptions> = {}): NotifierOptions => ({
  ...{ name, kind: 'webhook', url: { kind: 'value', url: `http://${name}.example/secret-path?key=hunter2` } },
  ...{ headers: {}, groups: undefined, remindAfterMs: null },
  events: ['outage', 'recovered', 'undetermined-long', 'digest-moved', 'quota-low', 'network', 'reload'],
  ...fields,
});

/** What `HOST.example` was sent: `POST outage 1`, `GET`. */
export interface TestReceivers {
  readonly log: string[];
  readonly requests: NotifyRequest[];
  /** By the name before `.example`; undefined: it never responds. */
  respond: (name: string, request: NotifyRequest) => SendResult | undefined;
}

export const createReceivers = (): TestReceivers => ({ log: [], requests: [], respond: () => delivered });

export const delivered: SendResult = { isDelivered: true, status: 204 };
export const refused = (
  problem: string,
  fields: Partial<Extract<SendResult, { isDelivered: false }>> = {},
): SendResult => ({
  ...{ isDelivered: false, problem, isRefusal: false, isFinal: false, waitMs: 0 },
  ...fields,
});

export interface NotifiedRun extends AsyncDisposable {
  readonly run: MonitorRun;
  readonly notify: Notify;
  readonly changes: readonly NotifierChange[];
  /** In minutes, and until everything that can be sent meanwhile is. */
  pass(minutes: number): Promise<void>;
}

export interface NotifiedOptions extends RunOptions {
  readonly receivers: TestReceivers;
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: it starts. */
  readonly isNotifying?: boolean;
}

export async function runNotified(options: NotifiedOptions): Promise<NotifiedRun> {
  const { url = null, env = {}, isNotifying = true, receivers, ...monitor } = options;
  const run = await runMonitor(monitor);
  const { view, outbox } = run.monitor;
  const changes: NotifierChange[] = [];
  let writes = 0;
  const notify = createNotify({
    ...{ view, store: outbox.store, clock: run.clock, url: () => url },
    writes: {
      ...outbox.writes,
      add(change) {
        writes += 1;
        return outbox.writes.add(change);
      },
    },
    notifiers: () => outbox.plan().notifiers,
    env: () => ({ ...BARE_ENV, ...env }),
    ca: () => undefined,
    async send(request, signal) {
      const [name = ''] = request.url.hostname.split('.');
      receivers.requests.push(request);
      const { event, id } = JSON.parse(request.body ?? '{}');
      const result = receivers.respond(name, request);
      receivers.log.push([name, request.method, event, id, result?.isDelivered === true ? 'ok' : 'failed'].join(' '));
      return result ?? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    onChange: (change) => changes.push(change),
    onError: (error) => run.errors.push(error),
  });
  run.monitor.reportNotifications(() => notify.counts());
  if (isNotifying) notify.start();
  /** A delivery leads to the next one. */
  const settle = async (): Promise<void> => {
    for (let seen = -1; seen !== writes + receivers.log.length; ) {
      seen = writes + receivers.log.length;
      await run.settle();
    }
  };
  await settle();
  return {
    ...{ run, notify, changes },
    async pass(minutes) {
      for (let passed = 0; passed < minutes * 6; passed += 1) {
        await run.pass(10_000);
        await settle();
      }
    },
    async [Symbol.asyncDispose]() {
      const stopped = notify.stop(1);
      run.clock.pass(1);
      await stopped;
      await run[Symbol.asyncDispose]();
    },
  };
}
