// What tests of deadlines and hangs wait for: a check whose deadline passes when the test says so, and a helper that hangs.

import { execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { createChecker, type ImageChecker } from '../../src/check/checker.ts';
import type { Result } from '../../src/core/result.ts';
import { BARE_ENV } from './command.ts';
import { createHeldClock } from './fake-clock.ts';
import { createHome, type Home } from './temporary-folder.ts';

const TIMEOUT_MS = 30_000;

/** The result of a check whose deadline passes as soon as `isReached` resolves. */
export async function checkUntil(
  isReached: Promise<unknown>,
  image: string,
  options: Parameters<typeof createChecker>[0] = {},
): Promise<Result> {
  const clock = createHeldClock();
  const checker: ImageChecker = createChecker({ env: BARE_ENV, ...options, timeoutMs: TIMEOUT_MS }, { clock });
  try {
    const check = checker.check(image);
    await Promise.race([isReached, check]);
    clock.pass(TIMEOUT_MS);
    return await check;
  } finally {
    await checker.close();
  }
}

/** Resolves when the head of that server's first response (`host:port`) has been read. */
export function headOf(name: string): Promise<void> {
  return new Promise((resolve) => {
    const onHeaders = (message: unknown): void => {
      const { request } = message as { request: { origin: string } };
      if (request.origin !== `http://${name}`) return;
      unsubscribe('undici:request:headers', onHeaders);
      setImmediate(resolve);
    };
    subscribe('undici:request:headers', onHeaders);
  });
}

export interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export function createDeferred(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

export interface StuckHelper extends Disposable {
  /** The environment in which it is run for every credential. */
  readonly env: Home['env'];
  readonly started: Promise<void>;
  /** Resolves when it and whatever it started have ended: then the last of them lets go of its pipe. */
  readonly gone: Promise<void>;
}

/** `first`: a line of shell that it runs before it hangs. */
export function createStuckHelper(first = ':'): StuckHelper {
  const home = createHome({ '.docker/config.json': { credsStore: 'stuck' } });
  const pipe = join(home.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  home.addHelper('stuck', `#!/bin/sh\nexec 3> '${pipe}'\necho started >&3\n${first}\ntail -f /dev/null & wait\n`);
  const started = createDeferred();
  const gone = createDeferred();
  const reader = createReadStream(pipe).once('data', started.resolve).once('end', gone.resolve);
  return {
    env: home.env,
    started: started.promise,
    gone: gone.promise,
    [Symbol.dispose]: () => {
      reader.destroy();
      // Ends the wait for a helper that never started.
      closeSync(openSync(pipe, 'r+'));
      home[Symbol.dispose]();
    },
  };
}
