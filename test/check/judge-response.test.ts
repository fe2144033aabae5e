import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeResponse } from '../../src/check/judge-response.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';
import type { Reply } from '../support/fake-send.ts';
import { codeOf, html, imageUnderCheck, NO_CREDENTIALS, refuses, responseOf } from '../support/scripted-check.ts';

const judge = (reply: Reply, image?: string, from?: string) =>
  judgeResponse(imageUnderCheck(image), evidenceOf(responseOf(reply, from)), NO_CREDENTIALS);

describe('the order of judgeResponse:', () => {
  for (const [name, reply, expected] of [
    ['a limit before an outage', { status: 503, body: 'Too Many Requests' }, 'rate-limited/too-many-requests'],
    ['a limit before a permission', { status: 403, body: 'rate limit exceeded' }, 'rate-limited/too-many-requests'],
    ['an outage before its page', html(502), 'registry-error/registry'],
    ['a page before a permission', html(403), 'denied/network-block'],
    ['a policy before a permission', refuses(403, 'DENIED', 'policy violation'), 'denied/policy-block'],
    ['a policy before what is missing', refuses(404, 'UNKNOWN', 'blocked by curation'), 'denied/policy-block'],
    [
      'a policy before the phrases of a firewall',
      refuses(403, 'DENIED', 'quarantined by Repository Firewall'),
      'denied/policy-block',
    ],
    [
      'expired credentials before a permission',
      refuses(403, 'DENIED', 'Your authorization token has expired'),
      'unauthorized/credentials-expired',
    ],
    [
      'the API version before a web page',
      { ...html(405), headers: { 'docker-distribution-api-version': 'x' } },
      'registry-error/registry',
    ],
  ] as const) {
    it(`${name}`, () => assert.equal(codeOf(judge(reply)), expected));
  }
});

describe('the phrases of a refusal', () => {
  const denied = (image: string, message: string) => codeOf(judge(refuses(403, 'DENIED', message), image));
  for (const [name, image, message, expected] of [
    [
      'a repository named like a firewall',
      'registry.example/firewall:1',
      'no access to firewall',
      'denied/missing-or-no-access',
    ],
    [
      'a path named like a policy',
      'registry.example/vulnerabilities/quarantine:1',
      'no pull of vulnerabilities/quarantine',
      'denied/missing-or-no-access',
    ],
    [
      'a tag named like a policy',
      'registry.example/app:quarantine',
      "may not pull 'quarantine'",
      'denied/missing-or-no-access',
    ],
    [
      'a role named like a policy',
      'registry.example/app:1',
      'arn:aws:iam::1:role/curation may not',
      'denied/missing-or-no-access',
    ],
    ['a user who is not signed in', 'registry.example/app:1', 'You are not signed in', 'denied/missing-or-no-access'],
    ['an image that is not signed', 'registry.example/app:1', 'The image is not signed', 'denied/policy-block'],
    ['terms', 'registry.example/app:1', 'Please accept the terms first', 'denied/policy-block'],
    ['an address', 'registry.example/app:1', 'Your IP address 1.2.3.4 is blocked', 'denied/network-block'],
    ['a country', 'registry.example/app:1', 'geo-restricted', 'denied/network-block'],
    ['Cloudflare', 'registry.example/app:1', 'error code: 1020', 'denied/network-block'],
  ] as const) {
    it(`${name}: ${expected}`, () => assert.equal(denied(image, message), expected));
  }

  for (const [message, hint] of [
    ['Container Registry is deprecated and shutting down', 'Ask the owner of the image where it is now.'],
    ['requires terms acceptance', 'Accept the terms with an account there, then log in with that account.'],
    [
      'has 3 vulnerabilities',
      'The image exists: push one that passes, or ask the owner of that policy to allow this one.',
    ],
  ] as const) {
    it(`"${message}" has its own next step`, () => assert.equal(judge(refuses(403, 'X', message)).hint?.text, hint));
  }
});

describe('a response from a redirect target', () => {
  for (const [reply, expected] of [
    [{ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }, 'denied/network-block'],
    [refuses(403, 'DENIED', 'no'), 'denied/network-block'],
    [{ status: 451 }, 'denied/policy-block'],
    [{ status: 500 }, 'registry-error/upstream'],
    [{ status: 400 }, 'registry-error/upstream'],
    [{ status: 401 }, 'unauthorized/credentials-required'],
    [refuses(404, 'MANIFEST_UNKNOWN', 'no'), 'not-found'],
  ] as const) {
    it(`${reply.status}: ${expected}, with the name of that host`, () => {
      const finding = judge(reply, undefined, 'store.example');
      assert.equal(codeOf(finding), expected);
      if (reply.status !== 404) assert.match(finding.message, /^store\.example/);
    });
  }
});
