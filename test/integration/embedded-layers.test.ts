// --layers requests every distinct blob once, all concurrently, and downloads none of them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/command.ts';
import { endless, replyWith } from '../support/faults.ts';
import { startGate } from '../support/servers.ts';

const FORTY = createImage({ layers: 40 });
const BLOBS = FORTY.blobs.map(({ digest }) => digest).sort();
/** The manifest by its tag, and whether it is served by its digest too, as runtimes pull it. */
const MANIFEST_REQUESTS = 2;
const ONCE = ['--retries', '0'];

const askedBlobs = (registry: { transcript(): string[] }, method: string): string[] =>
  registry
    .transcript()
    .flatMap((line) => new RegExp(`^${method} /v2/team/app/blobs/(\\S+) `).exec(line)?.[1] ?? [])
    .sort();

describe('--layers', () => {
  it('requests the config and forty layers once each, all concurrently', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', FORTY);
    await using gate = await startGate({ origin: registry.origin, gathers: /\/blobs\//, until: BLOBS.length });
    const { result, exitCode } = await checkJson([`${gate.name}/team/app:v1`, '--layers', ...ONCE]);
    assert.equal(exitCode, 0, result.message);
    assert.equal(gate.mostConcurrent(), 41);
    assert.deepEqual(askedBlobs(registry, 'HEAD'), BLOBS);
    assert.equal(registry.log.length, MANIFEST_REQUESTS + 41);
    assert.equal(result.proof, 'layers');
    assert.equal(result.blobs?.count, 41);
    assert.equal(result.requests.length, registry.log.length);
  });

  it('sends no byte of a layer', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', FORTY);
    await checkJson([`${registry.name}/team/app:v1`, '--layers']);
    const bytes = registry.log.filter(({ path }) => path.includes('/blobs/')).map(({ bytesSent }) => bytesSent);
    assert.deepEqual(bytes, Array(41).fill(0));
  });

  it('requests once what several platforms and layers share', async () => {
    await using registry = await startRegistry();
    const shared = FORTY.layers.slice(0, 3).map(({ bytes }) => bytes);
    const images = ['linux/amd64', 'linux/arm64', 'linux/s390x'].map((platform) =>
      createImage({ platform, layers: [...shared, shared[0] ?? Buffer.of()] }),
    );
    registry.put('team/app', 'v1', createIndex(images));
    const { result } = await checkJson([`${registry.name}/team/app:v1`, '--layers']);
    assert.equal(result.verdict, 'pullable');
    const blobs = images.flatMap((image) => image.blobs.map(({ digest }) => digest));
    assert.deepEqual(askedBlobs(registry, 'HEAD'), [...new Set(blobs)].sort());
    assert.equal(registry.log.length, MANIFEST_REQUESTS + 3 + 6);
  });

  it('uses one token for all of them', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    registry.put('team/app', 'v1', FORTY);
    const { exitCode } = await checkJson([`${registry.name}/team/app:v1`, '--layers']);
    assert.equal(exitCode, 0);
    assert.equal(registry.log.length, 2 + MANIFEST_REQUESTS + 41);
    assert.equal(registry.log.filter(({ status }) => status === 401).length, 1);
  });

  it('reads one byte of each if HEAD is refused, and stops sending HEAD', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage({ layers: 200 }));
    registry.inject(replyWith({ status: 405 }), { method: 'HEAD', path: /\/blobs\// });
    const { result } = await checkJson([`${registry.name}/team/app:v1`, '--layers']);
    assert.equal(result.verdict, 'pullable', result.message);
    const gets = registry.log.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    assert.deepEqual(
      gets.map(({ headers, status, bytesSent }) => [headers.range, status, bytesSent]),
      Array(201).fill(['bytes=0-0', 206, 1]),
    );
    // Those that were under way already when the first refusal came.
    assert.ok(askedBlobs(registry, 'HEAD').length <= 64, `${askedBlobs(registry, 'HEAD').length} HEADs`);
  });

  it('stops reading a layer that arrives whole and endless after its headers', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage({ layers: 3 }));
    registry.inject(replyWith({ status: 405 }), { method: 'HEAD', path: /\/blobs\// });
    registry.inject(endless(), { method: 'GET', path: /\/blobs\// });
    const { result } = await checkJson([`${registry.name}/team/app:v1`, '--layers', ...ONCE]);
    assert.equal(result.verdict, 'pullable', result.message);
    await registry.idle();
    const gets = registry.log.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
    assert.equal(gets.length, 4);
    for (const { aborted, bytesSent } of gets) {
      assert.equal(aborted, true);
      // What a server can push into the buffers of a connection before it notices that nobody reads.
      assert.ok(bytesSent < 16 * 1024 * 1024, `${bytesSent} bytes`);
    }
  });
});
