// A result for machines: every key is always present, null if there is no value.

import { once } from '../core/once.ts';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';

/** An element of `results`. Scripts rely on the keys: add, never rename. */
export function resultDocument(result: Result) {
  const { credential } = result;
  return {
    input: result.input,
    foundAt: result.foundAt.map(({ source, line = null, path = null }) => ({ source, line, path })),
    reference: result.reference,
    verdict: result.verdict,
    reason: result.reason,
    cause: result.cause,
    proof: result.proof,
    warnings: result.warnings,
    message: result.message,
    hint: result.hint,
    hintCode: result.hintCode,
    retryAfterSeconds: result.retryAfterSeconds,
    digest: result.digest,
    mediaType: result.mediaType,
    platforms: result.platforms,
    selected: result.selected ?? null,
    blobs: result.blobs ?? null,
    servedBy: result.servedBy ?? null,
    registryErrors: result.registryErrors,
    credential: credential && {
      source: credential.source,
      kind: credential.kind,
      username: credential.username ?? null,
    },
    rateLimit: result.rateLimit,
    requests: result.requests.map(({ purpose, method, url, status, durationMs, attempt, error = null }) => ({
      purpose,
      method,
      url,
      status,
      durationMs,
      attempt,
      error,
    })),
    startedAt: result.startedAt,
    durationMs: result.durationMs,
  };
}

/** An element of `problems`: an input file, or a part of it, that could not be read. */
export const problemDocument = ({ source, line, message }: SourceProblem) => ({ source, line: line ?? null, message });

/** What is known at the end of a run. */
export const runDocument = ({
  tool,
  exitCode,
  interrupted,
  notChecked,
  summary,
  leftOut = { gitignore: 0, exclude: 0 },
  policy: { expect, warnOn, strict = false } = { expect: 'present', warnOn: [] },
  shard,
}: Report) => ({
  shard: shard ?? null,
  tool,
  exitCode,
  interrupted,
  notChecked,
  summary,
  leftOut,
  policy: { expect, warnOn, strict },
});

/** JSON that is safe in a terminal and in the log of a pipeline: control sequences and commands are escaped. */
export function formatJson(value: object, spaces = 0): string {
  return JSON.stringify(value, null, spaces).replace(steering(), (found) => {
    const isCommand = found.startsWith('##');
    return isCommand ? found.slice(0, -1) + escapeCharacter('[') : escapeCharacter(found);
  });
}

/** No lookbehind: it would scan a long word again from each of its letters. */
const steering = once(() => /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]|##[a-z]*\[/giu);

function escapeCharacter(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
