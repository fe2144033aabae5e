// Answers a Basic challenge (RFC 7617): with each stored user name and password in turn.

import type { Credential } from '../credentials/credential.ts';
import type { Attempt } from './attempts.ts';
import type { AuthOutcome } from './auth-outcome.ts';
import type { Plan } from './plan.ts';

/** Every further one could lock the account. */
const MAX_LOGINS = 2;

/** undefined when there is no user name and password to answer with. */
export async function answerBasic(
  logins: AsyncIterable<Credential>,
  attempt: (plan: Plan) => Promise<Attempt | undefined>,
): Promise<AuthOutcome | undefined> {
  let refusal: AuthOutcome | undefined;
  let withoutAccess: AuthOutcome | undefined;
  let tried = 0;
  for await (const credential of logins) {
    if (credential.kind !== 'password') continue;
    const made = await attempt({ kind: 'basic', credential });
    if (made?.obstacle === undefined) return made?.answer;
    if (made.obstacle === 'login') refusal = made.answer;
    else withoutAccess ??= made.answer;
    tried += 1;
    if (tried === MAX_LOGINS) break;
  }
  return withoutAccess ?? refusal;
}
