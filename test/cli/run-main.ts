// Runs the command with a checker whose results the test chooses.

import { type Circumstances, type Finished, runMain as run } from '../support/command.ts';
import { fakeChecker } from './fake-checker.ts';

export const runMain = (argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> =>
  run(argv, { checker: fakeChecker(), ...circumstances });

/** The document of `-o json`. */
export const documentOf = ({ stdout }: Finished) => JSON.parse(stdout);
