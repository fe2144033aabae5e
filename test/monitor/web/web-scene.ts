// A web server on a loopback port with the double of a monitor behind it.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Clock } from '../../../src/core/clock.ts';
import type { WebServer, WebServerOptions } from '../../../src/monitor/web/server.ts';
import { createWebServer } from '../../../src/monitor/web/server.ts';
import { type Answered, type Asking, ask } from '../../support/ask.ts';
import { createMonitorScene, type MonitorScene, type MonitorSceneOptions } from '../../support/monitor-scene.ts';

export interface WebScene extends AsyncDisposable {
  readonly monitor: MonitorScene;
  readonly server: WebServer;
  /** What the server wrote to its log. */
  readonly log: string[];
  ask(path: string, asking?: Asking): Promise<Answered>;
  /** The JSON of a reply whose status is 200. */
  json(path: string, asking?: Asking): Promise<unknown>;
  /** Everything that comes back for these bytes until the connection ends. */
  raw(bytes: string): Promise<string>;
}

export interface WebSceneOptions extends Partial<Omit<WebServerOptions, 'clock' | 'log'>> {
  readonly monitor?: MonitorSceneOptions;
  readonly clock?: Clock;
}

export async function startWebScene({ monitor: sceneOptions, ...options }: WebSceneOptions = {}): Promise<WebScene> {
  const monitor = createMonitorScene(sceneOptions);
  const log: string[] = [];
  const outcome = await createWebServer(monitor, {
    ...{ listen: { host: '127.0.0.1', port: 0 }, auth: null, url: null },
    ...options,
    log: (message) => log.push(message),
  });
  const server = outcome.ok ? outcome.value : assert.fail(outcome.error.message);
  const scene: WebScene = {
    ...{ monitor, server, log },
    ask: (path, asking) => ask(`${server.origin}${path}`, asking),
    async json(path, asking) {
      const { status, body } = await scene.ask(path, asking);
      assert.equal(status, 200, body);
      return JSON.parse(body);
    },
    raw: (bytes) =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
        socket.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        socket.on('end', () => resolve(text)).on('error', reject);
      }),
    [Symbol.asyncDispose]: () => server.close(0),
  };
  return scene;
}

/** The problem document of a reply, whose type is checked. */
export function problemOf({ status, headers, body }: Answered): { status: number; title: string; detail: string } {
  assert.equal(headers['content-type'], 'application/problem+json');
  const problem = JSON.parse(body);
  assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail']);
  assert.equal(problem.status, status);
  return problem;
}
