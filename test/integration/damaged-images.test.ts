// Images damaged in the storage of a real registry: our verdict must agree with what a real client's pull meets.
//
// What distribution 2.8.2 answers for each damage (measured; it verifies nothing that it serves):
//   layer or config removed, or its link   manifest 200; blob 404 BLOB_UNKNOWN
//   layer or config cut, emptied, grown    manifest 200; blob 200 with the length of the file, Docker-Content-Digest as
//                                          asked: only the length gives it away
//   layer or config changed, same length   all 200, nothing in any header gives it away: the bytes must be read
//   child of an index removed, or its link index 200; child 404 MANIFEST_UNKNOWN
//   manifest changed, still a manifest     200, Docker-Content-Digest as before. skopeo accepts that by tag (it has
//                                          nothing to compare with) and refuses it by digest and as a child
//   manifest no longer JSON, or emptied    500 UNKNOWN, detail {"Offset":N}
//   manifest removed, or its link          404 MANIFEST_UNKNOWN, detail {"Name","Revision"}
//   tag link removed                       404 MANIFEST_UNKNOWN, detail {"Tag"}
//   tag link emptied or garbage            500 UNKNOWN, detail {}
//   tag link names a digest that is absent 404 MANIFEST_UNKNOWN, detail {"Name","Revision"}

