import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPullSecrets } from '../../src/input/pull-secret.ts';
import { fixture } from './found-lines.ts';

const secret = (name: string, type = 'kubernetes.io/dockerconfigjson') =>
  `kind: Secret\ntype: ${type}\nmetadata: { name: ${name} }\ndata: { .dockerconfigjson: e30= }\n`;
const names = (...documents: string[]) => findPullSecrets(documents.join('---\n')).map(({ metadata }) => metadata.name);

describe('findPullSecrets', () => {
  it('gives the secrets that the same stream refers to', () =>
    assert.deepEqual(findPullSecrets(fixture('shop.yaml')), [
      {
        kind: 'Secret',
        type: 'kubernetes.io/dockerconfigjson',
        metadata: { name: 'registry', namespace: 'shop' },
        data: { '.dockerconfigjson': 'eyJhdXRocyI6e319' },
        stringData: {},
      },
    ]));

  it('leaves out secrets nobody refers to, and those of other types', () => {
    const pod = 'kind: Pod\nspec: { imagePullSecrets: [{ name: a }, { name: tls }] }\n';
    assert.deepEqual(names(secret('a'), secret('b'), secret('tls', 'kubernetes.io/tls'), pod), ['a']);
    assert.deepEqual(names(secret('a')), []);
  });

  it('finds them in lists, and referred to by service accounts and custom resources', () => {
    const list = `kind: List\nitems:\n- ${secret('a').replaceAll('\n', '\n  ')}\n`;
    assert.deepEqual(names(list, 'kind: ServiceAccount\nimagePullSecrets: [{ name: a }]\n'), ['a']);
    assert.deepEqual(names(list, 'kind: Portal\nspec: { image: { pullSecrets: [a] } }\n'), ['a']);
  });

  it('reads on behind a document that is broken', () =>
    assert.deepEqual(
      names('imagePullSecrets: [\n', secret('a'), 'kind: Pod\nspec: { imagePullSecrets: [{ name: a }] }\n'),
      ['a'],
    ));
});
