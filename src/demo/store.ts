// The contents of the embedded registry: per repository its tags, manifests and blobs.

import type { Bundle, Content } from './content.ts';

export interface Repository {
  /** Tag to manifest digest. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Content>;
  readonly blobs: Map<string, Content>;
}

export interface Store {
  find(repository: string): Repository | undefined;
  put(repository: string, tag: string | undefined, content: Bundle | Content): void;
  remove(repository: string, reference: string): void;
}

export function createStore(): Store {
  const repositories = new Map<string, Repository>();

  function open(name: string): Repository {
    const found = repositories.get(name) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
    repositories.set(name, found);
    return found;
  }

  function putBundle(repository: Repository, { manifest, blobs, children = [] }: Bundle): void {
    repository.manifests.set(manifest.digest, manifest);
    for (const blob of blobs) repository.blobs.set(blob.digest, blob);
    for (const child of children) putBundle(repository, child);
  }

  return {
    find: (name) => repositories.get(name),
    put(name, tag, content) {
      const bundle = 'manifest' in content ? content : { manifest: content, blobs: [] };
      const repository = open(name);
      putBundle(repository, bundle);
      if (tag !== undefined) repository.tags.set(tag, bundle.manifest.digest);
    },
    remove(name, reference) {
      const repository = open(name);
      repository.tags.delete(reference);
      repository.manifests.delete(reference);
      repository.blobs.delete(reference);
    },
  };
}
