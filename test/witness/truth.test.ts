// docs/truth.md is the table of the witness suite; UPDATE_TRUTH=1 writes it anew.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CLIENTS } from './client.ts';
import { GROUPS } from './groups.ts';
import { pullsIn } from './run.ts';
import type { Group, Situation } from './situation.ts';

const START = '<!-- The tables below are written by: UPDATE_TRUTH=1 npm test -- witness/truth -->';

const cell = (row: Situation, client: (typeof CLIENTS)[number]): string =>
  row.without?.includes(client) ? '–' : pullsIn(row, client) ? 'pulls' : 'fails';

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const verdict = ({ says, warns = [] }: Situation): string =>
  [`\`${says.replace('/', '` / `')}\``, ...warns.map((code) => `warning \`${code}\``)].join(', ');

function tableOf({ title, rows }: Group): string {
  const head = ['the registry serves', ...CLIENTS, 'kairos-pull', 'why they differ'];
  const lines = rows.map((row) =>
    lineOf([row.name, ...CLIENTS.map((client) => cell(row, client)), verdict(row), row.why ?? '']),
  );
  return [`## ${title}`, '', lineOf(head), lineOf(head.map(() => '---')), ...lines, ''].join('\n');
}

/** The compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

const FILE = join(rootOf(fileURLToPath(import.meta.url)), 'docs/truth.md');

describe('the witness suite', () => {
  it('is the table of docs/truth.md', () => {
    const text = readFileSync(FILE, 'utf8');
    const [before = ''] = text.split(START);
    const written = `${before}${START}\n\n${GROUPS.map(tableOf).join('\n')}`;
    if (process.env.UPDATE_TRUTH === '1') writeFileSync(FILE, written);
    else assert.equal(text, written, 'UPDATE_TRUTH=1 npm test -- witness/truth');
  });

  for (const row of GROUPS.flatMap(({ rows }) => rows)) {
    it(`says why where it differs from a client: ${row.name}`, () => {
      const compared = CLIENTS.filter((client) => !row.without?.includes(client));
      const differs = compared.some((client) => pullsIn(row, client) !== (row.says === 'pullable'));
      assert.ok(row.why !== undefined || !differs);
    });
  }

  it('has every row once', () => {
    const names = GROUPS.flatMap(({ title, rows }) => rows.map(({ name }) => `${title}: ${name}`));
    assert.deepEqual(names, [...new Set(names)]);
  });
});
