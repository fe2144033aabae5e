// The short form of `npm run fuzz`: the same inputs every time.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from './random.ts';
import { inputAt, runTarget } from './run-target.ts';
import { type FuzzTarget, textTarget, valueTarget } from './target.ts';
import { TARGETS } from './targets.ts';

const SEED = 1;
/** Of a target that does little with each. */
const COUNT = 3_000;

describe('no made-up input breaks', () => {
  for (const target of TARGETS) {
    it(target.name, async () => {
      const count = Math.ceil(COUNT / target.cost);
      const { failure, inputs } = await runTarget(target, { seed: SEED, count });
      if (failure !== undefined) {
        assert.fail(
          `npm run fuzz -- --seed ${SEED} --only ${failure.index} ${target.name}\n${failure.input}\n${failure.error}`,
        );
      }
      assert.equal(inputs, count);
    });
  }
});

describe('the fuzzer', () => {
  const fails = (name: string, check: (text: string) => void): FuzzTarget =>
    textTarget(name, { seeds: ['one two three', 'four, five'], words: ['!'] }, check);

  it('makes the same inputs from the same seed', () => {
    const target = fails('x', () => undefined);
    const shown = (seed: number): string[] => Array.from({ length: 50 }, (_, at) => inputAt(target, seed, at).show());
    assert.deepEqual(shown(7), shown(7));
    assert.notDeepEqual(shown(7), shown(8));
    assert.equal(new Set(shown(7)).size > 40, true);
  });

  it('shrinks an input that throws to what it takes', async () => {
    const target = fails('x', (text) => assert.doesNotMatch(text, /!/));
    const { failure } = await runTarget(target, { seed: SEED, count: 1_000 });
    assert.equal(failure?.input, '"!"');
    assert.match(failure.error, /AssertionError/);
  });

  it('shrinks lists and texts in objects', async () => {
    const generate = () => ({ list: [1, 2, 3], text: 'abc' });
    const check = ({ list, text }: { list: number[]; text: string }) =>
      assert.ok(list.length < 2 || !text.includes('b'));
    const { failure } = await runTarget(valueTarget('x', { generate }, check), { seed: SEED, count: 1 });
    assert.equal(failure?.input, '{"list":[0,0],"text":"b"}');
  });

  it('notices what is put into every object', async () => {
    const target = fails('x', (text) => {
      if (text.includes('!')) Object.assign(Object.prototype, { polluted: text });
    });
    const { failure } = await runTarget(target, { seed: SEED, count: 1_000 });
    assert.match(failure?.error ?? '', /every object has a property "polluted" now/);
    assert.equal('polluted' in {}, false);
  });

  it('draws numbers that are spread evenly', () => {
    const random = createRandom(SEED);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let at = 0; at < 10_000; at += 1) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(count > 800 && count < 1200, `${count}`);
  });
});
