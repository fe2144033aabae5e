// Decides what a response, or the lack of one, means for the image. Pure, and the only way to the judges; read it first:
//
//   outcome                                    judge
//   stored credentials were rejected           judge-permission     unauthorized
//   none: DNS, TCP, TLS, proxy, timeout        judge-failure        unreachable, not-a-registry
//   a challenge that must not be answered      (here)               not-a-registry
//   no token from the token service            judge-token          unauthorized, denied, registry-error
//   a response without the content             judge-response       -> judge-limit, -block, -permission, -not-found
//   the content itself                         `judgeContent`       judge-content: manifest, config, blob
//
// A definite no outranks a doubt, and a doubt is never taken for missing nor for fine.

import type { AuthOutcome } from '../auth/authenticate.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { hasContent } from '../http/response.ts';
import type { HttpResponse } from '../http/send.ts';
import { type Evidence, evidenceOf } from '../registry/evidence.ts';
import { type CheckedImage, capitalize, type Finding, finding } from './finding.ts';
import { advise, allowRealmHint, type Hint, OPTION_HINTS } from './hint.ts';
import { judgeFailure } from './judge-failure.ts';
import { judgeRejected, rejectedCredential } from './judge-permission.ts';
import { judgeResponse } from './judge-response.ts';
import { judgeToken } from './judge-token.ts';

/** Judges the requested content; succeeds with what a pull needs of it. */
export type JudgeContent<T> = (image: CheckedImage, evidence: Evidence) => Outcome<T, Finding>;

/** `isContent`: whether the response contains what was requested. */
export function decide<T>(
  image: CheckedImage,
  outcome: AuthOutcome,
  judgeContent: JudgeContent<T>,
  isContent: (response: HttpResponse) => boolean = hasContent,
): Outcome<T, Finding> {
  const judged = isContentOf(outcome, isContent)
    ? judgeContent(image, evidenceOf(outcome.response))
    : failure(judgeOther(image, outcome, isContent));
  return judged.ok ? success(judged.value) : failure(namePart(image, judged.error));
}

const isContentOf = (
  outcome: AuthOutcome,
  isContent: (response: HttpResponse) => boolean,
): outcome is AuthOutcome & { readonly kind: 'response' } =>
  outcome.kind === 'response' && isContent(outcome.response) && rejectedCredential(outcome) === undefined;

/** Without the content, or with content that a pull would not get because its credentials are rejected. */
export function judgeOther(
  image: CheckedImage,
  outcome: AuthOutcome,
  isContent: (response: HttpResponse) => boolean = () => false,
): Finding {
  const rejected = rejectedCredential(outcome);
  if (rejected !== undefined) {
    const isAvailable = outcome.kind === 'response' && isContent(outcome.response);
    return judgeRejected(image, rejected, { isAvailable, tried: outcome.credentials });
  }
  switch (outcome.kind) {
    case 'response':
      return judgeResponse(image, evidenceOf(outcome.response), outcome.credentials);
    case 'failure':
      return judgeFailure(image, outcome.failure, outcome.from);
    case 'token-refused':
      return judgeToken(image, evidenceOf(outcome.response), outcome.problem, outcome.credentials);
    case 'bad-challenge': {
      const message = `Cannot authenticate to ${image.host}: ${outcome.problem}.`;
      return finding({ reason: 'not-a-registry', cause: 'bad-challenge', message, hint: adviceOn(outcome, image) });
    }
    default:
      outcome satisfies never;
      throw new TypeError('unknown outcome');
  }
}

function adviceOn({ because }: AuthOutcome & { readonly kind: 'bad-challenge' }, { reference }: CheckedImage): Hint {
  switch (because) {
    case 'unlisted-realm':
      return allowRealmHint(reference.registry);
    case 'cleartext-credentials':
      return OPTION_HINTS.cleartextCredentials;
    default:
      return advise(
        'contact-operator',
        "No credentials were sent. Check the image's host; if it is correct, contact its operator.",
      );
  }
}

/** A message about a part always includes its name. */
function namePart({ part }: CheckedImage, found: Finding): Finding {
  if (part === undefined || found.message.includes(part.descriptor.digest)) return found;
  const message = found.message.replace(/^(?:A|In|The) /, (word) => word.toLowerCase());
  return { ...found, message: `${capitalize(part.name)}: ${message}` };
}
