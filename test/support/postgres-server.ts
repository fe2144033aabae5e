// Starts PostgreSQL, Debian's package postgresql, on a free port, in a temporary folder, without waiting for the disk.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { mustRun } from './process.ts';
import { requireThat } from './require-programs.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const bin = findPrograms();

/** For a test's `skip`: false if PostgreSQL is installed. */
export const withoutPostgres: false | string = requireThat(bin !== undefined, 'not installed: postgresql');

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** The URL of a new database: a copy of that database, empty by default. */
  createDatabase(template?: string): Promise<string>;
  /** Runs statements; the output of psql, without decoration. */
  run(url: string, sql: string): Promise<string>;
  /** Ends its connections and stops; the port stays its own. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Not on the PATH in Debian: several versions may be installed. */
function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}

/** It refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const SETTINGS = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' },
  ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100', lc_messages: 'C' },
};

export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const folder = createTemporaryFolder();
  const data = join(folder.path, 'data');
  const user = serverUser();
  if (user !== undefined) {
    chownSync(folder.path, user.uid, user.gid);
    chmodSync(folder.path, 0o700);
  }
  const program = (name: string): string => join(bin ?? '', name);
  const run = async (name: string, args: readonly string[]): Promise<void> => {
    const child = spawn(program(name), args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${said}`);
  };
  await run('initdb', ['-D', data, '--no-sync', '--auth=trust', '--encoding=UTF8', '--locale=C', '-U', 'kairos']);
  const port = await freePort();
  let server: ChildProcess | undefined;
  let databases = 0;

  const start = async (): Promise<void> => {
    const options = Object.entries({ ...SETTINGS, ...settings, port }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const child = spawn(program('postgres'), ['-D', data, ...options], {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server = child;
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once('close', (code) => reject(new Error(`postgres ended with ${code}: ${lines.join('\n')}`)));
      createInterface(child.stderr as NonNullable<typeof child.stderr>).on('line', (line) => {
        lines.push(line);
        if (line.includes('database system is ready to accept connections')) resolve();
      });
    });
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, 'close');
    server.kill(signal);
    await ended;
  };
  const psql = (url: string, sql: string): Promise<string> =>
    mustRun(program('psql'), ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1', url], {
      stdin: sql,
    });
  const urlOf = (database: string): string => `postgres://kairos:s3cret@127.0.0.1:${port}/${database}`;

  await start();
  return {
    port,
    async createDatabase(template = 'template1') {
      databases += 1;
      const name = `monitor${databases}`;
      await psql(urlOf('postgres'), `CREATE DATABASE ${name} TEMPLATE ${template}`);
      return urlOf(name);
    },
    run: psql,
    /** "Fast": transactions are ended. */
    stop: () => stop('SIGINT'),
    start,
    async [Symbol.asyncDispose]() {
      await stop('SIGQUIT');
      folder[Symbol.dispose]();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
