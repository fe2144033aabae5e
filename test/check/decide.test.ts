import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AuthOutcome } from '../../src/auth/authenticate.ts';
import { decide, type JudgeContent } from '../../src/check/decide.ts';
import type { CheckedImage, Finding, Part } from '../../src/check/finding.ts';
import { judgeBlob, judgeManifest } from '../../src/check/judge-content.ts';
import { success } from '../../src/core/outcome.ts';
import { CAUSES, UNPULLABLE_REASONS } from '../../src/core/result.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { readBlobBody, readBlobHead } from '../../src/registry/blob-evidence.ts';
import type { Evidence } from '../../src/registry/evidence.ts';
import type { Reply } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import { codeOf, imageUnderCheck, NO_CREDENTIALS, password, responseOf, serves } from '../support/scripted-check.ts';

const IMAGE = imageOf();
const outcomeOf = (reply: Reply): AuthOutcome => ({
  kind: 'response',
  response: responseOf(reply),
  credentials: NO_CREDENTIALS,
});

function findingOf(image: CheckedImage, outcome: AuthOutcome): Finding {
  const decided = decide(image, outcome, judgeManifest);
  assert.ok(!decided.ok);
  return decided.error;
}

describe('decide', () => {
  it('leaves the content to its judge', () => {
    const decided = decide(imageUnderCheck(), outcomeOf(serves(IMAGE)), judgeManifest);
    assert.equal(decided.ok && decided.value.digest, IMAGE.digest);
  });

  for (const status of [204, 205, 304, 404]) {
    it(`does not judge a ${status} as a manifest`, () => {
      const judge = () => assert.fail('not the content');
      assert.equal(decide(imageUnderCheck(), outcomeOf({ status }), judge).ok, false);
    });
  }

  for (const status of [201, 203, 206, 299]) {
    it(`judges the content of a ${status}, as containerd does`, () => {
      const decided = decide(imageUnderCheck(), outcomeOf({ ...serves(IMAGE), status }), judgeManifest);
      assert.equal(decided.ok && decided.value.digest, IMAGE.digest);
    });
  }

  for (const [status, expected] of [
    [304, 'not-a-registry/not-oci'],
    [400, 'registry-error/registry'],
    [416, 'not-a-registry/not-oci'],
  ] as const) {
    it(`does not judge a ${status} as a layer, unless it is said to be one`, () => {
      const image = imageUnderCheck(undefined, 'layer');
      const judge = () => success('content');
      assert.deepEqual(
        decide(image, outcomeOf({ status }), judge, () => true),
        success('content'),
      );
      const decided = decide(image, outcomeOf({ status }), judge);
      assert.equal(decided.ok ? 'ok' : codeOf(decided.error), expected);
    });
  }

  it('names the part, by its digest', () => {
    const { message } = findingOf(imageUnderCheck(undefined, 'child-manifest'), outcomeOf({ status: 503 }));
    assert.equal(
      message,
      `The child-manifest of linux/amd64 (${IMAGE.digest}): registry.example returned 503 Service Unavailable.`,
    );
  });

  it('names the part once', () => {
    const { message } = findingOf(imageUnderCheck(undefined, 'layer'), outcomeOf({ status: 404 }));
    assert.equal(message.split(IMAGE.digest).length, 2);
  });

  it('takes a 404 without a registry error for weak evidence', () => {
    assert.equal(codeOf(findingOf(imageUnderCheck(), outcomeOf({ status: 404 }))), 'not-found/weak-evidence');
  });
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
  const credentials = fc.record({
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
    isTransient: fc.boolean(),
  });
  const outcome: fc.Arbitrary<AuthOutcome> = fc.oneof(
    fc.record({ kind: fc.constant('response' as const), response, credentials }),
    fc.record({
      kind: fc.constant('failure' as const),
      failure,
      from: fc.constantFrom('registry', 'token-service'),
      credentials,
    }),
    fc.record({
      kind: fc.constant('token-refused' as const),
      response,
      problem: fc.constantFrom(null, 'a response without a token'),
      credentials,
    }),
  );
  const image = fc
    .record({
      name: fc.constantFrom(
        'registry.example/team/app:1',
        `ghcr.io/a/b@${IMAGE.digest}`,
        'nginx',
        'mcr.microsoft.com/x',
        'mirror.gcr.io/x/y',
      ),
      kind: fc.constantFrom(undefined, 'child-manifest' as const, 'layer' as const, 'config' as const),
    })
    .map(({ name, kind }) => imageUnderCheck(name, kind));

  const judges = [
    judgeManifest,
    ...[readBlobHead, readBlobBody].map((read) => (image: CheckedImage, evidence: Evidence) => {
      const blob = read(evidence.response, (image.part as Part).descriptor);
      return blob === undefined ? success('unclear') : judgeBlob(image, evidence, blob);
    }),
  ];
  it('the finding is one clean line, with a next step, and a cause that belongs to its reason', () => {
    fc.assert(
      fc.property(image, outcome, fc.boolean(), (asked, given, isHead) => {
        const isBlob = asked.part !== undefined && asked.part.kind !== 'child-manifest';
        const judge = judges[isBlob ? (isHead ? 1 : 2) : 0] as JudgeContent<unknown>;
        const decided = decide(asked, given, judge, ({ status }) => [200, 206, 416].includes(status));
        if (decided.ok) return;
        const { reason, cause, message, hint } = decided.error;
        for (const text of [message, hint?.text ?? '']) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        assert.match(message, /\S\.$/);
        assert.ok(message.length < 1500, `${message.length} characters`);
        assert.match(hint?.text ?? '', /\S\.$/);
        const causes: readonly (string | null)[] = reason in CAUSES ? CAUSES[reason as keyof typeof CAUSES] : [null];
        assert.ok(causes.includes(cause), `${reason}/${cause}`);
        if (asked.part !== undefined) assert.ok(message.includes(asked.part.descriptor.digest), message);
      }),
      { numRuns: 2000 },
    );
  });

  it('a failed request never makes an image missing', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom('registry' as const, 'token-service' as const), (given, from) => {
        const { reason } = findingOf(imageUnderCheck(), {
          kind: 'failure',
          failure: given,
          from,
          credentials: NO_CREDENTIALS,
        });
        assert.ok(!(UNPULLABLE_REASONS as readonly string[]).includes(reason), reason);
      }),
    );
  });
});
