import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { connect, rootCertificates, type SecureContext } from 'node:tls';
import { createSecureContexts, publicAuthorities } from '../../src/http/secure-context.ts';
import { authority, identity, LOOPBACK, selfSigned, withoutOpenssl } from './certificate.ts';
import { serve } from './loopback-server.ts';

describe('createSecureContexts', { skip: withoutOpenssl }, () => {
  const shakesHands = async (port: number, secureContext: SecureContext): Promise<void> => {
    const socket = connect({ host: '127.0.0.1', port, secureContext });
    await once(socket, 'secureConnect');
    socket.destroy();
  };

  it('trusts the authority that was named in addition to the public ones', async (t) => {
    const publicRoot = selfSigned(LOOPBACK);
    const { own } = createSecureContexts({ ca: authority().cert }, () => [publicRoot.cert]);
    const named = await serve(t, () => {}, { tls: identity(LOOPBACK) });
    const wellKnown = await serve(t, () => {}, { tls: publicRoot });
    await shakesHands(named.port, own());
    await shakesHands(wellKnown.port, own());
  });

  it('makes each context once, and one for both without a client certificate', () => {
    const plain = createSecureContexts({});
    assert.equal(plain.own(), plain.own());
    assert.equal(plain.own(), plain.stranger());
    const { own, stranger } = createSecureContexts(identity('DNS:client.example'));
    assert.equal(own(), own());
    assert.notEqual(own(), stranger());
  });

  it('throws for a client certificate or a key that cannot be read, when it is needed', () => {
    const { key, cert } = identity('DNS:client.example');
    const { key: otherKey } = identity(LOOPBACK);
    assert.throws(createSecureContexts({ cert: 'nonsense', key }).own, /PEM/);
    assert.throws(createSecureContexts({ cert, key: 'nonsense' }).own, /PEM|DECODER/);
    assert.throws(createSecureContexts({ cert, key: otherKey }).own, /key values mismatch/);
    assert.doesNotThrow(createSecureContexts({ cert: 'nonsense', key }).stranger);
  });
});

describe('publicAuthorities', () => {
  it('are those that Node has', () => {
    const known = new Set(publicAuthorities());
    assert.ok(rootCertificates.every((root) => known.has(root)));
    assert.ok(known.size > 50);
  });
});
