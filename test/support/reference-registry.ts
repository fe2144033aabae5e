// The real thing: the CNCF distribution program, where the machine has it, on a temporary folder.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bundle } from '../../src/demo/content.ts';
import { requirePrograms } from './require-programs.ts';

const PROGRAM = 'docker-registry';

/** For a test's `skip`: false where the program is present. */
export const withoutReferenceRegistry: string | false = requirePrograms(PROGRAM);

export interface ReferenceRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  push(repository: string, tag: string, bundle: Bundle): Promise<void>;
}

/** `auth` is the configuration's own section, with `$folder` for the folder `files` are written to. */
export async function startReferenceRegistry({
  auth,
  files = {},
}: {
  auth?: object;
  files?: Readonly<Record<string, string>>;
} = {}): Promise<ReferenceRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-registry-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const configuration = JSON.stringify({
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    auth,
    http: { addr: '127.0.0.1:0', headers: { 'X-Content-Type-Options': ['nosniff'] } },
  }).replaceAll('$folder', folder);
  writeFileSync(join(folder, 'config.yml'), configuration);

  const program = spawn(PROGRAM, ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => program.kill('SIGKILL');
  process.once('exit', kill);
  const origin = await new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    program.once('exit', () => reject(new Error(`${PROGRAM} ended: ${said.join('\n')}`)));
    createInterface({ input: program.stderr }).on('line', (line) => {
      said.push(line);
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
  });

  return {
    origin,
    push: (repository, tag, bundle) => push(`${origin}/v2/${repository}`, tag, bundle),
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', kill);
      kill();
      await once(program, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** distribution-spec "Push": blobs first, then children by digest, then the manifest. */
async function push(
  repositoryUrl: string,
  reference: string,
  { manifest, blobs, children = [] }: Bundle,
): Promise<void> {
  for (const { bytes, digest } of blobs) {
    const upload = await fetch(`${repositoryUrl}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(upload.headers.get('location') ?? '', repositoryUrl);
    location.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    await expectCreated(await fetch(location, { method: 'PUT', headers, body: bytes }));
  }
  for (const child of children) await push(repositoryUrl, child.manifest.digest, child);
  const headers = { 'content-type': manifest.mediaType };
  const url = `${repositoryUrl}/manifests/${reference}`;
  await expectCreated(await fetch(url, { method: 'PUT', headers, body: manifest.bytes }));
}

async function expectCreated(response: Response): Promise<void> {
  if (response.status !== 201) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}
