import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPriorityQueue } from '../../../src/monitor/schedule/priority-queue.ts';

describe('createPriorityQueue', () => {
  it('is empty at first', () => {
    const queue = createPriorityQueue<number>((a, b) => a < b);
    assert.equal(queue.size, 0);
    assert.equal(queue.peek(), undefined);
    assert.equal(queue.remove(1), false);
  });

  it('keeps the order of equal items', () => {
    const queue = createPriorityQueue<string>((a, b) => a.length < b.length);
    for (const item of ['dd', 'a', 'bb', 'cc', 'dd', 'aa', 'b', 'ee']) queue.add(item);
    const order: string[] = [];
    for (let item = queue.peek(); item !== undefined; item = queue.peek()) {
      order.push(item);
      queue.remove(item);
    }
    assert.deepEqual(order, ['a', 'b', 'bb', 'cc', 'dd', 'aa', 'ee']);
  });

  it('has the first item in front, whatever is added, moved and removed', () => {
    const step = fc.record({ item: fc.nat(20), rank: fc.nat(50), isRemoved: fc.nat(3).map((number) => number === 0) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const items = Array.from({ length: 21 }, (_, number) => ({ number, rank: 0 }));
        const queue = createPriorityQueue<{ number: number; rank: number }>((a, b) => a.rank < b.rank);
        const expected = new Set<{ number: number; rank: number }>();
        for (const { item, rank, isRemoved } of steps) {
          const changed = items[item];
          assert.ok(changed !== undefined);
          assert.equal(queue.remove(changed), expected.delete(changed));
          if (!isRemoved) {
            changed.rank = rank;
            queue.add(changed);
            queue.add(changed);
            expected.add(changed);
          }
          assert.equal(queue.size, expected.size);
          assert.equal(queue.peek()?.rank ?? Infinity, Math.min(...[...expected].map((entry) => entry.rank)));
        }
        const ranks = [...expected].map((entry) => entry.rank).sort((a, b) => a - b);
        for (const rank of ranks) {
          const first = queue.peek();
          assert.equal(first?.rank, rank);
          if (first !== undefined) queue.remove(first);
        }
      }),
      { numRuns: 500 },
    );
  });
});
