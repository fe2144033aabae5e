// What a command is doing when it is interrupted: asking registries, reading files, waiting for a login.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import type { Random } from '../fuzz/random.ts';
import { createDeferred, createStuckHelper } from '../support/deadline.ts';
import { drip, type Fault, hang, stall, tooManyRequests } from '../support/faults.ts';
import { startRawServer } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

export interface Stage extends AsyncDisposable {
  /** Behind `check`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which stays open. */
  readonly stdin?: string;
  /** Resolves when the command is known to be up; it then goes on until it is interrupted. */
  readonly up: Promise<unknown>;
  /** Resolves when nothing of the command is left that the stage can see. */
  readonly gone?: Promise<unknown>;
}

export type Scene = (random: Random) => Promise<Stage>;

/** Of `count` images the first are answered as always, and the others meet `fault`. */
async function startSlow(
  fault: Fault,
  answered: number,
  count = 12,
): Promise<{ registry: EmbeddedRegistry; images: string[]; up: Promise<void> }> {
  const up = createDeferred();
  const registry = await startRegistry();
  const tags = Array.from({ length: count }, (_, at) => `v${at}`);
  for (const tag of tags) registry.put('team/app', tag, createImage());
  registry.inject(
    ({ path }) => {
      if (Number(path.split('/v').at(-1)) < answered) return undefined;
      up.resolve();
      return fault;
    },
    { path: /\/manifests\/v/ },
  );
  return { registry, images: tags.map((tag) => `${registry.name}/team/app:${tag}`), up: up.promise };
}

const slowRegistry: Scene = async (random) => {
  const fault = random.pick([hang(), stall(), stall(20), drip(), tooManyRequests('20')]);
  const { registry, images, up } = await startSlow(fault, random.below(12));
  const args = [...images, '--plain-http', '--concurrency', String(1 + random.below(8)), '--retries', '2'];
  return { args, up, gone: up.then(() => registry.idle()), [Symbol.asyncDispose]: () => registry.close() };
};

const list: Scene = async (random) => {
  const { registry, images, up } = await startSlow(hang(), random.below(12));
  const stdin = images.map((image) => `${image}\n`).join('');
  return {
    args: ['-f', '-', '--plain-http'],
    stdin,
    up,
    gone: up.then(() => registry.idle()),
    [Symbol.asyncDispose]: () => registry.close(),
  };
};

const layers: Scene = async (random) => {
  const up = createDeferred();
  const registry = await startRegistry();
  const image = createImage({ layers: 20 });
  registry.put('team/app', 'v1', image);
  const meet = (): Fault | undefined => {
    up.resolve();
    return random.isOnce(2) ? hang() : undefined;
  };
  registry.inject(meet, { path: /\/blobs\// });
  registry.inject(hang(), { path: `/v2/team/app/blobs/${image.layers[7]?.digest}` });
  const args = [`${registry.name}/team/app:v1`, '--layers', '--plain-http'];
  return {
    args,
    up: up.promise,
    gone: up.promise.then(() => registry.idle()),
    [Symbol.asyncDispose]: () => registry.close(),
  };
};

const wait: Scene = async () => {
  const up = createDeferred();
  const registry = await startRegistry();
  registry.inject(() => {
    up.resolve();
    return undefined;
  });
  const args = [`${registry.name}/a/b:1`, '--wait', '10m', '--plain-http'];
  return { args, up: up.promise, [Symbol.asyncDispose]: () => registry.close() };
};

const paused: Scene = async (random) => {
  const { registry, images, up } = await startSlow(tooManyRequests('20'), random.below(12));
  return { args: [...images, '--plain-http'], up, [Symbol.asyncDispose]: () => registry.close() };
};

const handshake: Scene = async (random) => {
  const up = createDeferred();
  const server = await startRawServer((socket) => socket.once('data', up.resolve));
  const image = 'registry.example.com/team/app:v1';
  const isProxy = random.isOnce(2);
  return {
    args: [isProxy ? image : `${server.name}/team/app:v1`],
    ...(isProxy && { env: { HTTPS_PROXY: `http://${server.name}` } }),
    up: up.promise,
    [Symbol.asyncDispose]: () => server.close(),
  };
};

const helper: Scene = async () => {
  const stuck = createStuckHelper();
  const registry = await startRegistry({ auth: 'basic', users: { ada: 'right' } });
  return {
    args: [`${registry.name}/team/app:v1`, '--plain-http'],
    env: stuck.env,
    up: stuck.started,
    gone: stuck.gone,
    [Symbol.asyncDispose]: async () => {
      stuck[Symbol.dispose]();
      await registry.close();
    },
  };
};

/** Ends the wait for the other end of a pipe that never came. */
const letGo = (pipe: string): void => closeSync(openSync(pipe, 'r+'));

/** A pipe that is written to as soon as the command reads it; then, maybe, comes the rest of its arguments. */
const file =
  (option: string): Scene =>
  async (random) => {
    const folder = createTemporaryFolder(manyFiles(random.isOnce(2) ? 0 : 300));
    const pipe = join(folder.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const write = async (): Promise<FileHandle> => {
      const writer = await open(pipe, 'w');
      // It may be gone already.
      await writer.write(random.pick(['', '#\n', '# a comment that goes on', '\n'])).catch(() => undefined);
      return writer;
    };
    const writing = write();
    const after = option === '-f' ? ['-f', join(folder.path, 'images')] : [];
    return {
      args: ['127.0.0.1:1/a', '127.0.0.1:1/b', option, pipe, ...after],
      up: writing,
      [Symbol.asyncDispose]: async () => {
        letGo(pipe);
        await (await writing).close();
        folder[Symbol.dispose]();
      },
    };
  };

const manyFiles = (count: number): Record<string, string> =>
  Object.fromEntries([
    ['images/list.txt', 'Bad/Name\n'],
    ...Array.from({ length: count }, (_, at) => [
      `images/${at}.yaml`,
      `kind: Pod\nspec: { containers: [{ image: "Bad/${at}" }] }\n`,
    ]),
  ]);

/** A folder is read while the signal comes: the pipe before it ends as soon as it is read. */
const folder: Scene = async () => {
  const { registry, images, up } = await startSlow(hang(), 0, 1);
  const files = createTemporaryFolder(manyFiles(1_500));
  const pipe = join(files.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const begun = open(pipe, 'w').then((writer) => writer.close());
  return {
    // The registry keeps it from ending.
    args: [...images, '-f', pipe, '-f', join(files.path, 'images'), '--plain-http'],
    up: Promise.race([begun, up]),
    [Symbol.asyncDispose]: async () => {
      letGo(pipe);
      await begun;
      files[Symbol.dispose]();
      await registry.close();
    },
  };
};

export const SCENES: Readonly<Record<string, Scene>> = {
  'slow-registry': slowRegistry,
  list,
  layers,
  wait,
  paused,
  handshake,
  helper,
  file: file('-f'),
  'config-file': file('--config'),
  'auth-file': file('--auth-file'),
  'ca-file': file('--ca-file'),
  folder,
};
