// Secrets that tests plant, and the proof that nothing the command writes contains one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { createHome } from './temporary-folder.ts';

export const PASSWORD = 'pass-5Dq8vKx2wTzR7';
export const IDENTITY_TOKEN = 'identity-Jb3nYc6Lm1Qp9';
export const REGISTRY_TOKEN = 'registry-Hs4gWf0Ea8Ud5';
export const PROXY_PASSWORD = 'proxy-Ln6yBe1Ct8Kw4';
export const ISSUED_TOKEN = 'issued-Zk7rVo2Xi6Nt3';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The first is the prefix of the embedded token service's tokens. */
const FORBIDDEN = ['demo-token-', PASSWORD, IDENTITY_TOKEN, REGISTRY_TOKEN, ISSUED_TOKEN, PROXY_PASSWORD].flatMap(
  (secret) => [
    secret,
    base64(secret).replace(/=+$/, ''),
    base64(`ada:${secret}`).replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ],
);

/** Everything the command can write about images, in one text. `config` is the content of ~/.docker/config.json. */
export async function everythingWritten(
  args: readonly string[],
  config: unknown,
  { env = {}, stdin = '' }: { env?: Readonly<Record<string, string>>; stdin?: string } = {},
): Promise<string> {
  using home = createHome({ '.docker/config.json': config });
  const file = (name: string): string => join(home.path, name);
  const outputs = ['-o', `json=${file('json')}`, '-o', `ndjson=${file('ndjson')}`, '-v'];
  const circumstances = { env: { ...home.env, KAIROS_PULL_DEBUG: '1', ...env }, stdin };
  const { stdout, stderr } = await runCommand(['check', ...args, ...outputs], circumstances);
  return [stdout, stderr, readFileSync(file('json'), 'utf8'), readFileSync(file('ndjson'), 'utf8')].join('\n');
}

/** In either case, as the name of an auth-scheme may be shown in either. */
export function assertSilent(written: string): void {
  const folded = written.toLowerCase();
  for (const secret of FORBIDDEN) {
    const at = folded.indexOf(secret.toLowerCase());
    assert.equal(at, -1, `it contains: …${written.slice(Math.max(0, at - 150), at + secret.length + 20)}…`);
  }
}
