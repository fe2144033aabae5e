import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createDispatcher, type DueCheck } from '../../../src/monitor/schedule/dispatcher.ts';

interface NamedCheck extends DueCheck {
  readonly name: string;
}

const due = (name: string, host: string, fields: Partial<DueCheck> = {}): NamedCheck => ({
  ...{ name, host, isManual: false, isFirst: false, dueMs: 0, slotMs: 0 },
  ...fields,
});

function createScene(total: number, perHost: number) {
  const dispatcher = createDispatcher<NamedCheck>({ total, perHost });
  return {
    ...dispatcher,
    /** Everything that may start now. */
    start(): string[] {
      const started: string[] = [];
      for (let check = dispatcher.next(); check !== undefined; check = dispatcher.next()) started.push(check.name);
      return started;
    },
  };
}

describe('createDispatcher', () => {
  it('starts manual checks, then first ones, then the most overdue', () => {
    const { add, start } = createScene(10, 10);
    add(due('later', 'a', { dueMs: 20 }));
    add(due('overdue', 'b', { dueMs: 10 }));
    add(due('longer ago', 'b', { dueMs: 10, slotMs: -5 }));
    add(due('first', 'a', { dueMs: 30, isFirst: true }));
    add(due('manual', 'b', { dueMs: 40, isManual: true }));
    assert.deepEqual(start(), ['manual', 'first', 'longer ago', 'overdue', 'later']);
  });

  it('starts no more than the limits allow', () => {
    const scene = createScene(3, 2);
    for (const name of ['a1', 'a2', 'a3']) scene.add(due(name, 'a', { dueMs: -1 }));
    for (const name of ['b1', 'b2']) scene.add(due(name, 'b'));
    assert.deepEqual(scene.start(), ['a1', 'a2', 'b1']);
    scene.end('b', true);
    assert.deepEqual(scene.start(), ['b2']);
    scene.end('a', true);
    assert.deepEqual(scene.start(), ['a3']);
  });

  it('does not let a host that never ends its checks delay another', () => {
    const scene = createScene(4, 2);
    for (let index = 0; index < 50; index += 1) scene.add(due(`dead${index}`, 'dead', { dueMs: -100 }));
    assert.deepEqual(scene.start(), ['dead0', 'dead1']);
    for (let index = 0; index < 50; index += 1) {
      scene.add(due(`good${index}`, 'good'));
      assert.deepEqual(scene.start(), [`good${index}`]);
      scene.end('good', true);
    }
  });

  it('gives hosts that do not respond half of the places together', () => {
    const scene = createScene(4, 2);
    for (const host of ['x', 'y', 'z']) {
      scene.add(due(`${host}0`, host));
      scene.start();
      scene.end(host, false);
    }
    for (const host of ['x', 'y', 'z']) for (const number of [1, 2]) scene.add(due(`${host}${number}`, host));
    assert.deepEqual(scene.start(), ['x1', 'y1']);
    scene.add(due('good', 'good'));
    assert.deepEqual(scene.start(), ['good']);
    scene.end('x', true);
    assert.deepEqual(scene.start(), ['x2', 'z1'], 'x has responded');
  });

  it('forgets what is removed', () => {
    const scene = createScene(2, 2);
    const check = due('gone', 'a');
    scene.add(check);
    scene.remove(check);
    scene.remove(due('unknown', 'b'));
    assert.deepEqual(scene.start(), []);
  });

  it('forgets hosts that have no resources, but not while a check is running', () => {
    const scene = createScene(2, 1);
    scene.add(due('a1', 'a'));
    assert.deepEqual(scene.start(), ['a1']);
    scene.keepHosts(new Set());
    scene.add(due('a2', 'a'));
    assert.deepEqual(scene.start(), []);
    scene.end('a', true);
    assert.deepEqual(scene.start(), ['a2']);
    scene.end('a', false);
    scene.keepHosts(new Set());
    assert.equal(scene.running, 0);
  });

  it('always starts a check that no other check that may start comes before', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), check: fc.nat(14), dueMs: fc.nat(20), flags: fc.nat(3) }),
      fc.record({ kind: fc.constant('remove' as const), check: fc.nat(14) }),
      fc.record({ kind: fc.constant('next' as const) }),
      fc.record({ kind: fc.constant('end' as const), index: fc.nat(9), isReachable: fc.boolean() }),
    );
    const limits = fc.record({ total: fc.integer({ min: 1, max: 6 }), perHost: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 150 }), ({ total, perHost }, steps) => {
        const dispatcher = createDispatcher<NamedCheck>({ total, perHost });
        const model = createModel(total, perHost);
        for (const action of steps) {
          if (action.kind === 'next') {
            const started = dispatcher.next();
            assert.ok(started === undefined ? model.startable().length === 0 : model.mayStart(started));
            if (started !== undefined) model.start(started);
          } else if (action.kind === 'end') {
            const [ended] = model.running.splice(action.index, 1);
            if (ended === undefined) continue;
            model.unreachable[action.isReachable ? 'delete' : 'add'](ended.host);
            dispatcher.end(ended.host, action.isReachable);
          } else {
            const name = `${action.check}`;
            const known = model.due.get(name);
            if (known !== undefined) dispatcher.remove(known);
            model.due.delete(name);
            if (action.kind === 'remove') continue;
            const fields = { dueMs: action.dueMs, isManual: action.flags === 1, isFirst: action.flags === 2 };
            const added = due(name, `host${action.check % 5}`, fields);
            model.due.set(name, added);
            dispatcher.add(added);
          }
        }
        assert.equal(dispatcher.running, model.running.length);
      }),
      { numRuns: 300 },
    );
  });
});

/** The rules, without queues. */
function createModel(total: number, perHost: number) {
  const due = new Map<string, NamedCheck>();
  const running: NamedCheck[] = [];
  const unreachable = new Set<string>();
  const rank = ({ isManual, isFirst }: NamedCheck) => (isManual ? 0 : isFirst ? 1 : 2);
  const startable = () => {
    if (running.length >= total) return [];
    const isCrowded = running.filter(({ host }) => unreachable.has(host)).length >= Math.max(1, Math.floor(total / 2));
    return [...due.values()].filter(
      ({ host }) =>
        running.filter((other) => other.host === host).length < perHost && !(isCrowded && unreachable.has(host)),
    );
  };
  return {
    ...{ due, running, unreachable, startable },
    mayStart: (check: NamedCheck) =>
      startable().includes(check) &&
      startable().every(
        (other) => rank(check) < rank(other) || (rank(check) === rank(other) && check.dueMs <= other.dueMs),
      ),
    start(check: NamedCheck) {
      due.delete(check.name);
      running.push(check);
    },
  };
}
