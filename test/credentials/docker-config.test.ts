import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDockerConfig } from '../../src/credentials/docker-config.ts';

const LOGIN = { auth: 'dXNlcjpwYXNz' };

describe('parseDockerConfig', () => {
  it('reads auths, credHelpers and credsStore', () => {
    const config = parseDockerConfig({
      auths: { 'quay.io': LOGIN, 'ghcr.io': {} },
      credHelpers: { 'gcr.io': 'gcloud', 'r.test': '' },
      credsStore: 'pass',
    });
    assert.deepEqual(
      config.auths.map(({ key, login }) => [key, login.ok && login.value?.kind]),
      [
        ['quay.io', 'password'],
        ['ghcr.io', undefined],
      ],
    );
    assert.deepEqual(config.credHelpers, [
      { key: 'gcr.io', helper: 'gcloud' },
      { key: 'r.test', helper: '' },
    ]);
    assert.equal(config.credsStore, 'pass');
    assert.deepEqual(config.problems, []);
  });

  it('reads field names in any case, as docker does', () => {
    const config = parseDockerConfig({ Auths: { 'quay.io': LOGIN }, credsstore: 'pass' });
    assert.equal(config.auths.length, 1);
    assert.equal(config.credsStore, 'pass');
  });

  it('reads an old ~/.dockercfg', () => {
    const { auths } = parseDockerConfig({ 'https://index.docker.io/v1/': { ...LOGIN, email: 'me@example.com' } });
    assert.deepEqual(
      auths.map(({ key }) => key),
      ['https://index.docker.io/v1/'],
    );
  });

  it('takes a config without logins for what it is', () => {
    const documents = [
      {},
      { psFormat: '{{.ID}}', proxies: { default: { httpProxy: 'http://p:3128' } } },
      { auths: null },
    ];
    for (const document of documents) {
      assert.deepEqual(parseDockerConfig(document), { auths: [], credHelpers: [], problems: [] });
    }
  });

  it('leaves out what is of the wrong kind, says so, and keeps the rest', () => {
    const config = parseDockerConfig({ auths: [], credHelpers: { 'a.test': 1, 'b.test': 'pass' }, credsStore: true });
    assert.deepEqual(config, {
      auths: [],
      credHelpers: [{ key: 'b.test', helper: 'pass' }],
      problems: [
        'its "auths" is not an object',
        'one of its "credHelpers" is not a string',
        'its "credsStore" is not a string',
      ],
    });
    assert.deepEqual(parseDockerConfig([]).problems, ['it is not a JSON object']);
  });

  it('never throws', () => {
    const auths = fc.record({ auths: fc.jsonValue(), credHelpers: fc.jsonValue(), credsStore: fc.jsonValue() });
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), auths), (document) => void parseDockerConfig(document)));
  });
});
