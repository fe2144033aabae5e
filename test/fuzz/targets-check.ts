// A whole check, whatever a registry answers: there is a result, and it can be shown.

import assert from 'node:assert/strict';
import { PROOFS } from '../../src/core/result.ts';
import { FORMATS } from '../../src/report/format.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { runReporter } from '../support/results.ts';
import { checkScripted, password } from '../support/scripted-check.ts';
import { anyAnswer } from './any-answer.ts';
import { assertLine, assertLines } from './property.ts';
import { type FuzzTarget, valueTarget } from './target.ts';

const IMAGES = [
  'registry.example/team/app:1',
  'nginx',
  'ghcr.io/team/app',
  'quay.io/team/app:1',
  'localhost:5000/a/b:1',
];

const check = valueTarget(
  'check',
  {
    cost: 6,
    generate: (random) => ({
      image: random.below(IMAGES.length),
      proof: random.below(PROOFS.length),
      hasLogin: random.isOnce(2),
      answers: Array.from({ length: 1 + random.below(5) }, () => anyAnswer(random)),
    }),
  },
  async ({ image, proof, hasLogin, answers }) => {
    if (answers.length === 0) return;
    const { result, requests } = await checkScripted({
      image: IMAGES[image] ?? 'nginx',
      proof: PROOFS[proof],
      script: { '*': answers },
      logins: hasLogin ? [password()] : [],
    });
    assertLine(result.message);
    for (const { message } of result.warnings) assertLine(message);
    assert.equal(result.verdict === 'pullable', result.reason === null);
    assert.ok(requests.length <= 100, `${requests.length} requests`);
    for (const format of FORMATS)
      assertLines(runReporter(createReporter(format, { color: 0, unicode: true }), [result]));
  },
);

export const CHECK_TARGETS: readonly FuzzTarget[] = [check];
