// Where a registry may send us: judged by the address that would be connected to, not by the text of a URL.

import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import type { HttpFailure } from '../../src/http/failure.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import type { NamedByRegistry } from '../../src/http/send.ts';
import { createTransport } from '../../src/http/transport.ts';
import { requestFor } from '../support/fake-send.ts';
import { requireSecondLoopback } from '../support/require-programs.ts';
import { ask, serve, serveRaw, textOf } from './loopback-server.ts';

const NEEDS_SECOND = { skip: requireSecondLoopback() };

const HELLO = (_: unknown, response: { end(text: string): void }): void => response.end('hello');

const realm = (registry: string): { namedBy: NamedByRegistry } => ({ namedBy: { registry, as: 'realm' } });
const redirect = (registry: string): { namedBy: NamedByRegistry } => ({ namedBy: { registry, as: 'redirect' } });

/** A look-up by table; an address is written as itself. */
const lookup =
  (table: Readonly<Record<string, readonly string[]>>) =>
  async (host: string): Promise<LookupAddress[]> =>
    (table[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** `kind`: a loopback address is in a network that the registry is not part of; others are never connected to. */
function isBlocked({ kind, phase, detail, isTransient }: HttpFailure, host: string, address: string): void {
  const isLoopback = address.startsWith('127.');
  assert.deepEqual([kind, phase, isTransient], [isLoopback ? 'private-address' : 'blocked-address', 'tcp', false]);
  const what = host === address ? address : `${host} resolves to ${address}, which`;
  assert.equal(detail, isLoopback ? `the loopback address ${address}` : `${what} is link-local or reserved`);
}

describe('the token service of a loopback registry', () => {
  it('may be at the address of the registry, on another port as well, and at localhost', async (t) => {
    const [registry, tokens] = [await serve(t, HELLO), await serve(t, HELLO)];
    const { get } = ask(t);
    await get(registry.origin);
    assert.equal(textOf(await get(tokens.origin, realm('127.0.0.1'))), 'hello');
    assert.equal(textOf(await get(`http://localhost:${tokens.port}/`, realm('127.0.0.1'))), 'hello');
  });

  it('may not be at another loopback address: nothing is connected', NEEDS_SECOND, async (t) => {
    const registry = await serve(t, HELLO);
    const tokens = await serve(t, HELLO, { host: '127.0.0.2' });
    const { get, fail } = ask(t);
    await get(registry.origin);
    isBlocked(await fail(tokens.origin, realm('127.0.0.1')), '127.0.0.2', '127.0.0.2');
    assert.equal(tokens.connections(), 0);
  });

  for (const address of ['169.254.169.254', '100.100.100.200', '[::ffff:169.254.169.254]', '[fe80::1]', '0.0.0.0']) {
    it(`may not be at ${address}`, async (t) => {
      const registry = await serve(t, HELLO);
      const { get, fail } = ask(t);
      await get(registry.origin);
      assert.equal((await fail(`http://${address}:1/`, realm('127.0.0.1'))).kind, 'blocked-address');
    });
  }
});

describe('a name', () => {
  it('that leads to a forbidden address is refused when it is connected to', async (t) => {
    const inner = await serve(t, HELLO);
    const { fail } = ask(t, { resolve: lookup({ 'tokens.example': ['127.0.0.1'] }) });
    const url = `http://tokens.example:${inner.port}/`;
    isBlocked(await fail(url, realm('r.example')), 'tokens.example', '127.0.0.1');
    isBlocked(await fail(url, redirect('r.example')), 'tokens.example', '127.0.0.1');
    assert.equal(inner.connections(), 0);
  });

  for (const address of ['168.63.129.16', '2002:a9fe:a9fe::1', '::ffff:0:a9fe:a9fe', '2001::808:808:0:0:5601:5601']) {
    it(`that leads to ${address} is refused when it is connected to`, async (t) => {
      const { fail } = ask(t, { resolve: lookup({ 'tokens.example': [address] }) });
      isBlocked(await fail('http://tokens.example/', realm('r.example')), 'tokens.example', address);
      isBlocked(await fail('http://tokens.example/', redirect('r.example')), 'tokens.example', address);
    });
  }

  it('that leads to allowed and forbidden addresses is reached at the allowed ones only', NEEDS_SECOND, async (t) => {
    const registry = await serve(t, HELLO);
    const forbidden = await serve(t, HELLO, { host: '127.0.0.2' });
    const { get, fail } = ask(t, { resolve: lookup({ 'tokens.example': ['127.0.0.2', '127.0.0.1'] }) });
    await get(registry.origin);
    await get(`http://tokens.example:${registry.port}/`, realm('127.0.0.1'));
    const { detail } = await fail(`http://tokens.example:${forbidden.port}/`, realm('127.0.0.1'));
    assert.equal(detail, `connect ECONNREFUSED 127.0.0.1:${forbidden.port}`);
    assert.equal(forbidden.connections(), 0);
  });

  it('that leads to a private address is followed if the user allows it for the registry', async (t) => {
    const inner = await serve(t, HELLO);
    const resolve = lookup({ 'tokens.example': ['127.0.0.1'], 'metadata.example': ['169.254.169.254'] });
    const { get, fail } = ask(t, { resolve, allowsPrivate: (registry) => registry === 'r.example' });
    const url = `http://tokens.example:${inner.port}/`;
    assert.equal(textOf(await get(url, realm('r.example'))), 'hello');
    isBlocked(await fail(url, realm('other.example')), 'tokens.example', '127.0.0.1');
    const metadata = await fail('http://metadata.example/', redirect('r.example'));
    isBlocked(metadata, 'metadata.example', '169.254.169.254');
  });

  it('is looked up once: a second lookup cannot differ from the one that was vetted', async (t) => {
    const registry = await serve(t, HELLO);
    const answers = ['127.0.0.1', '127.0.0.2'];
    const resolve = async (): Promise<LookupAddress[]> => [{ address: answers.shift() ?? '', family: 4 }];
    const { get } = ask(t, { resolve });
    await get(registry.origin);
    await get(`http://tokens.example:${registry.port}/`, realm('127.0.0.1'));
    assert.deepEqual(answers, ['127.0.0.2']);
  });

  it('whose server at a loopback address does not show that it is the registry gains nothing', async (t) => {
    const other = await serveRaw(t, (socket) => socket.once('data', () => socket.destroy()));
    const inner = await serve(t, HELLO);
    const { fail } = ask(t, { resolve: lookup({ 'r.example': ['127.0.0.1'] }) });
    await fail(`https://r.example:${other.port}/`);
    isBlocked(await fail(inner.origin, realm('r.example')), '127.0.0.1', '127.0.0.1');
    isBlocked(await fail(inner.origin, redirect('r.example')), '127.0.0.1', '127.0.0.1');
    assert.deepEqual([other.connections(), inner.connections()], [1, 0]);
  });

  it('a further address of the registry that was not connected to is not its own', {
    skip: requireSecondLoopback(),
  }, async (t) => {
    const registry = await serve(t, HELLO);
    const inner = await serve(t, HELLO, { host: '127.0.0.3' });
    const resolve = lookup({ 'r.example': ['127.0.0.1', '127.0.0.3'] });
    const { get, fail } = ask(t, { resolve });
    await get(`http://r.example:${registry.port}/`);
    isBlocked(await fail(inner.origin, realm('r.example')), '127.0.0.3', '127.0.0.3');
    assert.equal(inner.connections(), 0);
  });

  it('of the registry itself, where a redirect leads, adds nothing to its own addresses', NEEDS_SECOND, async (t) => {
    const registry = await serve(t, HELLO);
    const other = await serve(t, HELLO, { host: '127.0.0.2' });
    const answers = ['127.0.0.1', '127.0.0.2'];
    const resolve = async (): Promise<LookupAddress[]> => [{ address: answers.shift() ?? '', family: 4 }];
    const { get, fail } = ask(t, { resolve });
    await get(`http://r.example:${registry.port}/`);
    await get(`http://r.example:${other.port}/`, redirect('r.example'));
    isBlocked(await fail(other.origin, realm('r.example')), '127.0.0.2', '127.0.0.2');
  });
});

describe('a redirect', () => {
  it('of a loopback registry may lead to another loopback address, and no further', {
    skip: requireSecondLoopback(),
  }, async (t) => {
    const store = await serve(t, HELLO, { host: '127.0.0.2' });
    let location = `${store.origin}/blob`;
    const registry = await serve(t, (_, response) => response.writeHead(307, { location }).end());
    const { send, close } = createTransport({ env: {} });
    t.after(close);
    const follow = () => withRedirect()(send)(requestFor(registry.origin));
    const followed = await follow();
    assert.ok(followed.ok);
    assert.equal(textOf(followed.value), 'hello');
    location = 'http://169.254.169.254/latest/meta-data';
    const refused = await follow();
    assert.ok(!refused.ok);
    isBlocked(refused.error, '169.254.169.254', '169.254.169.254');
  });

  it('does not borrow the connection of a request that was allowed more', async (t) => {
    const inner = await serve(t, HELLO);
    const { get, fail } = ask(t);
    // The person asks the inner server; a public registry redirects there.
    await get(inner.origin);
    isBlocked(await fail(inner.origin, redirect('r.example')), '127.0.0.1', '127.0.0.1');
    isBlocked(await fail(inner.origin, realm('r.example')), '127.0.0.1', '127.0.0.1');
    assert.equal(inner.connections(), 1);
  });
});

describe('behind a proxy', () => {
  it('a registry may not name private addresses: the proxy gets no request for them', async (t) => {
    const proxy = await serve(t, HELLO);
    const { get, fail } = ask(t, { env: { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin } });
    await get('http://r.example/');
    const before = proxy.connections();
    for (const host of ['10.0.0.1', '169.254.169.254', '127.0.0.1', 'localhost', '[::1]']) {
      for (const scheme of ['http', 'https']) {
        const { kind } = await fail(`${scheme}://${host}/token`, realm('r.example'));
        assert.equal(kind, host === '169.254.169.254' ? 'blocked-address' : 'private-address', `${scheme}://${host}`);
      }
    }
    assert.equal(proxy.connections(), before);
  });

  it('a registry with an inner address of its own may', async (t) => {
    const proxy = await serve(t, HELLO);
    const { get } = ask(t, { env: { HTTP_PROXY: proxy.origin } });
    await get('http://10.0.0.1:5000/');
    assert.equal(textOf(await get('http://10.0.0.2:5001/token', realm('10.0.0.1'))), 'hello');
  });
});
