// Keeps account of the logins of one image: which were of no use, and which is the one used.

import { type Credential, isSameCredential } from '../credentials/credential.ts';
import type { Asked, AuthMemory } from './auth-memory.ts';
import type { BareOutcome, CredentialsTried, RefusedCredential, ResponseOutcome } from './auth-outcome.ts';
import type { Plan } from './plan.ts';
import { saysLockedOut } from './refusal.ts';

/** What stands in the way: the login is not taken, or it is and may not have the image. */
export type Obstacle = 'login' | 'access';

export interface LoginAccount {
  /** The refusal of a login that is not to be sent again, neither to the registry nor to its token service. */
  knownRefusal(credential: Credential | undefined): ResponseOutcome | undefined;
  /** Waits while another image is the first to show that login anywhere: it may turn out to be wrong. */
  afterFirstUse<T>(credential: Credential | undefined, signal: AbortSignal, use: () => Promise<T>): Promise<T>;
  note(credential: Credential, answer: ResponseOutcome, obstacle: Obstacle | undefined): void;
  /** How a question was asked; no plan: as nobody. */
  describe(plan: Plan | undefined, answer: BareOutcome, obstacle: Obstacle | undefined): CredentialsTried;
  /** The refusals that an earlier image met with the plan taken over from it: they are named, and no more than that. */
  resume(earlier: readonly RefusedCredential[]): void;
}

interface Useless extends RefusedCredential {
  readonly answer: ResponseOutcome;
  readonly obstacle: Obstacle;
}

export function createLoginAccount(asked: Asked, memory: AuthMemory): LoginAccount {
  let useless: readonly Useless[] = [];
  let refusedEarlier: readonly RefusedCredential[] = [];
  return {
    knownRefusal(credential) {
      if (credential === undefined) return undefined;
      const found = useless.find((one) => one.obstacle === 'login' && isSameCredential(one.credential, credential));
      return found?.answer ?? memory.findRefusal(asked, credential);
    },
    afterFirstUse: (credential, signal, use) =>
      credential === undefined ? use() : memory.afterFirstUse(asked.origin, credential, signal, use),
    note(credential, answer, obstacle) {
      const { response } = answer;
      if (obstacle !== undefined) {
        const others = useless.filter((one) => !isSameCredential(one.credential, credential));
        useless = [...others, { credential, response, answer, obstacle }];
      }
      if (obstacle === 'login' || saysLockedOut(response)) memory.noteRefusal(asked, credential, answer);
    },
    describe(plan, answer, obstacle) {
      const used = obstacle === 'login' ? undefined : plan?.credential;
      // That others had no access matters once one has.
      const hasAccess = used !== undefined && obstacle === undefined;
      const counted = useless.filter(
        (one) => one.obstacle === 'login' || (hasAccess && !isSameCredential(one.credential, used)),
      );
      return {
        used,
        refused: [...refusedEarlier, ...counted.map(({ credential, response }) => ({ credential, response }))],
        // A host that was redirected to is not shown the registry's token.
        withToken:
          answer.kind === 'response' && !answer.response.crossedOrigin && plan !== undefined && plan.kind !== 'basic',
      };
    },
    resume(earlier) {
      refusedEarlier = earlier;
    },
  };
}
