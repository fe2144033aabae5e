// Finds things in the storage folder of the real registry, so that tests can damage them as a failing disk would.
// Layout: distribution's registry/storage/paths.go.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface StoredDescriptor {
  readonly digest: string;
}

/** The fields of a manifest or an index that a test picks its victim from. */
export interface StoredManifest {
  readonly config: StoredDescriptor;
  readonly layers: readonly StoredDescriptor[];
  readonly manifests?: readonly StoredDescriptor[];
}

const hex = (digest: string) => digest.slice(digest.indexOf(':') + 1);

/** Paths below `folder`, the registry's storage folder, for one repository. */
export function createStorage(folder: string, repository: string) {
  const root = join(folder, 'docker/registry/v2');
  const home = join(root, 'repositories', repository);
  const blob = (digest: string) => join(root, 'blobs/sha256', hex(digest).slice(0, 2), hex(digest), 'data');
  const tagLink = (tag: string) => join(home, '_manifests/tags', tag, 'current/link');
  return {
    /** The bytes of a layer, config or manifest: one file for all repositories. */
    blob,
    /** Holds the digest that a tag means. */
    tagLink,
    /** Says that the repository has this manifest. */
    revisionLink: (digest: string) => join(home, '_manifests/revisions/sha256', hex(digest), 'link'),
    /** Says that the repository has this layer or config. */
    layerLink: (digest: string) => join(home, '_layers/sha256', hex(digest), 'link'),
    resolve: (tag: string): string => readFileSync(tagLink(tag), 'utf8'),
    read: (digest: string): StoredManifest => JSON.parse(readFileSync(blob(digest), 'utf8')),
  };
}
