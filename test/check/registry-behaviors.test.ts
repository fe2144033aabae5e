// Every known behavior of registries, as rows: the scripted responses lead to exactly that conclusion, with exactly that
// many requests. Together the rows produce every reason and cause.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CAUSES, DOUBTS, judgementOf, UNPULLABLE_REASONS } from '../../src/core/result.ts';
import type { Script, Scripted } from '../support/fake-send.ts';
import { checkScripted } from '../support/scripted-check.ts';
import { GROUPS } from './registry-behaviors/groups.ts';

for (const [title, behaviors] of Object.entries(GROUPS)) {
  describe(title, () => {
    for (const { name, reason, cause, warnings = [], requests, message, hint, ...check } of behaviors) {
      it(name, async () => {
        const { result, log } = await checkScripted(check);
        assert.deepEqual(
          {
            verdict: result.verdict,
            reason: result.reason,
            cause: result.cause,
            warnings: result.warnings.map(({ code }) => code),
          },
          {
            ...(reason === undefined
              ? { verdict: 'pullable', reason: null, cause: null }
              : judgementOf(reason, cause ?? null)),
            warnings,
          },
          result.message,
        );
        if (typeof requests === 'number') assert.equal(log.length, requests, log.join('\n'));
        else assert.deepEqual(log, requests);
        if (message !== undefined) assert.match(result.message, message);
        if (hint !== undefined) assert.match(result.hint ?? '', hint);

        assert.match(result.message, /^[^\p{C}\n]+\.$/u, 'one line that ends as a sentence');
        assert.ok(!/hunter2/.test(JSON.stringify(result)), 'the password is never shown');
        if (reason !== undefined && reason !== 'invalid-reference') assert.ok(result.hint, 'there is a next step');
      });
    }
  });
}

const GUESS_HOST = 'guess.example';
const GUESS = `https://${GUESS_HOST}/token`;

// What is known or remembered about a registry may be wrong: only its own responses count.
const GUESSES: Readonly<Record<string, Script[string]>> = {
  'a token service that is gone': { fails: { kind: 'timeout', phase: 'tcp' } },
  'a token service that is broken': { status: 503 },
  'a token service that rejects all requests': { status: 401, body: 'no' },
  'a token that is rejected': { body: { token: 'guessed' } },
};
for (const [title, reply] of Object.entries(GUESSES)) {
  describe(`a wrong preemptive challenge, ${title}, changes nothing`, () => {
    const knownChallenge = () => ({ realm: GUESS, service: 'guess' });
    for (const { name, reason, cause, warnings = [], script, ...check } of Object.values(GROUPS).flat()) {
      it(name, async () => {
        const scripted = ignoreGuessedTokens(script);
        const { result } = await checkScripted({ ...check, knownChallenge, script: { ...scripted, [GUESS]: reply } });
        const { result: unguessed } = await checkScripted({ ...check, script });
        for (const part of ['verdict', 'reason', 'cause', 'message', 'hint', 'proof', 'digest'] as const) {
          assert.equal(result[part], unguessed[part], part);
        }
        // But credentials that were sent to the wrong token service are reported.
        const other = result.warnings.filter(
          ({ code, message }) => code !== 'foreign-realm' || !message.includes(GUESS_HOST),
        );
        assert.deepEqual(other, unguessed.warnings);
      });
    }
  });
}

/** A registry treats a token of another token service like no token. */
function ignoreGuessedTokens(script: Script): Script {
  const turn = (scripted: Scripted): Scripted => {
    if (typeof scripted !== 'function') return scripted;
    return async (request) => {
      const { authorization, ...headers } = request.headers;
      return turn(await scripted(authorization === 'Bearer guessed' ? { ...request, headers } : request));
    };
  };
  return Object.fromEntries(
    Object.entries(script).map(([key, entry]) => [key, Array.isArray(entry) ? entry : turn(entry as Scripted)]),
  );
}

describe('the reasons and causes of the contract', () => {
  const produced = new Set(
    Object.values(GROUPS)
      .flat()
      .map(({ reason, cause }) => `${reason} ${cause ?? null}`),
  );
  for (const reason of [...UNPULLABLE_REASONS, ...DOUBTS]) {
    const causes: readonly (string | null)[] = reason in CAUSES ? CAUSES[reason as keyof typeof CAUSES] : [null];
    // By a helper program: helper-failure.test.ts.
    for (const cause of causes.filter((one) => one !== 'credential-helper')) {
      it(`${reason}${cause === null ? '' : `/${cause}`} is produced by a row`, () =>
        assert.ok(produced.has(`${reason} ${cause}`)));
    }
  }
});
