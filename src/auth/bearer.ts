// Answers a Bearer challenge (RFC 6750 section 3): with a token for each stored login in turn, then for nobody.

import type { Credential } from '../credentials/credential.ts';
import type { Attempt } from './attempts.ts';
import { type AuthOutcome, unusable } from './auth-outcome.ts';
import type { Plan, TokenPlace } from './plan.ts';

/** undefined when no token may be asked for any more. */
export async function answerBearer(
  place: TokenPlace,
  logins: AsyncIterable<Credential>,
  attempt: (plan: Plan) => Promise<Attempt | undefined>,
): Promise<AuthOutcome | undefined> {
  let refusal: AuthOutcome | undefined;
  let withoutAccess: AuthOutcome | undefined;
  let unsent: AuthOutcome | undefined;
  for await (const credential of logins) {
    if (place.inClear !== undefined && credential.kind !== 'registry-token') {
      const problem = `the token service it names (${place.inClear}) is another host and not encrypted`;
      unsent = unusable({ problem, because: 'cleartext-credentials' });
      break;
    }
    const made = await attempt(
      credential.kind === 'registry-token'
        ? { kind: 'registry-token', credential }
        : { kind: 'token', place, credential },
    );
    if (made === undefined) break;
    // A token service that is down, or an image that is not there: another login would meet the same.
    if (made.obstacle === undefined) return made.answer;
    if (made.obstacle === 'login') refusal = made.answer;
    else withoutAccess ??= made.answer;
  }
  // A login that is taken and may not have the image says more than what anybody is told.
  if (withoutAccess !== undefined) return withoutAccess;
  if (unsent !== undefined) return refusal ?? unsent;
  const made = await attempt({ kind: 'token', place, credential: undefined });
  return made?.answer ?? refusal;
}
