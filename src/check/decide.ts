// Decides what an answer means for the image. Pure, and the one door to the judges; read it first:
//
//   answer                                   judge
//   none: DNS, TCP, TLS, proxy, time-out     judge-failure        unreachable, not-a-registry
//   a login nobody may ask for               (here)               not-a-registry
//   no token from the token service          judge-token          unauthorized, denied, registry-error
//   any other status than the thing's own    judge-response       -> judge-limit, -unauthorized, -forbidden, -not-found
//   the thing itself                         `judgeContent`       judge-manifest, judge-config, judge-blob
//
// A definite no outranks a doubt, and a doubt is never taken for "missing" nor for "fine".

import type { Answer } from '../auth/authenticate.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { capital, type Finding, find, type Question } from './finding.ts';
import { judgeFailure } from './judge-failure.ts';
import { judgeResponse } from './judge-response.ts';
import { judgeToken } from './judge-token.ts';

/** What came of a question. */
export interface Learned {
  readonly answer: Answer;
  /** What `/v2/` told of a 404 that no registry signed: is there a registry? Unset: not asked, or nobody knows. */
  readonly registryAnswers?: boolean | undefined;
}

/** Judges the thing that was asked for; succeeds with what a pull needs of it. */
export type JudgeContent<T> = (question: Question, response: HttpResponse) => Outcome<T, Finding>;

/** `statuses`: of an answer that holds the thing. */
export function decide<T>(
  question: Question,
  learned: Learned,
  judgeContent: JudgeContent<T>,
  statuses: readonly number[] = [200],
): Outcome<T, Finding> {
  const { answer } = learned;
  const judged =
    answer.kind === 'response' && statuses.includes(answer.response.status)
      ? judgeContent(question, answer.response)
      : failure(judgeRest(question, learned));
  return judged.ok ? success(judged.value) : failure(naming(question, judged.error));
}

function judgeRest(question: Question, { answer, registryAnswers }: Learned): Finding {
  switch (answer.kind) {
    case 'response':
      return judgeResponse(question, answer.response, answer.login, registryAnswers);
    case 'failure':
      return judgeFailure(question, answer.failure, answer.from);
    case 'token-refused':
      return judgeToken(question, answer.response, answer.problem, answer.login);
    case 'bad-challenge': {
      const message = `There is no safe way to log in to ${question.host}: ${answer.problem}.`;
      return find('not-a-registry', 'bad-challenge', message, adviceOn(answer, question));
    }
    default:
      answer satisfies never;
      throw new TypeError('unknown answer');
  }
}

function adviceOn({ because }: Answer & { readonly kind: 'bad-challenge' }, { reference }: Question): string {
  switch (because) {
    case 'unlisted-realm':
      return `Nothing was sent there. If it is the right one, add it to the realms of ${reference.registry} in the config file.`;
    case 'login-in-clear':
      return 'No login was sent. Use --anonymous to check without one, or ask its operator for a token service over https.';
    default:
      return 'No login was sent. Check the host of the image; if it is right, tell its operator.';
  }
}

/** Whatever is wrong with a part, the message names it. */
function naming({ part }: Question, finding: Finding): Finding {
  if (part === undefined || finding.message.includes(part.descriptor.digest)) return finding;
  const message = finding.message.replace(/^(?:A|In|The) /, (word) => word.toLowerCase());
  return { ...finding, message: `${capital(part.name)}: ${message}` };
}
