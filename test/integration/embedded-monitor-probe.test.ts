// /probe of a running monitor: what a client may have checked, and that nothing else is ever requested.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { promtool } from '../monitor/metrics/promtool.ts';
import { ask } from '../support/ask.ts';
import { type MonitorProcess, spawnMonitor } from '../support/monitor-process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { listen } from '../support/servers.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

interface Probing extends AsyncDisposable {
  readonly url: string;
  readonly monitor: MonitorProcess;
  readonly folder: TemporaryFolder;
  probe(target: string, headers?: Record<string, string>): ReturnType<typeof ask>;
}

async function startMonitor(probe: string, more = '', files: Record<string, unknown> = {}): Promise<Probing> {
  const folder = createTemporaryFolder(files);
  // A monitor that serves /probe needs no resource.
  const isOn = /enabled: true/.test(probe);
  const config = `${more}
monitor:
  listen: 127.0.0.1:0
  store: memory
  probe: ${probe}
  auth: { bearerTokenFile: token, publicRead: true }
${isOn ? '' : '  resources: [{ tcp: "127.0.0.1:1", paused: true }]'}
`;
  folder.write('token', 'secret\n');
  const monitor = spawnMonitor(['--config', folder.write('kairos-pull.yaml', config)]);
  const url = await monitor.url();
  return {
    ...{ url, monitor, folder },
    probe: (target, headers = {}) =>
      ask(`${url}probe?target=${encodeURIComponent(target)}`, {
        headers: { authorization: 'Bearer secret', ...headers },
      }),
    async [Symbol.asyncDispose]() {
      await monitor[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** `name{labels} value`, without the comments and the duration. */
const samples = (body: string): string[] =>
  body.split('\n').filter((line) => line !== '' && !/^#|^probe_duration_seconds /.test(line));

const verdict = (value: number, labels: string): string[] => [
  `probe_success ${value}`,
  `kairos_pull_probe_verdict{${labels}} 1`,
];

describe('/probe', { skip: requirePosix() }, () => {
  it('checks an allowed image each time, and says what it found', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${registry.name}/shop/*"] }`);
    const found = await monitor.probe(`${registry.name}/shop/web:1`);
    assert.equal(found.status, 200);
    assert.deepEqual(samples(found.body), verdict(1, 'verdict="pullable",reason="",cause=""'));
    assert.match(found.body, /^probe_duration_seconds \d/m);
    if (requirePrograms('promtool') === false) assert.equal(promtool(['check', 'metrics'], found.body), '');
    const missing = await monitor.probe(`${registry.name}/shop/web:2`);
    assert.match(missing.body, /^probe_success 0$/m);
    assert.match(missing.body, /^kairos_pull_probe_verdict\{verdict="unpullable",reason="not-found",cause="\w*"\} 1$/m);
    const before = registry.log.length;
    await monitor.probe(`${registry.name}/shop/web:1`);
    assert.ok(registry.log.length > before);
    // Nothing of it is kept.
    const { body } = await ask(`${monitor.url}metrics`, { headers: { authorization: 'Bearer secret' } });
    assert.doesNotMatch(body, /probe_/);
  });

  it('is undetermined, not missing, if the registry cannot be reached', async () => {
    await using monitor = await startMonitor('{ enabled: true, allow: ["127.0.0.1:1"] }');
    const { status, body } = await monitor.probe('127.0.0.1:1/shop/web:1');
    assert.equal(status, 200);
    assert.deepEqual(samples(body), verdict(0, 'verdict="undetermined",reason="unreachable",cause="tcp"'));
  });

  it('is off by default, and while enabled is not true', async () => {
    await using registry = await startRegistry();
    await using monitor = await startMonitor(`{ allow: ["${registry.name}"] }`);
    const { status, body } = await monitor.probe(`${registry.name}/shop/web:1`);
    assert.deepEqual([status, JSON.parse(body).detail.startsWith('Probes are off')], [404, true]);
    assert.equal(registry.log.length, 0);
  });

  it('requests nothing for a target that is not allowed, not an image, or without a credential', async () => {
    await using registry = await startRegistry();
    await using other = await startRegistry();
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${registry.name}/shop/*"] }`);
    for (const [target, status] of [
      [`${registry.name}/other/web:1`, 403],
      [`${other.name}/shop/web:1`, 403],
      [`${other.name}/${registry.name}/shop/web:1`, 400],
      ['169.254.169.254/shop/web:1', 403],
      ['Not An Image', 400],
      ['', 400],
    ] as const) {
      assert.equal((await monitor.probe(target)).status, status, target);
    }
    const image = `target=${registry.name}/shop/web:1`;
    // publicRead does not open it: it makes requests.
    assert.equal((await ask(`${monitor.url}probe?${image}`)).status, 401);
    assert.deepEqual([registry.connections, other.connections], [0, 0]);
  });

  it('follows no redirect to a host that is not allowed, and requests no token there', async () => {
    let touched = 0;
    await using inner = await listen(
      createServer((_, response) => {
        touched += 1;
        response.end('{}');
      }),
    );
    await using redirecting = await listen(
      createServer((request, response) => {
        const location = `http://127.0.0.1:${inner.port}${request.url}`;
        response.writeHead(307, { location }).end();
      }),
    );
    await using challenging = await listen(
      createServer((_, response) => {
        const realm = `Bearer realm="http://127.0.0.1:${inner.port}/token",service="x"`;
        response.writeHead(401, { 'www-authenticate': realm }).end();
      }),
    );
    const hosts = [redirecting, challenging].map(({ port }) => `127.0.0.1:${port}`);
    await using monitor = await startMonitor(
      `{ enabled: true, allow: [${hosts.map((host) => `"${host}"`).join(', ')}] }`,
    );
    for (const host of hosts) {
      const { status, body } = await monitor.probe(`${host}/shop/web:1`);
      assert.equal(status, 200);
      assert.deepEqual(samples(body), verdict(0, 'verdict="undetermined",reason="not-allowed",cause=""'), host);
    }
    assert.equal(touched, 0);
  });

  it('follows a redirect to a host that is allowed', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    await using redirecting = await listen(
      createServer((request, response) => {
        response.writeHead(307, { location: `${registry.origin}${request.url}` }).end();
      }),
    );
    const host = `127.0.0.1:${redirecting.port}`;
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${host}/shop/*", "${registry.name}/shop/*"] }`);
    assert.match((await monitor.probe(`${host}/shop/web:1`)).body, /^probe_success 1$/m);
  });

  it('never sends a stored login', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
    registry.put('shop/web', '1', createImage());
    const auths = { [registry.name]: { auth: Buffer.from('ada:right').toString('base64') } };
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${registry.name}"] }`, 'authFile: auth.json', {
      'auth.json': { auths },
    });
    const { body } = await monitor.probe(`${registry.name}/shop/web:1`);
    assert.match(body, /^kairos_pull_probe_verdict\{verdict="unpullable",reason="unauthorized",cause="[\w-]+"\} 1$/m);
    assert.ok(registry.log.length > 0);
    assert.ok(registry.log.every(({ headers }) => headers.authorization === undefined));
  });

  it('ends before the scraper gives up', async () => {
    await using silent = await listen(createServer(() => {}));
    const host = `127.0.0.1:${silent.port}`;
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${host}"] }`);
    const timeout = { 'x-prometheus-scrape-timeout-seconds': '1.5' };
    const { status, body } = await monitor.probe(`${host}/shop/web:1`, timeout);
    assert.equal(status, 200);
    assert.deepEqual(samples(body), verdict(0, 'verdict="undetermined",reason="unreachable",cause="timeout"'));
  });

  it('runs ten at a time, and refuses more', async () => {
    const hanging: (() => void)[] = [];
    let onTen = (): void => {};
    const ten = new Promise<void>((resolve) => {
      onTen = resolve;
    });
    await using silent = await listen(
      createServer((_, response) => {
        hanging.push(() => response.destroy());
        if (hanging.length === 10) onTen();
      }),
    );
    const host = `127.0.0.1:${silent.port}`;
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${host}"] }`);
    const probe = (at: number) =>
      monitor.probe(`${host}/shop/app${at}:1`, { 'x-prometheus-scrape-timeout-seconds': '30' });
    const running = Array.from({ length: 10 }, (_, at) => probe(at));
    await ten;
    const { status, headers } = await probe(10);
    assert.deepEqual([status, headers['retry-after']], [503, '10']);
    for (const end of hanging) end();
    assert.deepEqual(new Set((await Promise.all(running)).map((one) => one.status)), new Set([200]));
  });

  it('ends those whose client has gone', async () => {
    let onRequest = (): void => {};
    let onClosed = (): void => {};
    await using silent = await listen(
      createServer((_, response) => {
        response.on('close', () => onClosed());
        onRequest();
      }),
    );
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    const host = `127.0.0.1:${silent.port}`;
    await using monitor = await startMonitor(`{ enabled: true, allow: ["${host}", "${registry.name}"] }`);
    const headers = { authorization: 'Bearer secret', 'x-prometheus-scrape-timeout-seconds': '60' };
    for (let at = 0; at < 12; at += 1) {
      const gone = new AbortController();
      const begun = new Promise<void>((resolve) => {
        onRequest = resolve;
      });
      const ended = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      const running = fetch(`${monitor.url}probe?target=${host}/shop/app${at}:1`, { headers, signal: gone.signal });
      await begun;
      gone.abort();
      await assert.rejects(running);
      await ended;
    }
    assert.match((await monitor.probe(`${registry.name}/shop/web:1`)).body, /^probe_success 1$/m);
  });

  it('follows a change of the list without a restart', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    await using monitor = await startMonitor('{ enabled: true, allow: ["registry.example.com"] }');
    const target = `${registry.name}/shop/web:1`;
    assert.equal((await monitor.probe(target)).status, 403);
    const { folder } = monitor;
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(`${folder.path}/kairos-pull.yaml`, 'utf8');
    folder.write('kairos-pull.yaml', text.replace('registry.example.com', registry.name));
    monitor.monitor.signal('SIGHUP');
    await monitor.monitor.line('reload');
    assert.match((await monitor.probe(target)).body, /^probe_success 1$/m);
  });
});
