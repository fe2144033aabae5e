// Every way that registries are known to answer, as rows: the scripted answers lead to exactly that conclusion, by
// exactly so many requests. Together the rows produce every reason and cause that a check can come to.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CAUSES } from '../../src/check/finding.ts';
import { DOUBTS, judgementOf, REFUSALS } from '../../src/core/result.ts';
import { checkScripted, type Script, type Scripted } from '../support/scripted-check.ts';
import { ARTIFACTS } from './registry-behaviors/artifact.ts';
import type { RegistryBehavior } from './registry-behaviors/behavior.ts';
import { BLOBS, FOREIGN_LAYERS } from './registry-behaviors/blob.ts';
import { BLOCKED } from './registry-behaviors/blocked.ts';
import { CHALLENGES } from './registry-behaviors/challenge.ts';
import { CONTENT } from './registry-behaviors/content.ts';
import { FAILED } from './registry-behaviors/failed.ts';
import { HEADS } from './registry-behaviors/head.ts';
import { INTERCEPTED } from './registry-behaviors/intercepted.ts';
import { LIMITED } from './registry-behaviors/limited.ts';
import { LOGINS } from './registry-behaviors/login.ts';
import { NOT_FOUND } from './registry-behaviors/not-found.ts';
import { PLATFORMS } from './registry-behaviors/platform.ts';
import { TOKENS } from './registry-behaviors/token.ts';

const GROUPS: Readonly<Record<string, readonly RegistryBehavior[]>> = {
  'how a login is asked for': CHALLENGES,
  'what comes without a login': TOKENS,
  'what comes of a login': LOGINS,
  'what is not found': NOT_FOUND,
  'who blocks': BLOCKED,
  'limits and outages': LIMITED,
  'what answers in place of a registry': INTERCEPTED,
  'no answer': FAILED,
  'HEAD and GET': HEADS,
  'what a manifest holds': CONTENT,
  'what is no image': ARTIFACTS,
  platforms: PLATFORMS,
  blobs: BLOBS,
  'layers kept elsewhere': FOREIGN_LAYERS,
};

for (const [title, behaviors] of Object.entries(GROUPS)) {
  describe(title, () => {
    for (const { name, reason, cause, warnings = [], requests, says, advises, ...check } of behaviors) {
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
        if (says !== undefined) assert.match(result.message, says);
        if (advises !== undefined) assert.match(result.hint ?? '', advises);

        assert.match(result.message, /^[^\p{C}\n]+\.$/u, 'one line that ends as a sentence');
        assert.ok(!/hunter2/.test(JSON.stringify(result)), 'the password is never shown');
        if (reason !== undefined && reason !== 'invalid-reference') assert.ok(result.hint, 'there is a next step');
      });
    }
  });
}

const GUESS_HOST = 'guess.example';
const GUESS = `https://${GUESS_HOST}/token`;

// What is known or remembered of a registry may be wrong: its word alone decides.
const GUESSES: Readonly<Record<string, Script[string]>> = {
  'a token service that is gone': { fails: { kind: 'timeout', phase: 'tcp' } },
  'a token service that is broken': { status: 503 },
  'a token service that refuses everybody': { status: 401, body: 'no' },
  'a token nobody takes': { body: { token: 'guessed' } },
};
for (const [title, reply] of Object.entries(GUESSES)) {
  describe(`a wrong guess, ${title}, changes nothing`, () => {
    const knownChallenge = () => ({ realm: GUESS, service: 'guess' });
    for (const { name, reason, cause, warnings = [], script, ...check } of Object.values(GROUPS).flat()) {
      it(name, async () => {
        const turned = turnAwayGuesses(script);
        const { result } = await checkScripted({ ...check, knownChallenge, script: { ...turned, [GUESS]: reply } });
        const { result: unguessed } = await checkScripted({ ...check, script });
        for (const part of ['verdict', 'reason', 'cause', 'message', 'hint', 'proof', 'digest'] as const) {
          assert.equal(result[part], unguessed[part], part);
        }
        // That a login went to the wrong one is said all the same.
        const other = result.warnings.filter(
          ({ code, message }) => code !== 'foreign-realm' || !message.includes(GUESS_HOST),
        );
        assert.deepEqual(other, unguessed.warnings);
      });
    }
  });
}

/** A registry takes a token that is not its own for none. */
function turnAwayGuesses(script: Script): Script {
  const turn = (scripted: Scripted): Scripted => {
    if (typeof scripted !== 'function') return scripted;
    return (request) => {
      const { authorization, ...headers } = request.headers;
      return turn(scripted(authorization === 'Bearer guessed' ? { ...request, headers } : request));
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
  for (const reason of [...REFUSALS, ...DOUBTS]) {
    const causes: readonly (string | null)[] = reason in CAUSES ? CAUSES[reason as keyof typeof CAUSES] : [null];
    for (const cause of causes) {
      it(`${reason}${cause === null ? '' : `/${cause}`} is produced by a row`, () =>
        assert.ok(produced.has(`${reason} ${cause}`)));
    }
  }
});
