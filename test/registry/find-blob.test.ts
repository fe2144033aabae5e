import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finalFailure } from '../../src/http/failure.ts';
import { type BlobExtent, findBlob, type SendForBlob } from '../../src/registry/find-blob.ts';
import type { Descriptor } from '../../src/registry/manifest-schema.ts';
import type { Failing, Reply } from '../support/fake-send.ts';
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

/** `reply`: to each extent. */
async function findAt(reply: (extent: BlobExtent) => Reply | Failing) {
  const extents: BlobExtent[] = [];
  const send: SendForBlob = async (extent) => {
    extents.push(extent);
    const scripted = reply(extent);
    return 'fails' in scripted
      ? {
          kind: 'failure',
          failure: { ...finalFailure('tcp', HOST, 'failed'), ...scripted.fails },
          from: 'registry',
          credentials: NO_CREDENTIALS,
        }
      : { kind: 'response', response: responseOf(scripted), credentials: NO_CREDENTIALS };
  };
  const descriptor = descriptorOf(layerOf('one')) as Descriptor;
  const { evidence } = await findBlob(send, descriptor, HOST, new Set());
  return { extents, evidence: evidence?.kind };
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
    it(`accepts a ${status} only in response to a range, or with the whole blob`, async () => {
      const { methods, evidence } = await find({ head: {}, get: { status } }, 'one');
      assert.deepEqual([methods, evidence], [['HEAD', 'GET', 'GET'], [undefined]]);
    });
  }

  for (const [what, refusal] of [
    ['403', { status: 403 }],
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['501', { status: 501 }],
    ['redirects without end', { fails: { kind: 'redirect-loop', phase: 'headers' } }],
    ['a lost connection', { fails: { kind: 'tcp', phase: 'headers', isTransient: true } }],
    ['no response in time', { fails: { kind: 'timeout', phase: 'headers' } }],
  ] as const) {
    it(`sends what a pull sends where HEAD and ranges meet ${what}`, async () => {
      const { extents, evidence } = await findAt((extent) => (extent === 'beginning' ? { body: 'one' } : refusal));
      assert.deepEqual([extents, evidence], [['head', 'first-byte', 'beginning'], 'present']);
    });
  }

  for (const [what, refusal] of [
    ['a host that cannot be reached', { fails: { kind: 'tcp', phase: 'tcp' } }],
    ['a connection that does not open in time', { fails: { kind: 'timeout', phase: 'tcp' } }],
    ['a name that does not exist', { fails: { kind: 'dns', phase: 'dns' } }],
    ['a rejected certificate', { fails: { kind: 'tls', phase: 'tls' } }],
    ['a host that is rate limiting', { fails: { kind: 'paused', phase: 'headers' } }],
  ] as const) {
    it(`sends one request to ${what}`, async () => {
      const { extents } = await findAt(() => refusal);
      assert.deepEqual(extents, ['head']);
    });
  }

  for (const status of [401, 404, 410]) {
    it(`does not repeat without a range what met ${status}`, async () => {
      const { extents } = await findAt(() => ({ status }));
      assert.deepEqual(extents, ['head', 'first-byte']);
    });
  }
});
