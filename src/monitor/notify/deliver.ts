// Delivers one notice to one notifier.

import type { Env } from '../../core/env.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { MonitorStore } from '../store/store.ts';
import type { MonitorView } from '../view/monitor-view.ts';
import { formatWebhook, type Notification, type NotificationContext } from './notification.ts';
import type { NotifierOptions } from './notifier-options.ts';
import { readAddress } from './secret-url.ts';
import { type NotifySendOptions, type SendResult, sendRequest } from './send-request.ts';
import { formatSlack } from './slack-text.ts';

/** What reading the URL needs as well. */
export interface DeliverOptions extends NotifySendOptions {
  readonly env: Env;
  /** Unset: over the network. */
  readonly send?: typeof sendRequest | undefined;
}

/** Rejects with the signal's reason when it aborts. */
export async function deliver(
  notifier: NotifierOptions,
  notice: Notification,
  context: NotificationContext,
  signal: AbortSignal,
  options: DeliverOptions,
): Promise<SendResult> {
  const format = notifier.kind === 'slack' ? formatSlack : formatWebhook;
  return request(notifier, signal, options, {
    method: 'POST',
    body: format(notice, context),
    // The same for each attempt: a receiver can tell a repetition.
    headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': String(notice.id) },
  });
}

/** Tells a dead man's switch that the monitor works. */
export const ping = (notifier: NotifierOptions, signal: AbortSignal, options: DeliverOptions): Promise<SendResult> =>
  request(notifier, signal, options, { method: 'GET', headers: {} });

interface Content {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function request(
  { url: place, headers }: NotifierOptions,
  signal: AbortSignal,
  options: DeliverOptions,
  { headers: own, ...content }: Content,
): Promise<SendResult> {
  const address = await readAddress(place, options.env, signal);
  if (!address.ok) {
    return { isDelivered: false, problem: address.error, isRefusal: false, isFinal: false, waitMs: 0 };
  }
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { url, headers: credential } = address.value;
  const { send = sendRequest } = options;
  return send({ ...content, url, headers: { ...credential, ...given, ...own } }, signal, options);
}

const OUTAGE_EVENTS: ReadonlySet<string> = new Set(['outage', 'reminder', 'recovered']);
/** The outage of an event that is a day late is among the latest. */
const LATEST_OUTAGES = 50;

/** What else is known about the event now. */
export async function contextOf(
  { event, atMs, resource }: Notification,
  { view, store, url }: { readonly view: MonitorView; readonly store: MonitorStore; readonly url: string | null },
): Promise<NotificationContext> {
  if (resource === null) return { view: null, outage: null, url };
  const { id } = resource;
  const outage = OUTAGE_EVENTS.has(event) ? await outageAt(store, id, atMs) : undefined;
  return { view: view.resource(id), outage: outage ?? null, url };
}

async function outageAt(store: MonitorStore, resource: string, atMs: number): Promise<RecordedOutage | undefined> {
  const outages = await store.readOutages({ resource, limit: LATEST_OUTAGES });
  if (!outages.ok) return undefined;
  return outages.value.find(
    ({ startedAtMs, endedAtMs }) => startedAtMs <= atMs && (endedAtMs === null || endedAtMs >= startedAtMs),
  );
}
