// The processes of a monitor on one PostgreSQL database: workers, web processes, and registries.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BARE_ENV } from '../support/command.ts';

export interface ClusterProcess {
  readonly name: string;
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly origin: string;
  /** Lines of its log about the store. */
  readonly storeLines: readonly string[];
  /** Lines at level error, others than those. */
  readonly errors: readonly string[];
}

export interface StartedRegistry extends AsyncDisposable {
  readonly name: string;
  tell(...words: (string | number)[]): void;
}

/** With the name as the one that the database sees. */
export async function startMember(
  program: readonly string[],
  {
    name,
    role,
    config,
    url,
  }: { readonly name: string; readonly role: string; readonly config: string; readonly url: string },
): Promise<ClusterProcess> {
  const [file = process.execPath, ...before] = program;
  const args = ['monitor', '--config', config, '--role', role, '--listen', '127.0.0.1:0', '--log', 'json'];
  const env = { ...BARE_ENV, MONITOR_DATABASE_URL: `${url}?application_name=${name}` };
  const child = spawn(file, [...before, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const storeLines: string[] = [];
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(`stderr: ${text}`));
  const origin = await new Promise<string>((resolve, reject) => {
    void ended.then((code) => reject(new Error(`${name} ended with ${code}: ${errors.join('\n')}`)));
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text);
      if (line.event === 'started') resolve(new URL(line.url).origin);
      else if (line.event === 'store') storeLines.push(text);
      else if (line.level === 'error') errors.push(text);
    });
  });
  return { name, pid: child.pid ?? 0, child, ended, origin, storeLines, errors };
}

export async function startRegistryProcess(images: number): Promise<StartedRegistry> {
  const script = fileURLToPath(new URL('./registry-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, String(images)], {
    env: BARE_ENV,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [name] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    name,
    tell: (...words) => void child.stdin.write(`${JSON.stringify(words)}\n`),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
