// One test event for each notifier, on request: it is recorded nowhere.

import type { Clock } from '../../core/clock.ts';
import { type DeliverOptions, deliver, ping } from './deliver.ts';
import type { Notification } from './notification.ts';
import type { NotifierOptions } from './notifier-options.ts';

export interface TestedNotifier {
  readonly notifier: NotifierOptions;
  /** null: it was delivered. Contains no secret. */
  readonly problem: string | null;
}

export interface TestOptions extends DeliverOptions {
  readonly clock: Clock;
  /** Where users reach the monitor, as configured. */
  readonly url: string | null;
}

/** In their order. Rejects with the signal's reason when it aborts. */
export const testNotifiers = (
  notifiers: readonly NotifierOptions[],
  signal: AbortSignal,
  options: TestOptions,
): Promise<readonly TestedNotifier[]> =>
  Promise.all(
    notifiers.map(async (notifier) => {
      const context = { view: null, outage: null, url: options.url };
      const result =
        notifier.kind === 'ping'
          ? await ping(notifier, signal, options)
          : await deliver(notifier, testNotification(notifier.name, options.clock.now()), context, signal, options);
      return { notifier, problem: result.isDelivered ? null : result.problem };
    }),
  );

/** Its id is the time: a receiver that knows the ids of events has not seen it. */
const testNotification = (name: string, nowMs: number): Notification => ({
  ...{ id: Math.floor(nowMs), event: 'test', atMs: nowMs, resource: null, from: null, to: null },
  ...{ reason: null, cause: null, digest: null, previousDigest: null },
  message: `This is a test of the notifier ${name}.`,
});
