// The images of one shard, out of those that were collected.

import { createBatchId, type Shard, shardOf } from '../core/shard.ts';
import type { Target } from '../core/target.ts';
import type { Collection } from '../input/collect.ts';

export interface ShardCollection extends Collection {
  /** Images that other shards check, of those that were read so far; without the skipped ones. */
  readonly elsewhere: () => number;
  /** Of those that were read so far, of all shards. */
  readonly batch: () => string;
}

/** `basis`: the settings that must be the same for all shards. */
export function takeShard(collection: Collection, shard: Shard | undefined, basis = ''): ShardCollection {
  if (shard === undefined) return { ...collection, elsewhere: () => 0, batch: () => '' };
  const { known, coming } = collection;
  const batch = createBatchId(basis);
  let elsewhere = 0;
  const isOurs = ({ text, platform, skip }: Target): boolean => {
    batch.add(JSON.stringify([text, platform]));
    const isOurs = shardOf(text, shard.total) === shard.current;
    if (!isOurs && skip === undefined) elsewhere += 1;
    return isOurs;
  };
  async function* ours(targets: AsyncIterable<Target>): AsyncGenerator<Target> {
    for await (const target of targets) if (isOurs(target)) yield target;
  }
  return {
    ...collection,
    known: known.filter(isOurs),
    coming: coming && ours(coming),
    elsewhere: () => elsewhere,
    batch: () => batch.toString(),
  };
}
