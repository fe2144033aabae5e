// Nothing waits for ever: every phase has a limit of its own, and the deadline ends them all.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { describe, it } from 'node:test';
import type { Phase } from '../../src/http/failure.ts';
import { ask, onceHeadIsRead, serve, serveRaw, textOf } from './loopback-server.ts';

const never = new Promise<never>(() => {});

describe('a phase without a limit of its own', () => {
  it('lasts as long as the deadline, whatever happens before the connection and the response', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { origin } = await serve(t, (_, response) => {
      t.mock.timers.tick(25_000);
      response.write('slow');
      t.mock.timers.tick(25_000);
      response.end('ly');
    });
    assert.equal(textOf(await ask(t).get(origin)), 'slowly');
  });
});

describe('a limit of its own', () => {
  it('ends the wait for the head of a response', async (t) => {
    const { origin } = await serve(t, () => {});
    const { waitedMs, ...failure } = await ask(t).fail(origin, { patienceMs: 50 });
    assert.ok((waitedMs ?? 0) > 0);
    assert.deepEqual(failure, {
      kind: 'timeout',
      phase: 'headers',
      host: new URL(origin).host,
      code: 'UND_ERR_HEADERS_TIMEOUT',
      detail: 'connected, but no response',
      isTransient: true,
    });
  });

  it('ends the wait for a head that arrives byte by byte', async (t) => {
    const { origin } = await serveRaw(t, (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const drip = setInterval(() => socket.write('x: y\r\n'), 10);
        socket.once('close', () => clearInterval(drip));
      }),
    );
    assert.equal((await ask(t).fail(origin, { patienceMs: 100 })).phase, 'headers');
  });

  it('ends the wait for the next piece of a body', async (t) => {
    const { origin } = await serve(t, (_, response) => response.writeHead(200).write('{'));
    const { kind, phase, isTransient } = await ask(t).fail(origin, { patienceMs: 50 });
    assert.deepEqual({ kind, phase, isTransient }, { kind: 'timeout', phase: 'body', isTransient: true });
  });

  it('ends a name look-up', async (t) => {
    const { kind, phase, isTransient } = await ask(t, { connectTimeoutMs: 50, resolve: () => never }).fail('http://r/');
    assert.deepEqual({ kind, phase, isTransient }, { kind: 'timeout', phase: 'dns', isTransient: false });
  });

  it('ends a TLS handshake', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { port } = await serveRaw(t, (socket) => socket.once('data', () => t.mock.timers.tick(7_000)));
    const { kind, phase, waitedMs } = await ask(t).fail(`https://127.0.0.1:${port}/`, { connectPatienceMs: 7_000 });
    assert.deepEqual([kind, phase, waitedMs], ['timeout', 'tls', 7_000]);
  });

  it('ends the wait for a proxy', async (t) => {
    const proxy = await serveRaw(t, () => {});
    const asker = ask(t, { connectTimeoutMs: 50, env: { HTTPS_PROXY: proxy.origin } });
    const { kind, phase } = await asker.fail('https://r.example/');
    assert.deepEqual({ kind, phase }, { kind: 'timeout', phase: 'proxy' });
  });
});

describe('the deadline', () => {
  /** Aborts as the deadline does when the server sees the moment. */
  function deadline(): { signal: AbortSignal; pass: () => void } {
    const controller = new AbortController();
    return { signal: controller.signal, pass: () => controller.abort(new DOMException('', 'TimeoutError')) };
  }

  const check = (failure: { kind: string; phase: Phase; isTransient: boolean }, phase: Phase): void => {
    const { kind, phase: at, isTransient } = failure;
    assert.deepEqual({ kind, at, isTransient }, { kind: 'timeout', at: phase, isTransient: false });
  };

  it('in the name look-up', async (t) => {
    const { signal, pass } = deadline();
    const resolve = (): Promise<never> => {
      setImmediate(pass);
      return never;
    };
    check(await ask(t, { resolve }).fail('http://r.example/', { signal }), 'dns');
  });

  it('in the TLS handshake', async (t) => {
    const { signal, pass } = deadline();
    const { port } = await serveRaw(t, (socket) => socket.once('data', pass));
    check(await ask(t).fail(`https://127.0.0.1:${port}/`, { signal }), 'tls');
  });

  it('while the proxy thinks', async (t) => {
    const { signal, pass } = deadline();
    const proxy = await serveRaw(t, (socket) => socket.once('data', pass));
    check(await ask(t, { env: { HTTPS_PROXY: proxy.origin } }).fail('https://r.example/', { signal }), 'proxy');
  });

  it('before the head of the response', async (t) => {
    const { signal, pass } = deadline();
    const { origin } = await serve(t, pass);
    check(await ask(t).fail(origin, { signal }), 'headers');
  });

  it('while a server repeats "not yet"', async (t) => {
    const { signal, pass } = deadline();
    const { origin } = await serveRaw(t, (socket) =>
      socket.once('data', () => {
        for (let times = 0; times < 100; times += 1) socket.write('HTTP/1.1 102 Processing\r\n\r\n');
        setImmediate(pass);
      }),
    );
    check(await ask(t).fail(origin, { signal }), 'headers');
  });

  for (const coding of ['identity', 'gzip']) {
    it(`in the body (${coding})`, async (t) => {
      const { signal, pass } = deadline();
      const { origin } = await serve(t, (_, response) => {
        response.writeHead(200, { 'content-encoding': coding }).write('{');
      });
      onceHeadIsRead(pass);
      check(await ask(t).fail(origin, { signal }), 'body');
    });
  }

  it('that has passed already sends nothing', async (t) => {
    const { signal, pass } = deadline();
    pass();
    const server = await serve(t, () => {});
    check(await ask(t).fail(server.origin, { signal }), 'headers');
    assert.equal(server.connections(), 0);
  });
});

