import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sourceLines } from '../../src/cli/source-problems.ts';

const SINCE = 'Kubernetes: listing failed since 2026-01-01T00:00:00Z.';
const REFUSED = `${SINCE} Cannot list pods in the namespace shop: no response from the API.`;
const FILE = 'cannot read a.txt: permission denied; the last known images are still checked.';

const messagesOf = (before: readonly string[], after: readonly string[]): string[] =>
  sourceLines(before, after).map(({ level, message }) => `${level} ${message}`);

it('logs a cluster that cannot be listed once, and once that it can be again', () => {
  const stopping = `${SINCE} Cannot list pods in the namespace shop: status 503.`;
  const seen: string[][] = [[], [REFUSED], [REFUSED], [stopping], [REFUSED], []];
  const lines = seen.slice(1).flatMap((after, at) => messagesOf(seen[at] ?? [], after));
  assert.deepEqual(lines, [`warning ${REFUSED}`, 'info Kubernetes: the listing works again']);
});

it('joins the problems of one listing', () => {
  assert.deepEqual(messagesOf([], [REFUSED, `${SINCE} Cannot list jobs in the namespace pay: forbidden.`]), [
    `warning ${REFUSED} Cannot list jobs in the namespace pay: forbidden.`,
  ]);
});

it('logs each file that cannot be read, and once that all can be again', () => {
  const other = FILE.replace('a.txt', 'b.txt');
  assert.deepEqual(messagesOf([FILE], [FILE, other]), [`warning ${other}`]);
  assert.deepEqual(messagesOf([FILE, other], [other]), []);
  assert.deepEqual(messagesOf([other, REFUSED], [REFUSED]), ['info The sources of images can be read again']);
});
