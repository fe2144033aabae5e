// The command, for a server whose length fields contradict each other.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spawnCommand } from '../support/process.ts';
import { startRawServer } from '../support/servers.ts';

async function check(fields: readonly string[], body: string) {
  await using server = await startRawServer((socket) =>
    socket.once('data', () => socket.end(['HTTP/1.1 404 Not Found', ...fields, '', body].join('\r\n'))),
  );
  const { child, ended } = spawnCommand(['check', `${server.name}/team/app:1`, '--plain-http', '-o', 'json']);
  child.stdin.end();
  const { stdout } = await ended;
  return JSON.parse(stdout).results[0];
}

const BODY = '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}';
const LENGTH = `Content-Length: ${BODY.length}`;

describe('contradictory length fields', () => {
  it('are read as Go clients read them', async () => {
    const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
    assert.equal((await check([LENGTH, 'Transfer-Encoding: chunked'], chunked)).reason, 'not-found');
    assert.equal((await check([LENGTH, LENGTH], BODY)).reason, 'not-found');
  });

  it('that Go clients reject are not a lost connection, and are named', async () => {
    const { reason, cause, message, requests } = await check([LENGTH, 'Content-Length: 1'], BODY);
    assert.deepEqual([reason, cause, requests.length], ['not-a-registry', 'not-oci', 1]);
    assert.ok(message.includes(`${LENGTH} and Content-Length: 1`), message);
  });
});
