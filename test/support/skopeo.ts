// A real client: skopeo, which pushes the test images and whose pull our verdict must agree with.

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, describeContent } from '../../src/demo/content.ts';
import { createImage, type Image } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { mustRun, type Ran, runProgram } from './process.ts';
import type { RealRegistry } from './real-registry.ts';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

export interface RealClient extends Disposable {
  /** A temporary directory: skopeo's home, and free for the test's own files. */
  readonly home: string;
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** Pushes `source` (from `writeImageLayout`), an index with every child, as `name`, such as `busybox:1`. */
  push(source: string, registry: RealRegistry, name: string, format?: 'oci' | 'v2s2'): Promise<void>;
  /** Deletes the manifest that `image` names, with every tag of it. */
  remove(image: string): Promise<void>;
  /** The digest that skopeo resolves `image` to. */
  inspectDigest(image: string): Promise<string>;
  /** Pulls `image` and discards it; with `all`, every child of an index. */
  pull(image: string, options?: { all?: boolean; architecture?: string }): Promise<Ran>;
}

export function createRealClient(): RealClient {
  const folder = createTemporaryFolder();
  const home = folder.path;
  // Nothing of the user's. The blob cache, which root has in /var/lib, is in this home as well.
  const env = { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, _CONTAINERS_ROOTLESS_UID: '1000' };
  // Debian's policy file may be missing or strict; signatures are not tested here.
  const skopeo = (...args: readonly string[]) => ['--insecure-policy', ...args];

  return {
    home,
    run: (args, stdin = '') => runProgram('skopeo', skopeo(...args), { env, stdin }),
    async push(source, registry, name, format = 'oci') {
      const credential = ['--dest-creds', `${registry.username}:${registry.password}`, '--dest-tls-verify=false'];
      const target = `docker://${registry.name}/${name}`;
      await mustRun('skopeo', skopeo('copy', '--all', '--format', format, ...credential, source, target), { env });
    },
    async remove(image) {
      await mustRun('skopeo', skopeo('delete', '--tls-verify=false', `docker://${image}`), { env });
    },
    async inspectDigest(image) {
      const inspect = skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${image}`);
      return (await mustRun('skopeo', inspect, { env })).trim();
    },
    pull(image, { all = false, architecture = 'amd64' } = {}) {
      const platform = ['--override-os', 'linux', '--override-arch', architecture];
      const target = `dir:${mkdtempSync(join(home, 'pulled-'))}`;
      const copy = ['copy', ...(all ? ['--all'] : []), '--src-tls-verify=false', `docker://${image}`, target];
      return runProgram('skopeo', skopeo(...platform, ...copy), { env });
    },
    [Symbol.dispose]: folder[Symbol.dispose],
  };
}

export interface ImageLayout {
  /** For skopeo: a linux/amd64 image of two layers. */
  readonly image: string;
  /** For skopeo with `--all`: an index of that image and one for linux/arm64, which share their first layer. */
  readonly index: string;
}

/** An OCI image layout (image-spec image-layout.md) below `home`. */
export function writeImageLayout(home: string): ImageLayout {
  const images = ['amd64', 'arm64'].map(imageFor) as [Image, Image];
  const named = { image: images[0], index: createIndex(images) };
  const entries = Object.entries(named).map(([name, { manifest }]) => ({
    ...describeContent(manifest),
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  const layout: TemporaryFolder = createTemporaryFolder({}, home);
  layout.write('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  layout.write('index.json', JSON.stringify({ schemaVersion: 2, manifests: entries }));
  for (const { digest, bytes } of contentsOf(named.index)) layout.write(`blobs/${digest.replace(':', '/')}`, bytes);
  return { image: `oci:${layout.path}:image`, index: `oci:${layout.path}:index` };
}

const contentsOf = ({ manifest, blobs, children = [] }: Bundle): Bundle['blobs'] => [
  manifest,
  ...blobs,
  ...children.flatMap(contentsOf),
];

/** A layer that all have, and one of its own. */
function imageFor(architecture: string): Image {
  const parts = ['base', architecture].map((text) => createImage({ text }));
  const diffIds = parts.flatMap(({ config }) => JSON.parse(Buffer.from(config.bytes).toString()).rootfs.diff_ids);
  return createImage({
    platform: `linux/${architecture}`,
    layers: parts.flatMap(({ layers }) => layers.map(({ bytes }) => bytes)),
    config: { config: { Cmd: ['/bin/sh'] }, rootfs: { type: 'layers', diff_ids: diffIds } },
  });
}
