// Judges whatever came of a question, short of the thing itself: the one door to the judges.

import type { Answer } from '../auth/authenticate.ts';
import { type Finding, find, type Question } from './finding.ts';
import { judgeFailure } from './judge-failure.ts';
import { judgeResponse } from './judge-response.ts';
import { judgeToken } from './judge-token.ts';

/** `registryAnswers`: see judgeResponse. */
export function judgeAnswer(question: Question, answer: Answer, registryAnswers?: boolean): Finding {
  switch (answer.kind) {
    case 'response':
      return judgeResponse(question, answer.response, answer.login, registryAnswers);
    case 'failure':
      return judgeFailure(question, answer.failure, answer.from);
    case 'token-refused':
      return judgeToken(question, answer.response, answer.problem, answer.login);
    case 'bad-challenge':
      return find(
        'not-a-registry',
        'bad-challenge',
        `The login that ${question.host} asks for is not one a registry may ask for: ${answer.problem}.`,
        'No login was sent. Check the host of the reference; if it is right, tell its operator.',
      );
    default:
      answer satisfies never;
      throw new TypeError('unknown answer');
  }
}
