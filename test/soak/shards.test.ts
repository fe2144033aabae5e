// The short form of `npm run soak -- shards`, and the whole partition of a hundred thousand references.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeShard } from '../../src/cli/shard-collection.ts';
import { runCommand } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { checkInShards } from './shards.ts';

describe('ten shards', () => {
  it('check each reference once over three registries, and their merged report is that of one run', async () => {
    using folder = createTemporaryFolder();
    const run = async (argv: readonly string[]): Promise<number> => (await runCommand(argv)).exitCode;
    const batch = { references: 300, shards: 10, concurrent: 2, directory: folder.path, run };
    const { problems, results, exitCode, sizes } = await checkInShards(batch);
    assert.deepEqual(problems, []);
    assert.deepEqual([results, exitCode, sizes.length], [300, 4, 10]);
  });

  it('have each of a hundred thousand references once', () => {
    const known = Array.from({ length: 100_000 }, (_, at) => ({
      text: `registry${at % 11}.example.com/team${at % 101}/app${at >> 3}:v${at}`,
      foundAt: [],
    }));
    const whole = { known, coming: undefined, problems: [], leftOut: { gitignore: 0, exclude: 0 }, readAs: new Map() };
    const seen = new Map<string, number>();
    for (let current = 1; current <= 10; current += 1) {
      const { known: ours, elsewhere } = takeShard(whole, { current, total: 10 });
      assert.equal(ours.length + elsewhere(), 100_000);
      assert.ok(ours.length > 9_000 && ours.length < 11_000, String(ours.length));
      for (const { text } of ours) seen.set(text, (seen.get(text) ?? 0) + 1);
    }
    assert.equal(seen.size, 100_000);
    assert.ok([...seen.values()].every((count) => count === 1));
  });
});
