import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyOfRegistry, matchAuthKey } from '../../src/credentials/auth-key.ts';

const applies = (key: string, registry: string, repository?: string): boolean =>
  matchAuthKey(key, registry, repository) !== undefined;

describe('matchAuthKey', () => {
  // key, registry, repository, whether a credential stored under the key may be used
  const table: [string, string, string, boolean][] = [
    // Hosts, as docker compares them.
    ['registry.example.com', 'registry.example.com', 'team/app', true],
    ['https://registry.example.com', 'registry.example.com', 'team/app', true],
    ['http://registry.example.com/', 'registry.example.com', 'team/app', true],
    ['https://user@registry.example.com', 'registry.example.com', 'team/app', true],
    ['https://registry.example.com?x=1', 'registry.example.com', 'team/app', true],
    ['localhost:5000', 'localhost:5000', 'app', true],
    ['[::1]:5000', '[::1]:5000', 'app', true],
    ['registry.example.com:5000', 'registry.example.com', 'team/app', false],
    ['registry.example.com', 'registry.example.com:5000', 'team/app', false],
    ['registry.example.com:443', 'registry.example.com', 'team/app', false],
    ['registry.example.com', 'registry.example.com:443', 'team/app', false],
    ['Registry.Example.com', 'registry.example.com', 'team/app', false],
    ['example.com', 'registry.example.com', 'team/app', false],
    ['registry.example.com', 'registry.example.com.evil.test', 'team/app', false],
    ['https://registry.example.com@evil.test', 'registry.example.com', 'team/app', false],
    ['https://evil.test/@registry.example.com', 'registry.example.com', 'team/app', false],
    ['', 'registry.example.com', 'team/app', false],
    // An API address is not a namespace.
    ['registry.example.com/v1/', 'registry.example.com', 'team/app', true],
    ['registry.example.com/v1', 'registry.example.com', 'team/app', true],
    ['registry.example.com/v2/', 'registry.example.com', 'team/app', true],
    ['registry.example.com/v2', 'registry.example.com', 'team/app', true],
    ['https://registry.example.com/api/docker', 'registry.example.com', 'team/app', true],
    // Namespaces, as podman reads them.
    ['quay.io/org/repo', 'quay.io', 'org/repo', true],
    ['quay.io/org', 'quay.io', 'org/repo', true],
    ['quay.io/org/', 'quay.io', 'org/repo', true],
    ['quay.io/org/repo/deeper', 'quay.io', 'org/repo', false],
    ['quay.io/other', 'quay.io', 'org/repo', false],
    ['quay.io/or', 'quay.io', 'org/repo', false],
    ['quay.io/org/re', 'quay.io', 'org/repo', false],
    ['quay.io/v1/org', 'quay.io', 'org/repo', false],
    // Docker Hub by all its names, and no other registry by them.
    ['https://index.docker.io/v1/', 'docker.io', 'library/nginx', true],
    ['https://index.docker.io/v1', 'docker.io', 'library/nginx', true],
    ['https://index.docker.io/v2/', 'docker.io', 'library/nginx', true],
    ['index.docker.io/v1/', 'docker.io', 'library/nginx', true],
    ['index.docker.io', 'docker.io', 'library/nginx', true],
    ['docker.io', 'docker.io', 'library/nginx', true],
    ['https://docker.io', 'docker.io', 'library/nginx', true],
    ['registry-1.docker.io', 'docker.io', 'library/nginx', true],
    ['https://registry-1.docker.io/v2/', 'docker.io', 'library/nginx', true],
    ['docker.io', 'registry-1.docker.io', 'library/nginx', true],
    ['docker.io/library', 'docker.io', 'library/nginx', true],
    ['docker.io/nginx', 'docker.io', 'library/nginx', false],
    ['docker.io:443', 'docker.io', 'library/nginx', false],
    ['hub.docker.com', 'docker.io', 'library/nginx', false],
    ['https://index.docker.io/v1/', 'quay.io', 'library/nginx', false],
    // Globs, as Kubernetes reads them: within one label, and never the port.
    ['*.azurecr.io', 'team.azurecr.io', 'app', true],
    ['https://*.azurecr.io', 'team.azurecr.io', 'app', true],
    ['*.dkr.ecr.*.amazonaws.com', '1234.dkr.ecr.eu-west-1.amazonaws.com', 'app', true],
    ['*-docker.*.dev', 'europe-docker.pkg.dev', 'app', true],
    ['*a*a.example.com', 'banana.example.com', 'app', true],
    ['*.azurecr.io/org', 'team.azurecr.io', 'org/app', true],
    ['*.azurecr.io/org', 'team.azurecr.io', 'other/app', false],
    ['*.azurecr.io', 'a.b.azurecr.io', 'app', false],
    ['*.azurecr.io', 'azurecr.io', 'app', false],
    ['*.azurecr.io', 'team.azurecrXio', 'app', false],
    ['*aa.example.com', 'a.example.com', 'app', false],
    ['ab*ba.example.com', 'aba.example.com', 'app', false],
    ['*.azurecr.io', 'team.azurecr.io:5000', 'app', false],
    ['*.azurecr.io:5000', 'team.azurecr.io:5000', 'app', true],
    ['*', 'localhost:5000', 'app', false],
    ['*.*', 'localhost:5000', 'app', false],
  ];
  for (const [key, registry, repository, expected] of table) {
    it(`${JSON.stringify(key)} ${expected ? 'applies' : 'does not apply'} to ${registry}/${repository}`, () =>
      assert.equal(applies(key, registry, repository), expected));
  }

  it('does not apply a namespace when there is no repository', () => {
    assert.equal(applies('quay.io/org', 'quay.io'), false);
    assert.equal(applies('quay.io', 'quay.io'), true);
  });

  it('ranks exact hosts over globs, then longer namespaces, then the spelling that docker writes', () => {
    const keys = [
      '*.io/org/repo',
      'docker.io',
      'docker.io/org',
      'https://index.docker.io/v1/',
      'docker.io/org/repo',
      '*.io',
    ];
    const rank = (key: string): number => matchAuthKey(key, 'docker.io', 'org/repo')?.rank ?? Number.NaN;
    assert.deepEqual(
      keys.toSorted((a, b) => rank(b) - rank(a)),
      ['docker.io/org/repo', 'docker.io/org', 'https://index.docker.io/v1/', 'docker.io', '*.io/org/repo', '*.io'],
    );
  });

  it('shows a key without user info and query, which may be secret', () => {
    const match = matchAuthKey('https://me:hunter2@quay.io/v2/?token=hunter2', 'quay.io');
    assert.equal(match?.shown, 'https://quay.io/v2/');
  });

  it('gives helpers the address that docker login stores for Docker Hub, then the key of the config', () => {
    assert.deepEqual(matchAuthKey('https://index.docker.io/v1/', 'docker.io')?.servers, [
      'https://index.docker.io/v1/',
    ]);
    assert.deepEqual(matchAuthKey('docker.io', 'docker.io')?.servers, ['https://index.docker.io/v1/', 'docker.io']);
    assert.deepEqual(matchAuthKey('https://quay.io', 'quay.io')?.servers, ['https://quay.io']);
    assert.deepEqual(matchAuthKey('*.azurecr.io', 'team.azurecr.io')?.servers, ['team.azurecr.io']);
  });

  it('applies only to the host in the key, for any key', () => {
    const host = fc.constantFrom('a.test', 'a.test:443', 'b.test', 'docker.io', 'index.docker.io');
    const part = fc.constantFrom(
      '',
      'https://',
      'http://',
      '/',
      '//',
      '@',
      ':443',
      '?',
      '#',
      'org',
      'v1',
      '*',
      '.',
      'b.test',
    );
    fc.assert(
      fc.property(host, fc.array(fc.oneof(part, host), { maxLength: 6 }), (registry, parts) => {
        const key = parts.join('');
        if (key.includes('*') || !applies(key, registry, 'org/repo')) return;
        // The WHATWG URL parser gives the host of a key independently.
        const named = new URL(/^https?:\/\//.test(key) ? key : `ftp://${key}`).host.replace(/:443$/, '');
        const hub = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
        const wanted = registry.replace(/:443$/, '');
        assert.ok(named === wanted || (hub.includes(named) && hub.includes(wanted)), `${key} for ${registry}`);
      }),
    );
  });
});

describe('keyOfRegistry', () => {
  it('is the registry itself, and the old index address for Docker Hub', () => {
    assert.equal(keyOfRegistry('quay.io'), 'quay.io');
    assert.equal(keyOfRegistry('docker.io'), 'https://index.docker.io/v1/');
  });
});
