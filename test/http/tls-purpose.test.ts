// Certificates with unusual purposes: what Go accepts and OpenSSL refuses, and what both refuse.

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { TlsProblem } from '../../src/http/tls-failure.ts';
import {
  authority,
  type Identity,
  type Purposes,
  purposeChain,
  selfSignedWith,
  withoutOpenssl,
} from '../support/certificates.ts';
import { ask, serve, textOf } from './loopback-server.ts';

const ANY = 'extendedKeyUsage=anyExtendedKeyUsage';
const CLIENT = 'extendedKeyUsage=clientAuth';

async function outcomeOf(
  t: TestContext,
  tls: Identity,
  ca: string | undefined,
): Promise<TlsProblem | 'accepted' | undefined> {
  const { port } = await serve(t, (_, response) => response.end('hello'), { tls });
  const { get, fail } = ask(t, { ca });
  const url = `https://127.0.0.1:${port}/`;
  try {
    return textOf(await get(url)) === 'hello' ? 'accepted' : undefined;
  } catch {
    return (await fail(url)).tls?.problem;
  }
}

describe('a certificate for', { skip: withoutOpenssl }, () => {
  const rows: readonly (readonly [what: string, purposes: Purposes, outcome: TlsProblem | 'accepted'])[] = [
    ['any purpose', { server: ANY }, 'accepted'],
    ['any purpose and clients', { server: `${ANY},clientAuth` }, 'accepted'],
    ['signing contracts', { server: 'keyUsage=critical,nonRepudiation' }, 'accepted'],
    ['signing certificates', { server: 'keyUsage=keyCertSign' }, 'accepted'],
    ['clients, to Netscape', { server: 'nsCertType=client' }, 'accepted'],
    ['any purpose, below a CA for any purpose', { server: ANY, root: ANY }, 'accepted'],
    ['any purpose, below an intermediate', { server: ANY, intermediate: '' }, 'accepted'],
    [
      'any purpose, below an intermediate that signs servers only',
      { server: ANY, intermediate: 'basicConstraints=CA:TRUE,pathlen:0' },
      'accepted',
    ],
    ['servers, below an intermediate for any purpose', { intermediate: ANY }, 'accepted'],
    ['clients', { server: CLIENT }, 'not-for-servers'],
    ['an unknown purpose', { server: 'extendedKeyUsage=1.2.3.4' }, 'not-for-servers'],
    ['servers, below a CA for clients', { root: CLIENT }, 'ca-not-for-servers'],
    ['any purpose, below an intermediate for clients', { server: ANY, intermediate: CLIENT }, 'ca-not-for-servers'],
    ['any purpose, below two intermediates', { server: ANY, intermediate: '', isDeep: true }, 'unverified-purpose'],
    ['any purpose, and another name', { server: ANY, names: 'DNS:elsewhere.example' }, 'other-name'],
    [
      'any purpose, within the names of its CA',
      { server: ANY, root: 'nameConstraints=permitted;DNS:localhost' },
      'unverified-purpose',
    ],
    [
      'any purpose, with a critical extension that is unknown',
      { server: `${ANY}\n1.2.3.4.5=critical,DER:05:00` },
      'unverified-purpose',
    ],
  ];
  for (const [what, purposes, outcome] of rows) {
    it(`${what}: ${outcome}`, async (t) => {
      const { server, root } = purposeChain(purposes);
      assert.equal(await outcomeOf(t, server, root.cert), outcome);
    });
  }

  it('any purpose, if it is the trusted one itself: accepted', async (t) => {
    const { leaf } = purposeChain({ server: ANY });
    assert.equal(await outcomeOf(t, leaf, leaf.cert), 'accepted');
  });

  it('signing certificates, if it is its own trusted authority: accepted', async (t) => {
    const identity = selfSignedWith('keyUsage=critical,keyCertSign,cRLSign');
    assert.equal(await outcomeOf(t, identity, identity.cert), 'accepted');
  });

  for (const purposes of [{ server: ANY }, { server: ANY, intermediate: '' }, { intermediate: ANY }]) {
    it(`${JSON.stringify(purposes)}, and no trusted authority: untrusted`, async (t) => {
      const { server, root } = purposeChain(purposes);
      assert.equal(await outcomeOf(t, server, authority().cert), 'untrusted');
      // The same server and an authority with the same name, but another key.
      const other = purposeChain({ ...purposes, root: 'nsComment=another key' }).root;
      assert.equal(await outcomeOf(t, server, other.cert), 'untrusted');
      assert.equal(await outcomeOf(t, { ...server, cert: server.cert + root.cert }, other.cert), 'untrusted');
    });
  }

  it('any purpose, signed by a certificate that is not an authority: untrusted', async (t) => {
    const { root } = purposeChain({ server: ANY, intermediate: 'basicConstraints=CA:FALSE' });
    const { server } = purposeChain({ server: ANY, intermediate: 'basicConstraints=CA:FALSE' });
    assert.notEqual(await outcomeOf(t, server, root.cert), 'accepted');
  });
});
