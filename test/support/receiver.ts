// A receiver of notifications on a loopback port: records what it gets, and responds as the test says.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, listen } from './servers.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Receiver extends LoopbackServer {
  /** Every request, in order. */
  readonly received: readonly Received[];
  /** The events that were accepted, as `event id`. */
  readonly accepted: readonly string[];
  /** undefined: it never responds. */
  respond: (
    request: Received,
  ) => number | { readonly status: number; readonly headers: Record<string, string> } | undefined;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const accepted: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    const reply = receiver.respond(one);
    if (reply === undefined) return;
    const { status, headers } = typeof reply === 'number' ? { status: reply, headers: {} } : reply;
    if (status < 300 && body !== '') accepted.push(nameOf(body));
    response.writeHead(status, headers).end('words of the receiver');
  });
  const receiver: Receiver = { ...(await listen(server)), received, accepted, respond: () => 204 };
  return receiver;
}

function nameOf(body: string): string {
  const { event, id, text: slack } = JSON.parse(body);
  return slack ?? `${event} ${id}`;
}
