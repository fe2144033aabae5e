// The exit code of a run: the code of each result, and the one of them that counts. Scripts rely on it.

import type { Doubt, Judgement, Reason, UnpullableReason } from './result.ts';

export const EXIT = {
  ok: 0,
  /** Of `monitor health`, which container runtimes expect to be 1, and of `monitor notify-test`. */
  unhealthy: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  undetermined: 5,
  notAsRequested: 6,
  present: 7,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Those that results lead to: a run may also be interrupted. */
export type CheckExitCode = 0 | 2 | 3 | 4 | 5 | 6 | 7 | 70;

export interface Policy {
  readonly expect: 'present' | 'absent';
  /** Reasons that do not fail. */
  readonly warnOn: readonly Reason[];
  /** Whether an unresolved variable fails. */
  readonly strict?: boolean | undefined;
}

const CODES: Readonly<Record<UnpullableReason | Doubt, CheckExitCode>> = {
  'invalid-reference': EXIT.usage,
  unauthorized: EXIT.refused,
  denied: EXIT.refused,
  'not-found': EXIT.notFound,
  unreachable: EXIT.undetermined,
  'registry-error': EXIT.undetermined,
  'rate-limited': EXIT.undetermined,
  'not-a-registry': EXIT.undetermined,
  'internal-error': EXIT.bug,
  'platform-missing': EXIT.notAsRequested,
  incomplete: EXIT.notAsRequested,
  corrupt: EXIT.notAsRequested,
  'not-an-image': EXIT.notAsRequested,
  'legacy-schema1': EXIT.notAsRequested,
};

/** A definite failure outranks "cannot tell", so that a pipeline may retry on 5 and only on 5. A bug outranks all. */
const PRECEDENCE: readonly CheckExitCode[] = [
  EXIT.bug,
  EXIT.usage,
  EXIT.notFound,
  EXIT.notAsRequested,
  EXIT.present,
  EXIT.refused,
  EXIT.undetermined,
];

/** The code of one result; 0 lets the run pass. */
export function exitCodeOf(judgement: Judgement, { expect, warnOn, strict = false }: Policy): CheckExitCode {
  if (judgement.verdict === 'skipped') {
    return strict && judgement.reason === 'unresolved-variable' ? EXIT.usage : EXIT.ok;
  }
  if (judgement.reason === 'internal-error') return EXIT.bug;
  if (judgement.reason !== null && warnOn.includes(judgement.reason)) return EXIT.ok;
  const code = judgement.reason === null ? EXIT.ok : CODES[judgement.reason];
  if (expect === 'present') return code;
  // The name is taken, pullable or not: publishing would overwrite it.
  if (code === EXIT.ok || code === EXIT.notAsRequested) return EXIT.present;
  if (code !== EXIT.notFound) return code;
  // Only a 404 with a registry error is a reliable absence.
  return judgement.cause === 'weak-evidence' ? EXIT.undetermined : EXIT.ok;
}

/** The code of a run. `checked`: images that were not skipped; a run that checked nothing must not pass. */
export function exitCodeOfRun(codes: Iterable<ExitCode>, checked: number): CheckExitCode {
  const seen = new Set(codes);
  const worst = PRECEDENCE.find((code) => seen.has(code));
  return worst ?? (checked === 0 ? EXIT.usage : EXIT.ok);
}
