// The stream of changes as server-sent events: each is formatted once for all clients, and a client that reads too
// slowly is disconnected; it connects again with `Last-Event-ID` and gets what it missed.

import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { formatJson } from '../../report/result-document.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { MonitorUpdate, MonitorView } from '../view/monitor-view.ts';
import { checkEventDocument, eventDocument } from './documents.ts';

export interface EventStream {
  /** How many clients are connected. */
  readonly clients: number;
  readonly isFull: boolean;
  /** The head of the response was sent. Events after `afterId` are repeated first. */
  open(outgoing: ServerResponse, afterId: number | undefined): void;
  /** Ends every stream. */
  close(): void;
}

export interface EventStreamOptions {
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const MAX_CLIENTS = 1_000;
/** Waiting for one client. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** New ones, while old ones are repeated. */
const MAX_HELD_BACK = 1_000;
const REPLAY_BATCH = 500;
/** Proxies close connections that are silent for a minute, some sooner. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 3_000;

interface Frame {
  /** null for a check: it is not repeated. */
  readonly id: number | null;
  readonly bytes: Buffer;
}

interface Client {
  readonly outgoing: ServerResponse;
  /** What happened while old events were repeated; null afterwards. */
  heldBack: Frame[] | null;
}

export function createEventStream(view: MonitorView, { clock, onError }: EventStreamOptions): EventStream {
  const clients = new Set<Client>();
  let stop: (() => void) | undefined;
  let stopTimer = (): void => {};
  let isClosed = false;

  const send = ({ outgoing }: Client, bytes: Buffer): void => {
    if (outgoing.writableLength > MAX_UNSENT_BYTES) outgoing.destroy();
    else outgoing.write(bytes);
  };

  const publish = (update: MonitorUpdate): void => {
    const frame = frameOf(update);
    for (const client of clients) {
      if (client.heldBack === null) send(client, frame.bytes);
      else if (client.heldBack.length < MAX_HELD_BACK) client.heldBack.push(frame);
      else client.outgoing.destroy();
    }
  };

  const beat = (): void => {
    for (const client of clients) if (client.heldBack === null) send(client, HEARTBEAT);
    stopTimer = clock.startTimer(HEARTBEAT_MS, beat);
  };

  const add = (client: Client): void => {
    clients.add(client);
    if (stop !== undefined) return;
    stop = view.subscribe(publish);
    stopTimer = clock.startTimer(HEARTBEAT_MS, beat);
  };

  const remove = (client: Client): void => {
    clients.delete(client);
    if (clients.size > 0) return;
    stop?.();
    stop = undefined;
    stopTimer();
  };

  /** Sends what was missed, and returns the newest id that was sent; 0 if there is none. */
  const replay = async (client: Client, afterId: number): Promise<number> => {
    let lastId = 0;
    for (;;) {
      const events = await view.eventsAfter(Math.max(afterId, lastId), REPLAY_BATCH);
      for (const event of events) client.outgoing.write(frameOf({ kind: 'event', event }).bytes);
      lastId = events.at(-1)?.id ?? lastId;
      if (events.length < REPLAY_BATCH || client.outgoing.destroyed) return lastId;
      await drained(client.outgoing);
    }
  };

  /** Without an event: a client that is disconnected before the first one knows what it has missed. */
  const sendPosition = async ({ outgoing }: Client): Promise<number> => {
    const [latest] = await view.latestEvents({ limit: 1 });
    if (latest !== undefined) outgoing.write(`id: ${latest.id}\n\n`);
    return 0;
  };

  const begin = async (client: Client, afterId: number | undefined): Promise<void> => {
    const lastId = await (afterId === undefined ? sendPosition(client) : replay(client, afterId));
    const held = client.heldBack ?? [];
    client.heldBack = null;
    for (const { id, bytes } of held) if (id === null || id > lastId) send(client, bytes);
  };

  return {
    get clients() {
      return clients.size;
    },
    get isFull() {
      return isClosed || clients.size >= MAX_CLIENTS;
    },
    open(outgoing, afterId) {
      const client: Client = { outgoing, heldBack: [] };
      outgoing.on('error', () => outgoing.destroy()).once('close', () => remove(client));
      add(client);
      outgoing.write(`retry: ${RETRY_MS}\n\n`);
      begin(client, afterId).catch((error: unknown) => {
        onError(error);
        outgoing.destroy();
      });
    },
    close() {
      isClosed = true;
      for (const { outgoing } of clients) outgoing.end();
      stop?.();
      stop = undefined;
      stopTimer();
    },
  };
}

const HEARTBEAT = Buffer.from(': alive\n\n');

function frameOf(update: MonitorUpdate): Frame {
  if (update.kind === 'event') return { id: update.event.id, bytes: formatEvent(update.event) };
  return { id: null, bytes: format('check', checkEventDocument(update.resource, update.check)) };
}

const formatEvent = (event: MonitorEvent): Buffer => format(event.event, eventDocument(event), `id: ${event.id}\n`);

/** JSON has no line break, so that no text can end the field or begin another one. */
const format = (name: string, document: object, head = ''): Buffer =>
  Buffer.from(`${head}event: ${name}\ndata: ${formatJson(document)}\n\n`);

/** When the client has read what was written, or is gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  if (!outgoing.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      outgoing.off('drain', end).off('close', end);
      resolve();
    };
    outgoing.on('drain', end).on('close', end);
  });
}
