import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Answer } from '../../src/auth/authenticate.ts';
import { decide } from '../../src/check/decide.ts';
import { CAUSES, type Finding, type Question } from '../../src/check/finding.ts';
import { judgeBlobBody, judgeBlobHead } from '../../src/check/judge-blob.ts';
import { judgeManifest } from '../../src/check/judge-manifest.ts';
import { success } from '../../src/core/outcome.ts';
import { REFUSALS } from '../../src/core/result.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { imageOf } from '../support/image-bytes.ts';
import { codeOf, NO_LOGIN, questionAbout, responseOf } from '../support/judged.ts';
import { password, type Reply, serves } from '../support/scripted-check.ts';

const IMAGE = imageOf();
const answerOf = (reply: Reply): Answer => ({ kind: 'response', response: responseOf(reply), login: NO_LOGIN });

function findingOf(question: Question, answer: Answer, registryAnswers?: boolean): Finding {
  const decided = decide(question, { answer, registryAnswers }, judgeManifest);
  assert.ok(!decided.ok);
  return decided.error;
}

describe('decide', () => {
  it('hands the thing itself to its judge, and what that finds in it back', () => {
    const decided = decide(questionAbout(), { answer: answerOf(serves(IMAGE)) }, judgeManifest);
    assert.equal(decided.ok && decided.value.digest, IMAGE.digest);
  });

  for (const status of [201, 204, 206, 304, 404]) {
    it(`takes a ${status} for no manifest`, () => {
      const judge = () => assert.fail('not the thing itself');
      assert.equal(decide(questionAbout(), { answer: answerOf({ status }) }, judge).ok, false);
    });
  }

  for (const status of [206, 416]) {
    it(`takes a ${status} for a layer only where a range was asked for`, () => {
      const question = questionAbout(undefined, 'layer');
      const answer = answerOf({ status });
      assert.deepEqual(decide(question, { answer }, judgeBlobHead, [200, 206, 416]), success('unclear'));
      const decided = decide(question, { answer }, judgeBlobBody);
      assert.equal(decided.ok ? 'ok' : codeOf(decided.error), 'not-a-registry/not-oci');
    });
  }

  it('names the part that the trouble is about, by its digest', () => {
    const { message } = findingOf(questionAbout(undefined, 'child-manifest'), answerOf({ status: 503 }));
    assert.equal(message, `The child-manifest of linux/amd64 (${IMAGE.digest}): registry.example answers 503.`);
  });

  it('names the part once', () => {
    const { message } = findingOf(questionAbout(undefined, 'layer'), answerOf({ status: 404 }));
    assert.equal(message.split(IMAGE.digest).length, 2);
  });

  for (const [name, registryAnswers, expected] of [
    ['there is a registry', true, 'not-found/weak-evidence'],
    ['nobody knows whether there is a registry', undefined, 'not-found/weak-evidence'],
    ['there is no registry', false, 'not-a-registry/not-oci'],
  ] as const) {
    it(`a 404 that nobody signed, and ${name}: ${expected}`, () => {
      assert.equal(codeOf(findingOf(questionAbout(), answerOf({ status: 404 }), registryAnswers)), expected);
    });
  }
});

