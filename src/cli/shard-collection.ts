// The images of one shard, out of those that were collected.

import { type Shard, shardOf } from '../core/shard.ts';
import type { Target } from '../core/target.ts';
import type { Collection } from '../input/collect.ts';

export interface ShardCollection extends Collection {
  /** Images that other shards check, of those that were read so far; without the skipped ones. */
  readonly elsewhere: () => number;
}

export function takeShard(collection: Collection, shard: Shard | undefined): ShardCollection {
  if (shard === undefined) return { ...collection, elsewhere: () => 0 };
  const { known, coming } = collection;
  let elsewhere = 0;
  const isOurs = ({ text, skip }: Target): boolean => {
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
  };
}
