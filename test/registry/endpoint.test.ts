import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointOf, urlOf } from '../../src/registry/endpoint.ts';

describe('endpointOf', () => {
  for (const [registry, plainHttp, href, mayFallBack] of [
    ['docker.io', false, 'https://registry-1.docker.io/', false],
    ['ghcr.io', false, 'https://ghcr.io/', false],
    ['ghcr.io', true, 'http://ghcr.io/', false],
    ['registry.example:5000', false, 'https://registry.example:5000/', false],
    ['localhost:5000', false, 'https://localhost:5000/', true],
    ['127.1.2.3', false, 'https://127.1.2.3/', true],
    ['[::1]:5000', false, 'https://[::1]:5000/', true],
    ['app.localhost', false, 'https://app.localhost/', true],
    ['localhost:5000', true, 'http://localhost:5000/', false],
    ['localhost.example', false, 'https://localhost.example/', false],
    ['192.168.0.1', false, 'https://192.168.0.1/', false],
  ] as const) {
    it(`${registry}${plainHttp ? ', over plain HTTP' : ''}: ${href}`, () => {
      const endpoint = endpointOf(registry, { plainHttp });
      assert.ok(endpoint.ok);
      assert.equal(endpoint.value.base.href, href);
      assert.equal(endpoint.value.mayFallBack, mayFallBack);
    });
  }

  for (const [registry, error] of [
    ['registry.example:99999', 'has a port above 65535'],
    ['[:]', 'is not a host name'],
    ['user@registry.example', 'is not a host name'],
    ['registry.example/path', 'is not a host name'],
    ['registry.example?x', 'is not a host name'],
  ] as const) {
    it(`${registry} ${error}`, () => assert.deepEqual(endpointOf(registry), { ok: false, error }));
  }
});

describe('urlOf', () => {
  for (const [options, path, href] of [
    [{}, 'team/app/manifests/1', 'https://m.example/v2/team/app/manifests/1'],
    [{}, '', 'https://m.example/v2/'],
    [{ apiPath: '/api/docker/hub/v2' }, 'app/manifests/1', 'https://m.example/api/docker/hub/v2/app/manifests/1'],
    [{ apiPath: '' }, 'app/manifests/1', 'https://m.example/app/manifests/1'],
    [{ apiPath: '//evil.example' }, 'app/manifests/1', 'https://m.example//evil.example/app/manifests/1'],
    [{ namespace: 'r.example:5000' }, 'app/manifests/1', 'https://m.example/v2/app/manifests/1?ns=r.example%3A5000'],
    [{ plainHttp: true, namespace: 'docker.io' }, '', 'http://m.example/v2/?ns=docker.io'],
  ] as const) {
    it(href, () => {
      const endpoint = endpointOf('m.example', options);
      assert.equal(endpoint.ok && urlOf(endpoint.value, path).href, href);
    });
  }
});
