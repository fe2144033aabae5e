// Judges a rate limit (429, or another status whose body says so): which one was met, and when to try again. A host that
// is paused, and so was sent no request: judgePause in judge-failure.ts.

import type { CredentialsTried } from '../auth/authenticate.ts';
import { formatWait } from '../core/quantity.ts';
import { cleanText } from '../core/text.ts';
import type { Evidence } from '../registry/evidence.ts';
import { type RateLimitKind, readRateLimit } from '../registry/rate-limit.ts';
import { formatStatus } from '../registry/status.ts';
import { type CheckedImage, type Finding, finding, loginHint } from './finding.ts';
import { advise, both, type Hint, OPTION_HINTS } from './hint.ts';
import { describeAttempts, requestedWaitMs, tryAgain } from './response-words.ts';

export function judgeLimit(
  image: CheckedImage,
  evidence: Evidence,
  limit: RateLimitKind,
  { used }: CredentialsTried,
): Finding {
  const { known } = image;
  const { response } = evidence;
  const again = tryAgain(response);
  const limited = (message: string, hint: Hint): Finding =>
    finding({ reason: 'rate-limited', cause: limit, message, hint }, evidence);
  switch (limit) {
    case 'login-lockout': {
      const message = `${known.name} has locked the account after too many failed logins.`;
      return limited(message, loginHint(image, 'Wait a few minutes, then log in again'));
    }
    case 'pull-quota': {
      const message = `${describeQuota(image, evidence, used)}; whether the image exists is unknown.`;
      return limited(message, quotaHint(image, evidence, used !== undefined));
    }
    case 'too-many-requests':
      return limited(
        `${response.host} ${response.status === 429 ? '' : 'is rate limiting this client: it '}returned ${formatStatus(response.status)}${describeAttempts(response.attempts)}; whether the image exists is unknown.`,
        advise('try-later', `${again}.`),
      );
    default:
      limit satisfies never;
      throw new TypeError('unknown limit');
  }
}

/** `Docker Hub: 0 of 100 pulls are left in this 6-hour window for 203.0.113.9 (anonymous)` */
function describeQuota({ known }: CheckedImage, { response }: Evidence, used: CredentialsTried['used']): string {
  const { limit = null, remaining = null, windowSeconds = null } = readRateLimit(response) ?? {};
  const source = response.quote(response.headers.get('docker-ratelimit-source') ?? '', 60);
  const whose = used?.username ? ` for user ${cleanText(used.username, 60)}` : source === '' ? '' : ` for ${source}`;
  const how = ` (${used === undefined ? 'anonymous, ' : ''}${response.status})`;
  const window = windowSeconds === null ? '' : ` in ${nameWindow(windowSeconds)}`;
  if (limit === null) return `The pull quota of ${known.name} is used up${whose}${how}`;
  return `${known.name}: ${remaining ?? 0} of ${limit} pulls are left${window}${whose}${how}`;
}

/** `this 6-hour window` */
function nameWindow(seconds: number): string {
  const hours = seconds / 3600;
  return Number.isInteger(hours) ? `this ${hours}-hour window` : `this window (${formatWait(seconds * 1000)})`;
}

/** The command alone: which account it is makes no difference. */
const plainLogin = ({ known: { login = {}, ...known }, ...image }: CheckedImage): CheckedImage => {
  const { account, ...way } = login;
  return { ...image, known: { ...known, login: account === undefined || way.command !== undefined ? login : way } };
};

function quotaHint(image: CheckedImage, { response }: Evidence, hasLogin: boolean): Hint {
  const { windowSeconds = null } = readRateLimit(response) ?? {};
  const again = tryAgain(response);
  const isUnknown = requestedWaitMs(response) === undefined && windowSeconds !== null;
  const wait = isUnknown ? `pulls become available again within ${formatWait(windowSeconds * 1000)}` : undefined;
  const more = image.known.quotaOfUsers === undefined ? '' : ` (${image.known.quotaOfUsers})`;
  const step = hasLogin
    ? advise('try-later', wait === undefined ? `${again}.` : `Wait: ${wait}.`)
    : both(
        loginHint(plainLogin(image), `Log in for a higher limit${more}`),
        advise(
          'try-later',
          wait === undefined ? `Or ${again.charAt(0).toLowerCase()}${again.slice(1)}.` : `Or wait: ${wait}.`,
        ),
      );
  // The response to a HEAD has no body: a GET was counted.
  return image.known.countsManifestGets && response.body.length > 0 ? both(step, OPTION_HINTS.withoutPull) : step;
}