describe('whatever a registry sends', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '<html><title>\u001b[2J\u202e</title>',
      '\u0000',
      'rate limit',
      'blocked by x',
      'token has expired',
    ),
  );
  const code = fc.constantFrom(
    'DENIED',
    'MANIFEST_UNKNOWN',
    'NAME_UNKNOWN',
    'NAME_INVALID',
    'TAG_EXPIRED',
    'UNSUPPORTED',
    '\u001b]0;x\u0007',
  );
  const body = fc.oneof(
    words,
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc
      .record({ errors: fc.array(fc.record({ code: fc.oneof(code, words), message: words }), { maxLength: 2 }) })
      .map((value) => JSON.stringify(value)),
    fc.constant(Buffer.from(IMAGE.bytes).toString()),
  );
  const response = fc
    .record({
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 401, 403, 404, 429)),
      headers: fc.dictionary(
        fc.constantFrom(
          'content-type',
          'www-authenticate',
          'retry-after',
          'docker-content-digest',
          'date',
          'docker-distribution-api-version',
        ),
        words,
      ),
      body,
    })
    .chain((reply) => fc.constantFrom('registry.example', 'store.example').map((from) => responseOf(reply, from)));
  const credential = password('me\u001b[31m\nmore', '~/x\u0007');
  const login = fc.record({
    used: fc.constantFrom(undefined, credential),
    refused: fc.array(
      response.map((refusal) => ({ credential, response: refusal })),
      { maxLength: 1 },
    ),
    withToken: fc.boolean(),
  });
  const failure: fc.Arbitrary<HttpFailure> = fc.record({
    kind: fc.constantFrom(
      'dns',
      'tcp',
      'tls',
      'proxy',
      'timeout',
      'not-http',
      'blocked-address',
      'redirect-loop',
      'insecure-redirect',
    ),
    phase: fc.constantFrom('dns', 'tcp', 'tls', 'proxy', 'headers', 'body'),
    host: fc.constantFrom('registry.example', 'other.example:444'),
    code: fc.constantFrom(null, 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'CERT_HAS_EXPIRED', 'EPROTO'),
    detail: fc.constantFrom('it failed', 'wrong version number'),
    passing: fc.boolean(),
  });
  const answer: fc.Arbitrary<Answer> = fc.oneof(
    fc.record({ kind: fc.constant('response' as const), response, login }),
    fc.record({
      kind: fc.constant('failure' as const),
      failure,
      from: fc.constantFrom('registry', 'token-service'),
      login,
    }),
    fc.record({
      kind: fc.constant('token-refused' as const),
      response,
      problem: fc.constantFrom(null, 'an answer without a token'),
      login,
    }),
  );
  const question = fc
    .record({
      image: fc.constantFrom(
        'registry.example/team/app:1',
        `ghcr.io/a/b@${IMAGE.digest}`,
        'nginx',
        'mcr.microsoft.com/x',
        'mirror.gcr.io/x/y',
      ),
      kind: fc.constantFrom(undefined, 'child-manifest' as const, 'layer' as const, 'config' as const),
    })
    .map(({ image, kind }) => questionAbout(image, kind));

  const judges = [judgeManifest, judgeBlobHead, judgeBlobBody];
  it('the finding is one clean line, with a next step, and a cause that belongs to its reason', () => {
    fc.assert(
      fc.property(question, answer, fc.constantFrom(undefined, true, false), (asked, given, registryAnswers) => {
        const isBlob = asked.part !== undefined && asked.part.kind !== 'child-manifest';
        const judge = judges[isBlob ? (registryAnswers ? 1 : 2) : 0] as typeof judgeBlobHead;
        const decided = decide<unknown>(asked, { answer: given, registryAnswers }, judge, [200, 206, 416]);
        if (decided.ok) return;
        const { reason, cause, message, hint } = decided.error;
        for (const text of [message, hint ?? '']) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        assert.match(message, /\S\.$/);
        assert.ok(message.length < 1500, `${message.length} characters`);
        assert.match(hint ?? '', /\S\.$/);
        const causes: readonly (string | null)[] = reason in CAUSES ? CAUSES[reason as keyof typeof CAUSES] : [null];
        assert.ok(causes.includes(cause), `${reason}/${cause}`);
        if (asked.part !== undefined) assert.ok(message.includes(asked.part.descriptor.digest), message);
      }),
      { numRuns: 2000 },
    );
  });

  it('no registry can make us call an image missing that nobody looked for', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom('registry' as const, 'token-service' as const), (given, from) => {
        const { reason } = findingOf(questionAbout(), { kind: 'failure', failure: given, from, login: NO_LOGIN });
        assert.ok(!(REFUSALS as readonly string[]).includes(reason), reason);
      }),
    );
  });
});
