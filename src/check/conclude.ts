// Puts a result together: verdict, sentence, and what is worth knowing besides.

import { formatReference, type Reference } from '../core/reference.ts';
import { judgementOf, type Result, type Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { describeCredential } from '../credentials/credential.ts';
import { readRateLimit } from '../registry/rate-limit.ts';
import type { Finding } from './finding.ts';
import type { Proven } from './prove.ts';
import type { RequiredPlatforms } from './prove-platforms.ts';

/** A result but for its frame: input, reference, requests, times. */
export type Conclusion = Omit<Result, 'input' | 'foundAt' | 'reference' | 'requests' | 'startedAt' | 'durationMs'>;

const NOTHING_LEARNED = {
  proof: null,
  warnings: [],
  digest: null,
  mediaType: null,
  platforms: null,
  credential: null,
  rateLimit: null,
} as const;

/** Nobody answered, or nobody was asked. */
export function concludeWithout({ reason, cause, ...words }: Finding): Conclusion {
  return { ...NOTHING_LEARNED, ...judgementOf(reason, cause), ...words };
}

/** `noted`: warnings about the stored logins. */
export function conclude(
  reference: Reference,
  proven: Proven,
  required: RequiredPlatforms | undefined,
  noted: readonly Warning[],
): Conclusion {
  const { outcome, finding, images, blobs } = proven;
  const { used, refused } = outcome.credentials;
  const isPullable = finding === undefined;
  // What was refused is named only where it is the trouble.
  const credential = used ?? (isPullable ? undefined : refused[0]?.credential);
  const judged = isPullable
    ? { ...PULLABLE, message: pullableMessage(reference, proven, required) }
    : concludeWithout(finding);
  return {
    ...NOTHING_LEARNED,
    ...judged,
    proof: outcome.kind === 'response' ? proven.proof : null,
    digest: proven.digest ?? null,
    mediaType: proven.mediaType ?? null,
    platforms: proven.platforms ?? null,
    rateLimit: outcome.kind === 'response' ? readRateLimit(outcome.response) : null,
    credential: credential === undefined ? null : describeCredential(credential),
    warnings: [
      ...(proven.warnings ?? []),
      ...noted,
      ...registryWarnings(proven),
      ...(isPullable ? pullWarnings(reference, proven) : []),
    ],
    ...(images && {
      selected: images.map(({ platform, manifest }) => ({ platform: platform ?? 'unknown', digest: manifest.digest })),
    }),
    ...(blobs && { blobs }),
  };
}

const PULLABLE = { verdict: 'pullable', reason: null, cause: null, hint: null, registryErrors: [] } as const;

function pullableMessage(
  reference: Reference,
  { images = [], blobs }: Proven,
  required: RequiredPlatforms | undefined,
): string {
  const children = images.map(({ platform, manifest }) => `${platform} (${manifest.digest})`).join(', ');
  const scope = required?.includes('every') ? ' for every platform' : children === '' ? '' : ` for ${children}`;
  const sum = blobs === undefined ? '' : `; ${blobs.count} blobs, ${formatMegabytes(blobs.bytes)}, none downloaded`;
  return `${formatReference(reference)} can be pulled${scope}${sum}.`;
}

const formatMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** What a pull may meet all the same. */
function pullWarnings({ registry }: Reference, { outcome }: Proven): Warning[] {
  const { used, refused } = outcome.credentials;
  const instead = used === undefined ? 'without it' : 'with another';
  const warnings = refused.map(({ credential }): Warning => {
    const message = `The login for ${registry} from ${cleanText(credential.source)} was refused; the image can be pulled ${instead}. Tools that insist on it will fail: log in again, or log out.`;
    return { code: 'stale-credentials', message };
  });
  const limit = outcome.kind === 'response' ? readRateLimit(outcome.response) : null;
  if (limit?.remaining !== 0) return warnings;
  const quota = limit.limit === null ? '' : ` of ${limit.limit}`;
  const message = `The pull quota${quota} is used up: the image is there, but a pull now would be refused.`;
  return [...warnings, { code: 'quota-exhausted', message }];
}

/** `Warning: 299 - "text"`: the distribution-spec wants it shown. */
function registryWarnings({ outcome }: Proven): Warning[] {
  if (outcome.kind !== 'response') return [];
  const { headers, quote } = outcome.response;
  return headers.all('warning').flatMap((field): Warning[] => {
    const text = /^\s*299 [^\s"]+ "((?:[^"\\]|\\.)*)"/.exec(field)?.[1];
    if (text === undefined) return [];
    // As it came too: without its backslashes, a secret that the server escaped would not be recognized.
    const shown = quote(text, text.length).replace(/\\(.)/g, '$1');
    return [{ code: 'registry-warning', message: quote(shown) }];
  });
}
