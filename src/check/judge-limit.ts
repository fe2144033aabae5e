// Judges a rate limit (429, or another status whose body says so): which one was met, and when to try again. A host that
// is paused, and so was sent no request: judgePause in judge-failure.ts.

import type { CredentialsTried } from '../auth/authenticate.ts';
import { formatWait } from '../core/quantity.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import type { Evidence } from '../registry/evidence.ts';
import { type RateLimitKind, readRateLimit } from '../registry/rate-limit.ts';
import { type CheckedImage, type Finding, finding, loginHint } from './finding.ts';
import { advise, type Hint } from './hint.ts';

const YEAR_MS = 365 * 86_400_000;

export function judgeLimit(
  image: CheckedImage,
  evidence: Evidence,
  limit: RateLimitKind,
  { used }: CredentialsTried,
): Finding {
  const { known } = image;
  const { response } = evidence;
  const again = tryAgain(evidence);
  const limited = (message: string, hint: Hint): Finding =>
    finding({ reason: 'rate-limited', cause: limit, message, hint }, evidence);
  switch (limit) {
    case 'login-lockout': {
      const message = `${known.name} has locked the account after too many failed logins.`;
      return limited(message, loginHint(image, 'Wait a few minutes, then log in again'));
    }
    case 'pull-quota': {
      const message = `The pull quota of ${known.name}${describeQuota(evidence)} is exhausted; whether the image exists is unknown.`;
      return limited(
        message,
        used === undefined
          ? loginHint(image, `${again}, or log in for a higher limit`)
          : advise('try-later', `${again}.`),
      );
    }
    case 'too-many-requests':
      return limited(
        `${response.host} is rate limiting this client (${response.status}); whether the image exists is unknown.`,
        advise('try-later', `${again}.`),
      );
    default:
      limit satisfies never;
      throw new TypeError('unknown limit');
  }
}

function tryAgain({ response }: Evidence): string {
  // Only the length of the wait matters, so any origin of time will do.
  const waitMs = retryAfterMs(response, Date.parse(response.headers.get('date') ?? '') || 0);
  return `Try again ${waitMs === undefined || waitMs > YEAR_MS ? 'later' : `in ${formatWait(waitMs)}`}`;
}

function describeQuota({ response }: Evidence): string {
  const { limit = null, windowSeconds = null } = readRateLimit(response) ?? {};
  if (limit === null) return '';
  return windowSeconds === null ? ` (${limit})` : ` (${limit} in ${formatWait(windowSeconds * 1000)})`;
}
