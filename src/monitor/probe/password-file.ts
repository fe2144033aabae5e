// Reads the file with the password of a resource for each check, so that a rotated password is used.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import { parseReference } from '../../core/reference.ts';
import { describeReference } from '../../core/result.ts';
import { cleanText } from '../../core/text.ts';
import { Secret } from '../../credentials/secret.ts';
import { readFileText, refusePipes, USUAL_DEADLINE_MS } from '../../file/read-file.ts';
import type { ImageResource } from '../resource/monitor-resource.ts';
import type { ProbeResult } from './probe.ts';

/** Anything longer is not a password but the wrong file. */
const MAX_BYTES = 64 * 1024;

/** Without the line end. The error is a sentence. */
export async function readPasswordFile(path: string, signal: AbortSignal): Promise<Outcome<Secret, string>> {
  const text = await readFileText(path, {
    maxBytes: MAX_BYTES,
    deadlineMs: USUAL_DEADLINE_MS,
    refuse: refusePipes,
    signal,
  });
  if (!text.ok)
    return failure(`The password file ${cleanText(path)} cannot be read: ${cleanText(text.error.problem)}.`);
  const password = text.value.replace(/\r?\n$/, '');
  return password === '' ? failure(`The password file ${cleanText(path)} is empty.`) : success(new Secret(password));
}

/** Nothing is known about the image: no request was sent. */
export function unreadableCredentials({ target, foundAt }: ImageResource, message: string): ProbeResult {
  const reference = parseReference(target);
  const judgement = {
    reason: 'unreachable',
    cause: 'credentials-file',
    message,
    hint: 'Correct its path or its permissions.',
  };
  return {
    ...judgement,
    state: 'undetermined',
    hintCode: 'correct-file',
    digest: null,
    durationMs: 0,
    phases: { connectMs: null },
    verdict: 'undetermined',
    isReachable: true,
    rateLimit: null,
    certificates: [],
    document: {
      ...{ input: target, foundAt, reference: reference.ok ? describeReference(reference.value) : null },
      ...{ verdict: 'undetermined', ...judgement, requests: [] },
    },
  };
}
