// Runs rows of the witness suite: the check and every real client against the same servers.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/command.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type Client, type ClientName, REQUIRED, startClients } from './client.ts';
import { createScene, type Group, type Situation } from './situation.ts';

export function witness({ title, rows }: Group): void {
  describe(title, { skip: requirePrograms(...REQUIRED, 'openssl') }, () => {
    const folder = createTemporaryFolder();
    let clients: readonly Client[] = [];
    before(async () => {
      await using registry = await startRegistry();
      registry.put('sound', 'v1', createImage({ text: 'sound' }));
      clients = await startClients(folder.path, `${registry.name}/sound:v1`);
    });
    after(async () => {
      await Promise.all(clients.map((client) => client.close()));
      rmSync(folder.path, { recursive: true, force: true });
    });
    for (const row of rows) it(`${row.name}: ${row.says}`, () => prove(row, clients));
  });
}

async function prove(row: Situation, clients: readonly Client[]): Promise<void> {
  await using scene = createScene();
  const { image, args: more = [], ...options } = await row.prepare(scene);
  const { login, env, dockerConfig } = options;
  const stored = dockerConfig === undefined ? more : [...more, '--auth-file', dockerConfig];
  const args = login === undefined ? stored : [...stored, '--username', login.username, '--password-stdin'];
  const circumstances = { stdin: login?.password ?? '', ...(env && { env }) };
  const { result, exitCode } = await checkJson([image, ...args], circumstances);
  assert.equal(verdictOf(result), row.says, result.message);
  const warned = [...new Set(result.warnings.map(({ code }) => code))];
  assert.deepEqual(warned, row.warns ?? []);

  const pulled: ClientName[] = [];
  for (const client of clients) {
    if (row.without?.includes(client.name)) continue;
    scene.nextClient();
    const { status, stderr } = await client.pull(image, options);
    if (status === 0) pulled.push(client.name);
    const last = stderr.trim().split('\n').at(-1);
    assert.equal(status === 0, pullsIn(row, client.name), `${client.name} ends with ${status}: ${last}`);
  }
  if (pulled.length === 0) return;
  // What at least one client pulls is never called missing, and nothing is published over it.
  assert.notEqual(exitCode, 4);
  scene.nextClient();
  const expected = await checkJson([image, ...args, '--expect', 'absent'], circumstances);
  assert.notEqual(expected.exitCode, 0);
}

export const verdictOf = ({ verdict, reason, cause }: Pick<Result, 'verdict' | 'reason' | 'cause'>): string =>
  [reason ?? verdict, cause].filter((part) => part !== null).join('/');

export const pullsIn = ({ pulls }: Pick<Situation, 'pulls'>, client: ClientName): boolean =>
  pulls === 'all' || pulls.includes(client);
