import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPullSecrets } from '../../src/input/pull-secret.ts';
import { matchPullSecrets } from '../../src/input/pull-secret-match.ts';
import { fixture } from './found-lines.ts';

const secret = (name: string, type = 'kubernetes.io/dockerconfigjson') =>
  `kind: Secret\ntype: ${type}\nmetadata: { name: ${name} }\ndata: { .dockerconfigjson: e30= }\n`;
/** Of the secrets that objects refer to. */
const names = (...documents: string[]) => {
  const matched: string[] = [];
  matchPullSecrets(({ metadata }) => matched.push(metadata.name))(findPullSecrets(documents.join('---\n')), 'a file');
  return matched;
};

describe('findPullSecrets', () => {
  it('returns the secrets and the names that objects refer to', () => {
    const { secrets, wanted } = findPullSecrets(fixture('shop.yaml'));
    assert.ok(wanted.has('registry'));
    assert.deepEqual(secrets, [
      {
        kind: 'Secret',
        type: 'kubernetes.io/dockerconfigjson',
        metadata: { name: 'registry', namespace: 'shop' },
        data: { '.dockerconfigjson': 'eyJhdXRocyI6e319' },
        stringData: {},
      },
    ]);
  });

  it('skips secrets without references, and secrets of other types', () => {
    const pod = 'kind: Pod\nspec: { imagePullSecrets: [{ name: a }, { name: tls }] }\n';
    assert.deepEqual(names(secret('a'), secret('b'), secret('tls', 'kubernetes.io/tls'), pod), ['a']);
    assert.deepEqual(names(secret('a')), []);
  });

  it('finds them in lists, and referred to by service accounts and custom resources', () => {
    const list = `kind: List\nitems:\n- ${secret('a').replaceAll('\n', '\n  ')}\n`;
    assert.deepEqual(names(list, 'kind: ServiceAccount\nimagePullSecrets: [{ name: a }]\n'), ['a']);
    assert.deepEqual(names(list, 'kind: Portal\nspec: { image: { pullSecrets: [a] } }\n'), ['a']);
  });

  it('reads the documents after a broken one', () =>
    assert.deepEqual(
      names('imagePullSecrets: [\n', secret('a'), 'kind: Pod\nspec: { imagePullSecrets: [{ name: a }] }\n'),
      ['a'],
    ));
});

describe('matchPullSecrets', () => {
  it('passes on each secret once, with its file', () => {
    const matched: string[] = [];
    const match = matchPullSecrets(({ metadata }, source) => matched.push(`${metadata.name} in ${source}`));
    const read = (text: string, source: string) => match(findPullSecrets(text), source);
    read(`${secret('a')}---\n${secret('b')}`, 'one');
    assert.deepEqual(matched, []);
    read('imagePullSecrets: [{ name: a }]\n', 'two');
    read('imagePullSecrets: [{ name: a }]\n', 'three');
    read(secret('a'), 'four');
    assert.deepEqual(matched, ['a in one', 'a in four']);
  });
});