describe('giving up', () => {
  it('before the head of the response rejects with the reason of the caller', async (t) => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const { origin } = await serve(t, () => controller.abort(reason));
    await assert.rejects(ask(t).get(origin, { signal: controller.signal }), (error) => error === reason);
  });

  it('in the body rejects with the reason of the caller', async (t) => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const { origin } = await serve(t, (_, response) => response.write('{'));
    onceHeadIsRead(() => controller.abort(reason));
    await assert.rejects(ask(t).get(origin, { signal: controller.signal }), (error) => error === reason);
  });

  it('while connecting rejects with the reason of the caller', async (t) => {
    const controller = new AbortController();
    const resolve = (): Promise<never> => {
      setImmediate(() => controller.abort('enough'));
      return never;
    };
    const refused = ask(t, { resolve }).get('http://r.example/', { signal: controller.signal });
    await assert.rejects(refused, (error) => error === 'enough');
  });
});

describe('close', () => {
  const closed = /the connections were closed/;

  it('rejects a request that waits for its response, and every later one', async (t) => {
    const { origin } = await serve(t, () => void asker.close());
    const asker = ask(t);
    await assert.rejects(asker.get(origin), closed);
    await assert.rejects(asker.get(origin), closed);
  });

  it('rejects a request that is connecting', async (t) => {
    const resolve = (): Promise<never> => {
      setImmediate(asker.close);
      return never;
    };
    const asker = ask(t, { resolve });
    await assert.rejects(asker.get('http://r.example/'), closed);
  });

  // Where these fail they would wait for ever.
  const bounded = { timeout: 30_000 };

  it('leaves no connection open', bounded, async (t) => {
    let ended: Promise<unknown> | undefined;
    const { origin } = await serve(t, (request, response) => {
      ended = once(request.socket, 'close');
      response.end('kept alive');
    });
    const { get, close } = ask(t);
    await get(origin);
    await close();
    await ended;
  });

  it('leaves no connection half open', bounded, async (t) => {
    let ended: Promise<unknown> | undefined;
    const { port } = await serveRaw(t, (socket) => {
      ended = once(socket, 'close');
      socket.once('data', () => void asker.close());
    });
    const asker = ask(t, { connectTimeoutMs: 1_000_000 });
    await assert.rejects(asker.get(`https://127.0.0.1:${port}/`), closed);
    await ended;
  });

  it('lets the process end, with connections kept, opening and unanswered', bounded, async (t) => {
    const { port } = await serveRaw(t, (socket) => {
      socket.on('data', (bytes) => {
        if (bytes.includes('GET /answered')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const program = `
      import { createTransport } from ${JSON.stringify(import.meta.resolve('../../src/http/transport.js'))};
      const { send, close } = createTransport({ env: {}, connectTimeoutMs: 1_000_000 });
      const { signal } = new AbortController();
      const ask = (url) =>
        send({ method: 'GET', url: new URL(url), headers: {}, purpose: 'manifest', maxBytes: 9, signal });
      await ask('http://127.0.0.1:${port}/answered');
      const pending = [ask('http://127.0.0.1:${port}/unanswered'), ask('https://127.0.0.1:${port}/')];
      setImmediate(close);
      console.log((await Promise.allSettled(pending)).map(({ reason }) => reason.message).join());
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const printed: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text) => printed.push(text));
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.equal(printed.join(''), 'the connections were closed,the connections were closed\n');
  });
});

it('a signal is left without listeners', async (t) => {
  const { origin } = await serve(t, (_, response) => response.end());
  const { signal } = new AbortController();
  await ask(t).get(origin, { signal });
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});
