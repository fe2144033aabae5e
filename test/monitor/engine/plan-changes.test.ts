import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeChanges } from '../../../src/monitor/engine/plan-changes.ts';
import { httpResource, imageResource, planOf } from '../../support/monitor-run.ts';

const MINUTE = 60_000;
const textOf = (...[before, after]: Parameters<typeof describeChanges>): string => describeChanges(before, after).text;

it('names what was added and removed, and what changed of the rest', () => {
  const before = planOf([imageResource('app'), imageResource('db'), imageResource('web'), imageResource('old')]);
  const after = planOf([
    imageResource('app', { intervalMs: 5 * MINUTE }),
    imageResource('db', { intervalMs: 5 * MINUTE, isPaused: true }),
    imageResource('web', { name: 'Shop' }),
    imageResource('api'),
  ]);
  assert.deepEqual(describeChanges(before, after), {
    text: '4 resources, 1 added (api), 1 removed (old), 3 changed (interval 1m to 5m: app; interval 1m to 5m and paused: db; name web to Shop: Shop)',
    ...{ added: 1, removed: 1, changed: 3 },
  });
});

it('names a few of many', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `app${index}`);
  const every = (intervalMs: number) => planOf(ids.map((id) => imageResource(id, { intervalMs })));
  assert.equal(
    textOf(every(MINUTE), every(90_000)),
    '40 resources, 0 added, 0 removed, 40 changed (interval 1m to 1m30s: app0, app1, app2, app3, app4, 35 more)',
  );
});

it('names the settings by their keys, and shows no value that may be a secret', () => {
  const before = planOf([httpResource('shop')]);
  const after = planOf([httpResource('shop', { headers: { Authorization: 'hunter2' }, timeoutMs: 1 })], {
    ...{ failAfter: 3, probeAllow: [] },
    checker: { retries: 1 },
  });
  const text = textOf(before, after);
  assert.match(
    text,
    /^1 resource, 0 added, 0 removed, 1 changed \((?:headers and timeout|timeout and headers): shop\), /,
  );
  assert.match(text, /settings changed: failAfter, (?:the settings of check, probe|probe, the settings of check)$/);
  assert.doesNotMatch(text, /hunter2/);
});

it('finds nothing in another line of the file, or in another place of an image', () => {
  const at = (line: number) => planOf([imageResource('app', { foundAt: [{ source: 'kairos-pull.yaml', line }] })]);
  assert.equal(textOf(at(3), at(9)), '1 resource, 0 added, 0 removed');
});
