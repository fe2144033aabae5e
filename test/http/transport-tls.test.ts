// Whom we trust, and to whom we say who we are.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { soundsLikePlainHttp } from '../../src/http/failure.ts';
import { withRedirect } from '../../src/http/redirect.ts';
import { createTransport } from '../../src/http/transport.ts';
import {
  authority,
  clientIdentity,
  expiredIdentity,
  type Identity,
  intermediateIdentity,
  malformedNameIdentity,
  selfSignedIdentity,
  serverIdentity,
  withoutOpenssl,
  wrongNameIdentity,
} from '../support/certificates.ts';
import { requestFor } from '../support/fake-send.ts';
import type { LoopbackServer } from '../support/servers.ts';
import { ask, serve, serveBytes, serveRaw, textOf } from './loopback-server.ts';

const options = { skip: withoutOpenssl };
const ca = (): string => authority().cert;
const server = () => ({ tls: serverIdentity() });

describe('a certificate', options, () => {
  it('of an authority that was named is trusted, for names and for addresses', async (t) => {
    const { port } = await serve(t, (_, response) => response.end('hello'), server());
    const { get } = ask(t, { ca: ca() });
    assert.equal(textOf(await get(`https://127.0.0.1:${port}/`)), 'hello');
    assert.equal(textOf(await get(`https://localhost:${port}/`)), 'hello');
  });

  it('of an intermediate authority that was named is trusted without its root, as in Go', async (t) => {
    const { intermediate, server: shown } = intermediateIdentity();
    const { origin } = await serve(t, (_, response) => response.end('hello'), { tls: shown });
    assert.equal(textOf(await ask(t, { ca: intermediate.cert }).get(origin)), 'hello');
  });

  const refused: readonly [what: string, shown: () => Identity, trusted: boolean, code: string][] = [
    ['of an authority nobody named', () => serverIdentity(), false, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['signed by itself', () => selfSignedIdentity(), true, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['that has expired', () => expiredIdentity(), true, 'CERT_HAS_EXPIRED'],
    ['for another name', () => wrongNameIdentity(), true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ];
  for (const [what, shown, trusted, code] of refused) {
    it(`${what} is refused: ${code}, not repeated`, async (t) => {
      let asked = 0;
      const count = (): void => {
        asked += 1;
      };
      const { port } = await serve(t, count, { tls: shown() });
      const { fail } = ask(t, trusted ? { ca: ca() } : {});
      for (const host of ['127.0.0.1', 'localhost']) {
        const failure = await fail(`https://${host}:${port}/`);
        assert.deepEqual(
          [failure.kind, failure.phase, failure.code, failure.isTransient, failure.host],
          ['tls', 'tls', code, false, `${host}:${port}`],
        );
      }
      assert.equal(asked, 0);
    });

    it(`${what} is accepted when any is`, async (t) => {
      const { origin } = await serve(t, (_, response) => response.end('hello'), { tls: shown() });
      assert.equal(textOf(await ask(t, { insecure: true }).get(origin)), 'hello');
    });
  }

  it('that names nothing readable is refused, trusted or not', async (t) => {
    const shown = malformedNameIdentity();
    const { origin } = await serve(t, () => {}, { tls: shown });
    const trusted = await ask(t, { ca: shown.cert }).fail(origin);
    assert.deepEqual([trusted.code, trusted.tls?.certificate?.names], ['ERR_TLS_CERT_ALTNAME_INVALID', []]);
    const { tls } = await ask(t).fail(origin);
    assert.deepEqual([tls?.problem, tls?.certificate?.names], ['untrusted', []]);
  });

  it('reports for which name a certificate is', async (t) => {
    const { port } = await serve(t, () => {}, { tls: wrongNameIdentity() });
    const { tls } = await ask(t, { ca: ca() }).fail(`https://localhost:${port}/`);
    assert.deepEqual([tls?.problem, tls?.certificate?.names], ['other-name', ['elsewhere.example']]);
  });
});

describe('no TLS', () => {
  it('a port without TLS is distinguished from other failures', async (t) => {
    const { port } = await serve(t, (_, response) => response.end());
    const failure = await ask(t).fail(`https://127.0.0.1:${port}/`);
    assert.deepEqual([failure.kind, failure.phase, failure.isTransient], ['tls', 'tls', false]);
    assert.equal(soundsLikePlainHttp(failure), true);
  });

  it('a server that hangs up in the handshake', async (t) => {
    const { port } = await serveRaw(t, (socket) => socket.once('data', () => socket.end()));
    const { kind, phase, code } = await ask(t).fail(`https://127.0.0.1:${port}/`);
    assert.deepEqual([kind, phase, code], ['tls', 'tls', 'ECONNRESET']);
  });

  it('a PEM text that is none', options, async (t) => {
    const { origin } = await serve(t, () => {}, server());
    const { kind, code } = await ask(t, { ca: ca(), cert: 'nonsense', key: 'nonsense' }).fail(origin);
    assert.deepEqual([kind, code], ['tls', 'ERR_OSSL_PEM_NO_START_LINE']);
  });
});

describe('the client certificate', options, () => {
  const client = () => clientIdentity();

  /** Asks for a certificate and says whether one was shown. */
  function asksForIt(t: Parameters<typeof serve>[0], location = ''): Promise<LoopbackServer> {
    return serve(
      t,
      ({ socket }, response) => {
        const shown = Object.keys((socket as TLSSocket).getPeerCertificate()).length > 0;
        response.writeHead(location === '' ? 200 : 307, { location }).end(shown ? 'shown' : 'not shown');
      },
      { tls: { ...serverIdentity(), requestCert: true, rejectUnauthorized: false } },
    );
  }

  const settings = () => ({ ca: ca(), ...client() });

  it('is shown to the registry, and to a token service at its own origin', async (t) => {
    const { origin } = await asksForIt(t);
    const { get } = ask(t, settings());
    assert.equal(textOf(await get(origin)), 'shown');
    assert.equal(textOf(await get(origin, { namedBy: { registry: '127.0.0.1', as: 'realm' } })), 'shown');
  });

  it('is not shown to a token service at another port of the registry', async (t) => {
    const [registry, tokens] = [await asksForIt(t), await asksForIt(t)];
    const { get } = ask(t, settings());
    await get(registry.origin);
    assert.equal(textOf(await get(tokens.origin, { namedBy: { registry: '127.0.0.1', as: 'realm' } })), 'not shown');
  });

  it('is not shown to another registry because the first names it, even if the user named both', async (t) => {
    const [one, other] = [await asksForIt(t), await asksForIt(t)];
    const { get } = ask(t, settings());
    await get(one.origin);
    const otherName = `https://localhost:${other.port}/`;
    await get(otherName);
    assert.equal(textOf(await get(otherName, { namedBy: { registry: '127.0.0.1', as: 'realm' } })), 'not shown');
  });

  it('is not shown where a redirect leads, nor to the registry after a detour', async (t) => {
    const final = await asksForIt(t);
    const { send, close } = createTransport({ env: {}, ...settings() });
    t.after(close);
    const follow = async (url: string) => {
      const outcome = await withRedirect()(send)(requestFor(url));
      assert.ok(outcome.ok);
      return textOf(outcome.value);
    };
    const registry = await asksForIt(t, `${final.origin}/blob`);
    assert.equal(await follow(registry.origin), 'not shown');
    let back = '';
    const detour = await serve(t, (_, response) => response.writeHead(307, { location: back }).end(), server());
    const first = await serve(
      t,
      ({ socket, url }, response) => {
        const shown = Object.keys((socket as TLSSocket).getPeerCertificate()).length > 0;
        if (url === '/back') return void response.end(shown ? 'shown' : 'not shown');
        response.writeHead(shown ? 307 : 500, { location: detour.origin }).end();
      },
      { tls: { ...serverIdentity(), requestCert: true, rejectUnauthorized: false } },
    );
    back = `${first.origin}/back`;
    assert.equal(await follow(first.origin), 'not shown');
  });
});

describe('a server that does not use TLS', () => {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const replies: readonly [what: string, text: string, repliesInHttp: boolean][] = [
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', true],
    ['an SSH server', 'SSH-2.0-OpenSSH_9.9\r\n', false],
  ];
  for (const [what, text, repliesInHttp] of replies) {
    it(`is ${repliesInHttp ? '' : 'not '}said to respond in plain HTTP: ${what}`, async (t) => {
      const { port, connections } = await serveBytes(t, text);
      const { kind, tls } = await ask(t, { resolve }).fail(`https://registry.example:${port}/`);
      assert.deepEqual([kind, tls], ['tls', { problem: 'not-tls', ...(repliesInHttp && { repliesInHttp }) }]);
      assert.equal(connections(), 2);
    });
  }

  it('gets no request to find that out, and no second connection on this machine', async (t) => {
    let requests = 0;
    const { port, connections } = await serve(t, () => {
      requests += 1;
    });
    const named = await ask(t, { resolve }).fail(`https://registry.example:${port}/`);
    assert.deepEqual([named.tls?.repliesInHttp, requests, connections()], [true, 0, 2]);
    const local = await ask(t).fail(`https://localhost:${port}/`);
    assert.deepEqual([local.tls, requests, connections()], [{ problem: 'not-tls' }, 0, 3]);
  });
});
