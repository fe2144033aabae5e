// `kairos-pull check`: prepare, check, write the results, finish.

import { createChecker as createRealChecker } from '../check/checker.ts';
import type { ExitCode } from '../core/exit-code.ts';
import { listImages } from './images-command.ts';
import type { Io } from './io.ts';
import { prepareCheck, readCheckSettings } from './prepare.ts';
import type { ImagesInvocation } from './program.ts';
import { type CreateChecker, resultsOf } from './results.ts';
import { openSession } from './session.ts';

export interface Collaborators {
  readonly createChecker: CreateChecker;
}

/** An interruption at any time still leaves the reports of the results so far. Throws a UsageError. */
export async function runCheck(
  invocation: ImagesInvocation,
  io: Io,
  { createChecker = createRealChecker }: Partial<Collaborators> = {},
): Promise<ExitCode> {
  const checkSettings = await readCheckSettings(invocation, io);
  if (checkSettings.settings.dryRun) return listImages(invocation, io, { isDryRun: true });

  const plan = await prepareCheck(checkSettings, io);
  const session = await openSession(plan, io);
  try {
    for await (const result of resultsOf(plan, session, io, createChecker)) {
      if (!(await session.write(result))) break;
    }
  } catch (error) {
    if (!io.interruption.aborted) {
      await session.abandon(error);
      throw error;
    }
  } finally {
    plan.stop();
  }
  return session.finish();
}
