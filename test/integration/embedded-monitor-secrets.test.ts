// What a monitor keeps and shows contains no credential, although registry and service repeat what they are sent.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errorReply } from '../../src/demo/reply.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { base64, PASSWORD } from '../support/secrets.ts';
import { startEchoServer } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const SERVICE_TOKEN = 'service-Vb2nQx7Tk4Jc9';
const HOOK_TOKEN = 'hook-Pz6wRd3Mf8Ys1';
const OWN_TOKEN = 'own-Gu5kLe0Hb7Na2';
const FORBIDDEN = [PASSWORD, SERVICE_TOKEN, HOOK_TOKEN, OWN_TOKEN].flatMap((secret) => [
  secret,
  base64(secret).replace(/=+$/, ''),
  base64(`bot:${secret}`).replace(/=+$/, ''),
]);

function assertHidden(where: string, text: string): void {
  for (const secret of FORBIDDEN) assert.ok(!text.includes(secret), `${where} contains ${secret}`);
}

describe('the secrets of a monitor', { skip: requirePosix() }, () => {
  it('are in no file, page, document, metric, stream or log; looking checks nothing', async () => {
    await using registry = await startEchoServer({
      scheme: 'Basic',
      echo: ({ words }) => errorReply(403, 'DENIED', `not for ${words}`),
    });
    const service = createServer(({ headers }, response) => response.writeHead(500, `${headers['x-api-key']}`).end());
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as AddressInfo;
    using folder = createTemporaryFolder({ password: `${PASSWORD}\n`, token: `${OWN_TOKEN}\n` });
    folder.write('hook', `http://127.0.0.1:${port}/${HOOK_TOKEN}\n`);
    const config = folder.write(
      'kairos-pull.yaml',
      `monitor:
  listen: 127.0.0.1:0
  store: history.db
  interval: 31d
  failAfter: 1
  auth: { bearerTokenFile: token }
  resources:
    - { image: "${registry.name}/team/app:1", id: app, credentials: { username: bot, passwordFile: password } }
    - { http: "http://127.0.0.1:${port}/", id: service, headers: { x-api-key: ${SERVICE_TOKEN} } }
  notify:
    - webhook: { urlFile: hook }
`,
    );
    try {
      await using monitor = spawnMonitor(['--config', config]);
      const url = await monitor.url();
      const logged = [await monitor.line('outage'), await monitor.line('outage')];
      const headers = { authorization: `Bearer ${OWN_TOKEN}` };
      const stream = (await fetch(`${url}api/v1/stream?after=0`, { headers })).body?.getReader();
      const sent = registry.log.length;
      assert.ok(
        registry.log.some(({ headers: { authorization } }) => authorization === `Basic ${base64(`bot:${PASSWORD}`)}`),
      );
      const paths = ['', 'metrics', 'badge/app.svg', 'api/v1/summary', 'api/v1/resources', 'api/v1/uptime.csv'];
      const lists = ['api/v1/outages', 'api/v1/events'];
      const own = ['app', 'service'].flatMap((id) => [`resources/${id}`, `resources/${id}/health`]);
      const apis = ['app', 'service'].flatMap((id) =>
        ['', '/checks', '/timeline'].map((part) => `api/v1/resources/${id}${part}`),
      );
      for (const path of [...paths, ...lists, ...own, ...apis]) {
        const response = await fetch(`${url}${path}`, { headers });
        assert.ok([200, 503].includes(response.status), path);
        assertHidden(path, await response.text());
      }
      assert.equal(registry.log.length, sent, 'pages and scrapes check nothing');
      let streamed = '';
      while (streamed.split('event: outage').length < 3) {
        const { value, done } = (await stream?.read()) ?? assert.fail('no stream');
        assert.ok(!done, streamed);
        streamed += Buffer.from(value).toString();
      }
      assertHidden('the stream', streamed);
      await stream?.cancel();
      const copy = join(folder.path, 'copy.db');
      const args = ['monitor', 'export', copy, '--config', config, '--listen', new URL(url).host];
      const exported = spawnCommand(args);
      exported.child.stdin.end();
      assert.equal((await exported.ended).exitCode, 0, (await exported.ended).stderr);
      assertHidden('the export', `${readFileSync(copy, 'latin1')}${(await exported.ended).stderr}`);
      monitor.signal('SIGTERM');
      const { stdout, stderr } = await monitor.ended;
      assertHidden('the log', `${JSON.stringify(logged)}${stdout}${stderr}`);
      const stores = readdirSync(folder.path).filter((name) => name.startsWith('history.db'));
      assert.ok(stores.length > 0);
      for (const name of stores) assertHidden(name, readFileSync(join(folder.path, name), 'latin1'));
    } finally {
      service.close();
    }
  });
});
