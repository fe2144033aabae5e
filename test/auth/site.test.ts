import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSameSite } from '../../src/auth/site.ts';

describe('isSameSite', () => {
  const cases: readonly [one: string, other: string, isSame: boolean][] = [
    ['registry.example.com', 'registry.example.com', true],
    ['registry.example.com', 'REGISTRY.example.com.', true],
    ['registry.example.com', 'auth.example.com', true],
    ['registry.example.com', 'example.com', true],
    ['a.b.registry.example.com', 'x.example.com', true],
    ['registry.example.com', 'registry.example.org', false],
    ['registry.example.com', 'registry-example.com', false],
    ['registry.example.com', 'registry.example.com.evil.test', false],
    ['registry.example.co.uk', 'auth.example.co.uk', true],
    ['one.co.uk', 'other.co.uk', false],
    ['com', 'example.com', false],
    // Names that anyone can register are separate sites.
    ['one.github.io', 'other.github.io', false],
    ['github.io', 'other.github.io', false],
    ['registry.xn--fiqs8s', 'auth.registry.xn--fiqs8s', true],
    ['registry.svc.cluster.local', 'auth.svc.cluster.local', true],
    ['registry.acme.internal', 'auth.acme.internal', true],
    ['registry-1.docker.io', 'auth.docker.io', true],
    ['registry.gitlab.com', 'gitlab.com', true],
    ['docker.elastic.co', 'docker-auth.elastic.co', true],
    ['registry.digitalocean.com', 'api.digitalocean.com', true],
    ['registry.cn-hangzhou.aliyuncs.com', 'dockerauth.cn-hangzhou.aliyuncs.com', true],
    ['rg.fr-par.scw.cloud', 'api.scaleway.com', false],
    // Addresses and single labels.
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['127.0.0.1', 'localhost', false],
    ['registry', 'registry', true],
    ['registry', 'auth', false],
    ['fd00::1', 'fd00::1', true],
    ['fd00::1', 'fd00::2', false],
    ['10.0.0.1', 'auth.example.com', false],
    ['1.2.3.4', '5.2.3.4', false],
  ];
  for (const [one, other, expected] of cases) {
    it(`${one} and ${other}: ${expected ? 'yes' : 'no'}`, async () => {
      assert.equal(await isSameSite(one, other), expected);
      assert.equal(await isSameSite(other, one), expected);
    });
  }

  const failing = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }));

  it('is undefined if the list cannot be loaded', async () =>
    assert.equal(await isSameSite('registry.example.com', 'auth.example.com', failing), undefined));

  it('does not load the list for the same host, addresses and single labels', async () => {
    assert.equal(await isSameSite('registry.example.com', 'registry.example.com', failing), true);
    assert.equal(await isSameSite('10.0.0.1', 'auth.example.com', failing), false);
    assert.equal(await isSameSite('localhost', 'auth.example.com', failing), false);
  });
});
