import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findBlob } from '../../src/registry/find-blob.ts';
import type { Descriptor } from '../../src/registry/manifest-schema.ts';
import type { Reply } from '../support/fake-send.ts';
import { descriptorOf, layerOf } from '../support/images.ts';
import { NO_CREDENTIALS, responseOf } from '../support/scripted-check.ts';

const HOST = 'registry.example';

/** Finds blobs one after the other; `replies`: to a HEAD, and to every GET. */
async function find(replies: { readonly head: Reply; readonly get: Reply }, ...texts: readonly string[]) {
  const methods: string[] = [];
  const hostsWithoutHead = new Set<string>();
  const found = [];
  for (const text of texts) {
    const send = async (extent: string) => {
      methods.push(extent === 'head' ? 'HEAD' : 'GET');
      const reply = extent === 'head' ? replies.head : replies.get;
      return { kind: 'response', response: responseOf(reply), credentials: NO_CREDENTIALS } as const;
    };
    found.push(await findBlob(send, descriptorOf(layerOf(text)) as Descriptor, HOST, hostsWithoutHead));
  }
  return { methods, evidence: found.map(({ evidence }) => evidence?.kind) };
}

const LENGTH = { headers: { 'content-length': '3' } };
const FIRST_BYTE = { status: 206, headers: { 'content-range': 'bytes 0-0/3' } };

describe('findBlob', () => {
  it('begins with GET where HEAD was refused before', async () => {
    const { methods } = await find({ head: { status: 404 }, get: FIRST_BYTE }, 'one', 'two');
    assert.deepEqual(methods, ['HEAD', 'GET', 'GET']);
  });

  it('begins with GET where HEAD had no length before', async () => {
    const { methods } = await find({ head: {}, get: FIRST_BYTE }, 'one', 'two');
    assert.deepEqual(methods, ['HEAD', 'GET', 'GET']);
  });

  it('begins with HEAD again where it had a length', async () => {
    const { methods } = await find({ head: LENGTH, get: FIRST_BYTE }, 'one', 'two');
    assert.deepEqual(methods, ['HEAD', 'HEAD']);
  });

  it('learns nothing from a blob that is really missing', async () => {
    const { methods } = await find({ head: { status: 404 }, get: { status: 404 } }, 'one', 'two');
    assert.deepEqual(methods, ['HEAD', 'GET', 'HEAD', 'GET']);
  });

  for (const status of [206, 416]) {
    it(`accepts a ${status} only in response to a range`, async () => {
      const { methods, evidence } = await find({ head: {}, get: { status } }, 'one');
      assert.deepEqual([methods, evidence], [['HEAD', 'GET', 'GET'], [undefined]]);
    });
  }
});
