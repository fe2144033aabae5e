// Compares the digests that containers run with what their tag serves now. A runtime reports the digest of the index, or
// that of the manifest for its platform: both are served by a tag whose index lists the manifest.

import type { CheckOptions } from '../../check/checker.ts';
import { setBounded } from '../../core/bounded-map.ts';
import type { Result } from '../../core/result.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../registry/media-type.ts';

/** By `registry/repository@digest` of an index: the digests that it lists. An index never changes. */
export type KnownIndexes = Map<string, readonly string[]>;

const MAX_INDEXES = 1_000;
/** An image without an index. */
const MANIFESTS: readonly (string | null)[] = [OCI_MANIFEST, DOCKER_MANIFEST];

export interface CompareOptions {
  readonly indexes: KnownIndexes;
  readonly check: (text: string, options: CheckOptions) => Promise<Result>;
}

type Checked = Pick<Result, 'verdict' | 'reference' | 'digest' | 'mediaType'>;

/** Those that the tag does not serve; null: not comparable. `listed`: by the index, if this check read it. */
export async function compareRunning(
  running: readonly string[],
  { verdict, reference, digest, mediaType }: Checked,
  listed: readonly string[] | undefined,
  { indexes, check }: CompareOptions,
): Promise<readonly string[] | null> {
  if (running.length === 0 || verdict !== 'pullable' || digest === null || reference === null) return null;
  const others = running.filter((one) => one !== digest);
  if (others.length === 0 || MANIFESTS.includes(mediaType)) return others;
  const { registry, repository } = reference;
  const name = `${registry}/${repository}@${digest}`;
  let entries = listed ?? indexes.get(name);
  if (entries === undefined) {
    // HEAD alone has no entries: this is one more request for each digest that the tag ever serves.
    const read = await check(name, {
      proof: 'manifest',
      platforms: [],
      onIndex: (digests) => {
        entries = digests;
      },
    });
    if (read.verdict !== 'pullable') return null;
    entries ??= [];
  }
  setBounded(indexes, name, entries, MAX_INDEXES);
  const known = new Set(entries);
  return others.filter((one) => !known.has(one));
}