import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { shortDigest } from '../../src/core/digest.ts';
import type { Cause, Reason } from '../../src/core/result.ts';
import { spawnCheck } from '../support/process.ts';
import { createStorage, type RealRegistry, startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { createRealClient, type RealClient, writeImageLayout } from '../support/skopeo.ts';

interface Victim {
  readonly digests: Readonly<Record<'manifest' | 'config' | 'layer' | 'amd64' | 'arm64', string>>;
  /** Paths; of a manifest, config or layer its bytes. */
  readonly files: Readonly<Record<FileName, string>>;
}

type FileName =
  | keyof Victim['digests']
  | 'manifestLink'
  | 'configLink'
  | 'layerLink'
  | 'amd64Link'
  /** Holds the digest that the tag means. */
  | 'tagLink';

interface Case {
  readonly name: string;
  readonly tags: readonly string[];
  readonly damaged: FileName;
  readonly by: (file: string) => void;
  /** The digest that the message must name. */
  readonly names?: keyof Victim['digests'];
  /** Besides the image; `--layers` unless told. */
  readonly args?: readonly string[];
  readonly byDigest?: boolean;
  /** What skopeo pulls to compare with; an index with every child unless told. */
  readonly pull?: { readonly architecture: string };
  readonly reason: Reason | null;
  readonly cause?: Cause;
  readonly exitCode: number;
}

const IMAGES = ['image', 'image-docker'];
const INDEXES = ['index', 'index-docker'];
const ALL = [...IMAGES, ...INDEXES];
const AMD64 = { args: ['--platform', 'linux/amd64'], pull: { architecture: 'amd64' } };
const ARM64 = { args: ['--platform', 'linux/arm64'], pull: { architecture: 'arm64' } };
const EVERY_PLATFORM = { args: ['--platform', 'all'] };

const PULLABLE = { reason: null, exitCode: 0 } as const;
const INCOMPLETE = { reason: 'incomplete', exitCode: 6 } as const;
const NO_CHILD = { ...INCOMPLETE, cause: 'child-manifest' } as const;
const CORRUPT = { reason: 'corrupt', exitCode: 6 } as const;
const NOT_FOUND = { reason: 'not-found', exitCode: 4 } as const;
const REGISTRY_ERROR = { reason: 'registry-error', cause: 'registry', exitCode: 5 } as const;

const nothing = () => undefined;
const remove = (file: string) => rmSync(file);
const cut = (file: string) => truncateSync(file, 50);
const empty = (file: string) => truncateSync(file);
const grow = (file: string) => appendFileSync(file, ' ');
const hold = (content: string) => (file: string) => writeFileSync(file, content);
const replace = (pattern: RegExp, replacement: string) => (file: string) => {
  const text = readFileSync(file, 'utf8');
  assert.match(text, pattern);
  writeFileSync(file, text.replace(pattern, replacement));
};
// JSON's names have a case for us; Go, which the registry is written in, reads on.
const respell = replace(/"schemaVersion"/, '"SchemaVersion"');
const misstateConfigSize = replace(/"size":\s*\d+/, '"size":99');

const blobCases = (['layer', 'config'] as const).flatMap((what): Case[] => {
  const missing = { ...INCOMPLETE, cause: what, names: what };
  const wrong = { ...CORRUPT, damaged: what, names: what };
  return [
    { name: `a ${what} removed`, tags: ALL, damaged: what, by: remove, ...missing },
    { name: `a ${what} its repository lost`, tags: ['image'], damaged: `${what}Link`, by: remove, ...missing },
    { name: `a ${what} cut short`, tags: ALL, by: cut, ...wrong },
    { name: `a ${what} emptied`, tags: IMAGES, by: empty, ...wrong },
    { name: `a ${what} grown`, tags: IMAGES, by: grow, ...wrong },
  ];
});

const childCases: Case[] = [
  { name: 'a child removed', tags: INDEXES, damaged: 'arm64', by: remove, names: 'arm64', ...NO_CHILD },
  { name: 'a child its repository lost', tags: INDEXES, damaged: 'amd64Link', by: remove, names: 'amd64', ...NO_CHILD },
  {
    name: 'any child removed',
    tags: INDEXES,
    damaged: 'arm64',
    by: remove,
    names: 'arm64',
    ...EVERY_PLATFORM,
    ...NO_CHILD,
  },
  {
    name: 'the asked child removed',
    tags: INDEXES,
    damaged: 'arm64',
    by: remove,
    names: 'arm64',
    ...ARM64,
    ...NO_CHILD,
  },
  { name: 'only another child removed', tags: INDEXES, damaged: 'arm64', by: remove, ...AMD64, ...PULLABLE },
  { name: 'a child changed', tags: INDEXES, damaged: 'amd64', by: respell, names: 'amd64', ...CORRUPT },
  {
    name: 'the asked child changed',
    tags: INDEXES,
    damaged: 'amd64',
    by: respell,
    names: 'amd64',
    ...AMD64,
    ...CORRUPT,
  },
  { name: 'a child cut short', tags: INDEXES, damaged: 'amd64', by: cut, ...REGISTRY_ERROR },
];

const manifestCases: Case[] = [
  { name: 'no damage', tags: ALL, damaged: 'manifest', by: nothing, ...PULLABLE },
  { name: 'no damage, by digest', tags: ALL, damaged: 'manifest', by: nothing, byDigest: true, ...PULLABLE },
  {
    name: 'other bytes than its digest',
    tags: ALL,
    damaged: 'manifest',
    by: grow,
    byDigest: true,
    names: 'manifest',
    ...CORRUPT,
  },
  {
    name: 'a wrong size of its config',
    tags: IMAGES,
    damaged: 'manifest',
    by: misstateConfigSize,
    names: 'config',
    ...CORRUPT,
  },
  { name: 'its manifest cut short', tags: ALL, damaged: 'manifest', by: cut, ...REGISTRY_ERROR },
  { name: 'its manifest emptied', tags: IMAGES, damaged: 'manifest', by: empty, ...REGISTRY_ERROR },
  { name: 'its manifest removed', tags: ALL, damaged: 'manifest', by: remove, ...NOT_FOUND },
  { name: 'its manifest its repository lost', tags: IMAGES, damaged: 'manifestLink', by: remove, ...NOT_FOUND },
  { name: 'its tag removed', tags: ALL, damaged: 'tagLink', by: remove, ...NOT_FOUND },
  { name: 'its tag to nowhere', tags: IMAGES, damaged: 'tagLink', by: hold(`sha256:${'0'.repeat(64)}`), ...NOT_FOUND },
  { name: 'its tag emptied', tags: IMAGES, damaged: 'tagLink', by: empty, ...REGISTRY_ERROR },
  { name: 'its tag overwritten', tags: IMAGES, damaged: 'tagLink', by: hold('garbage'), ...REGISTRY_ERROR },
];

/** The bytes of the config are read for the platform of a single image; --layers asks only for its length. */
const platformCases: Case[] = [
  {
    name: 'a config changed, its length kept',
    tags: IMAGES,
    damaged: 'config',
    by: replace(/"Cmd"/, '"cMD"'),
    names: 'config',
    ...AMD64,
    ...CORRUPT,
  },
];

describe('an image in a real registry with', { skip: withoutRealRegistry }, () => {
  const repository = 'team/app';
  let client: RealClient;
  let registry: RealRegistry;
  let storage: ReturnType<typeof createStorage>;
  let intact: string;

  before(async () => {
    client = createRealClient();
    registry = await startRealRegistry({ auth: 'none' });
    storage = createStorage(registry.folder, repository);
    const layout = writeImageLayout(client.home);
    await client.push(layout.image, registry, `${repository}:image`);
    await client.push(layout.image, registry, `${repository}:image-docker`, 'v2s2');
    await client.push(layout.index, registry, `${repository}:index`);
    await client.push(layout.index, registry, `${repository}:index-docker`, 'v2s2');
    intact = join(client.home, 'intact');
    cpSync(registry.folder, intact, { recursive: true });
  });
  after(async () => {
    await registry.close();
    client[Symbol.dispose]();
  });
  // The registry looks at its files anew for every request: a copy laid back undoes the damage.
  beforeEach(() => {
    rmSync(registry.folder, { recursive: true });
    cpSync(intact, registry.folder, { recursive: true });
  });

  function victimOf(tag: string): Victim {
    const manifest = storage.resolve(tag);
    const [amd64 = '', arm64 = ''] = (storage.read(manifest).manifests ?? []).map(({ digest }) => digest);
    const image = storage.read(amd64 || manifest);
    const config = image.config.digest;
    // The second layer is the image's own; the first, busybox, all images share.
    const layer = image.layers[1]?.digest ?? '';
    return {
      digests: { manifest, config, layer, amd64, arm64 },
      files: {
        manifest: storage.blob(manifest),
        manifestLink: storage.revisionLink(manifest),
        config: storage.blob(config),
        configLink: storage.layerLink(config),
        layer: storage.blob(layer),
        layerLink: storage.layerLink(layer),
        amd64: storage.blob(amd64),
        amd64Link: storage.revisionLink(amd64),
        arm64: storage.blob(arm64),
        tagLink: storage.tagLink(tag),
      },
    };
  }

  for (const given of [...manifestCases, ...childCases, ...blobCases, ...platformCases]) {
    for (const tag of given.tags) {
      it(`${given.name}${given.args ? `, ${given.args.join(' ')}` : ''} (${tag})`, async () => {
        const { digests, files } = victimOf(tag);
        given.by(files[given.damaged]);
        const image = `${registry.name}/${repository}${given.byDigest ? `@${digests.manifest}` : `:${tag}`}`;

        const { result, exitCode } = await spawnCheck([image, ...(given.args ?? ['--layers']), '--retries', '0']);
        assert.equal(result.reason, given.reason, result.message);
        if (given.cause !== undefined) assert.equal(result.cause, given.cause);
        assert.equal(exitCode, given.exitCode);
        if (given.names !== undefined) {
          assert.ok(result.message.includes(shortDigest(digests[given.names])), result.message);
        }

        const pulled = await client.pull(image, given.pull ?? { all: true });
        assert.equal(pulled.status === 0, result.verdict === 'pullable', pulled.stderr);
      });
    }
  }

  it('a manifest changed behind its tag is reported by the digest of its bytes, with a warning', async () => {
    const { digests, files } = victimOf('image');
    grow(files.manifest);
    const image = `${registry.name}/${repository}:image`;
    const { result, exitCode } = await spawnCheck([image, '--layers']);
    assert.equal(result.verdict, 'pullable');
    assert.equal(exitCode, 0);
    assert.notEqual(result.digest, digests.manifest);
    assert.equal(result.digest, await client.inspectDigest(image));
    assert.deepEqual(
      result.warnings.map(({ code }) => code),
      ['digest-header-mismatch'],
    );
    assert.equal((await client.pull(image)).status, 0);
  });

  it('a layer changed, its length kept, is beyond a check that downloads no layer', async () => {
    const { layer } = victimOf('image').files;
    const bytes = readFileSync(layer);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(layer, bytes);
    const image = `${registry.name}/${repository}:image`;
    const { result } = await spawnCheck([image, '--layers']);
    assert.equal(result.verdict, 'pullable');
    assert.equal(result.proof, 'layers');
    assert.equal((await client.pull(image)).status, 1);
  });
});
