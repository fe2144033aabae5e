// One check in this process whose deadline passes when the test says so.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Checker, createChecker } from '../../src/check/checker.ts';
import type { Result } from '../../src/core/result.ts';
import { BARE_ENV } from './embedded-check.ts';
import { createHeldClock } from './fake-clock.ts';

const TIMEOUT_MS = 30_000;

/** The result of a check whose deadline passes as soon as `isReached` resolves. */
export async function checkUntil(
  isReached: Promise<unknown>,
  image: string,
  options: Parameters<typeof createChecker>[0] = {},
): Promise<Result> {
  const clock = createHeldClock();
  const checker: Checker = createChecker({ env: BARE_ENV, ...options, timeoutMs: TIMEOUT_MS }, { clock });
  try {
    const check = checker.check(image);
    await Promise.race([isReached, check]);
    clock.pass(TIMEOUT_MS);
    return await check;
  } finally {
    await checker.close();
  }
}

/** Resolves when the head of the first answer of that server (`host:port`) was read. */
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
