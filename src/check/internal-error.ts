// A check that threw, which only a bug makes it do: it becomes one result, and the others are checked all the same.

import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { NAME, VERSION } from '../core/version.ts';
import { describeReference } from './check.ts';
import { concludeWithout } from './conclude.ts';
import { finding } from './finding.ts';

/** The message of an exception may quote anything, so only its name is shown. */
export function internalError(target: Target, error: unknown, startedMs: number, endedMs: number): Result {
  const kind = error instanceof Error ? error.name : typeof error;
  const reference = parseReference(target.text);
  const message = `A bug in ${NAME} ${VERSION} ended this check (${kind}, Node ${process.version}); it says nothing about the image.`;
  const hint = 'Please report it with the command you ran; KAIROS_PULL_DEBUG=1 prints the details.';
  return {
    input: target.text,
    foundAt: target.foundAt,
    reference: reference.ok ? describeReference(reference.value) : null,
    ...concludeWithout(finding({ reason: 'internal-error', cause: null, message, hint })),
    requests: [],
    startedAt: new Date(startedMs).toISOString(),
    durationMs: endedMs - startedMs,
  } as Result;
}
