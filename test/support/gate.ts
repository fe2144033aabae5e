// A server before a server that lets the requests it gathers pass only together: proof that they are under way at once.

import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gate extends AsyncDisposable {
  /** `127.0.0.1:4711` */
  readonly name: string;
  /** How many gathered requests have been under way at the same time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

export interface GateOptions {
  /** `http://host:port` of the server behind. */
  readonly origin: string;
  /** Which paths are gathered; every other request passes at once. */
  readonly gathers: RegExp;
  /** Nothing gathered passes before so many have come. */
  readonly until: number;
}

export async function startGate({ origin, gathers, until }: GateOptions): Promise<Gate> {
  const waiting: (() => void)[] = [];
  let come = 0;
  let underWay = 0;
  let mostAtOnce = 0;

  const gathered = (): Promise<void> =>
    new Promise((resolve) => {
      come += 1;
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      waiting.push(resolve);
      if (come >= until) for (const pass of waiting.splice(0)) pass();
    });

  const server = createServer(async (request, response) => {
    const { method, url = '', headers } = request;
    const isGathered = gathers.test(url);
    if (isGathered) await gathered();
    const upstream = httpRequest(`${origin}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.once('close', () => {
      if (isGathered) underWay -= 1;
    });
    request.pipe(upstream);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  const close = (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
