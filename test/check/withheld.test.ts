// What a registry serves only after a login at `/v2/`, and hides behind an outage or a web page until then.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Content } from '../../src/demo/content.ts';
import type { Reply } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import {
  AMD64,
  bearer,
  blob,
  challenges,
  checkScripted,
  ONE,
  password,
  platforms,
  refuses,
  serves,
  whenKnown,
} from '../support/scripted-check.ts';

const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(imageOf());
const BASIC = challenges('Basic realm="x"');
const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const PAGE: Reply = { headers: { 'content-type': 'text/html' }, body: '<html><title>Login</title></html>' };

const withheld: readonly [string, Reply, string][] = [
  ['an outage', refuses(500, 'UNKNOWN', 'oops'), 'registry-error'],
  ['a bad gateway', { status: 502 }, 'registry-error'],
  ['an odd status', refuses(418, 'UNKNOWN', 'teapot'), 'registry-error'],
  ['a web page', PAGE, 'not-a-registry'],
  ['an empty response', { body: '' }, 'not-a-registry'],
  ['JSON that is no manifest', { body: { message: 'log in' } }, 'not-a-registry'],
  ['an error with status 200', refuses(200, 'UNAUTHORIZED', 'log in'), 'not-a-registry'],
  ['JSON that looks like one', { body: { schemaVersion: '2', config: { login: true } } }, 'corrupt'],
  ['such JSON, called a manifest', { headers: { 'content-type': TYPE }, body: { manifests: 'none' } }, 'corrupt'],
];
for (const [name, reply, reason] of withheld) {
  describe(`${name} for a client without credentials`, () => {
    const script = { [MANIFEST]: whenKnown(reply, SERVED) };

    it('gives way to the login that /v2/ requires', async () => {
      const { result, log } = await checkScripted({ script: { ...script, '/v2/': BASIC }, logins: [password()] });
      assert.equal(result.verdict, 'pullable', result.message);
      assert.equal(log.length, 3);
    });

    it('gives way to an anonymous token', async () => {
      const tokens = {
        '/v2/': challenges(bearer('https://auth.example/token')),
        'https://auth.example/token': { body: { token: 'abc' } },
      };
      const { result } = await checkScripted({ script: { ...script, ...tokens } });
      assert.equal(result.verdict, 'pullable', result.message);
    });

    it('is the verdict without a login, after one request more', async () => {
      const { result, log } = await checkScripted({ script: { ...script, '/v2/': BASIC } });
      assert.equal(result.reason, reason);
      assert.equal(log.length, 2);
    });

    it('is the verdict where /v2/ requires nothing: no credentials are sent', async () => {
      for (const ping of [{ status: 200 }, PAGE, { status: 503 }]) {
        const { result, requests } = await checkScripted({ script: { ...script, '/v2/': ping }, logins: [password()] });
        assert.equal(result.reason, reason);
        assert.ok(requests.every(({ headers }) => headers.authorization === undefined));
      }
    });
  });
}

it('a rate limit is not a refusal: /v2/ is not requested', async () => {
  for (const status of [403, 429, 503]) {
    const script = { [MANIFEST]: refuses(status, 'DENIED', 'too many requests'), '/v2/': BASIC };
    const { result, log } = await checkScripted({ script, logins: [password()] });
    assert.equal(result.reason, 'rate-limited');
    assert.equal(log.length, 1);
  }
});

describe('a config or layer that is hidden behind a message with status 200', () => {
  const [layer] = AMD64.layers;
  const messages: readonly [string, Reply][] = [
    ['JSON', refuses(200, 'UNAUTHORIZED', 'log in', { 'content-type': 'application/json' })],
    ['JSON without a media type', refuses(200, 'UNAUTHORIZED', 'log in')],
    ['text', { headers: { 'content-type': 'text/plain' }, body: 'Log in first.' }],
    ['an empty response', { headers: { 'content-length': '0' }, body: '' }],
    ['a web page', PAGE],
  ];
  for (const [name, message] of messages) {
    for (const [what, content] of [['config', AMD64.config] as const, ['layer', layer as Content] as const]) {
      const length = Buffer.byteLength(typeof message.body === 'string' ? message.body : JSON.stringify(message.body));
      const hidden: Reply = { ...message, headers: { 'content-length': String(length), ...message.headers } };
      const script = {
        ...ONE,
        [blob(AMD64.config, 'GET ')]: serves(AMD64.config),
        [blob(content, 'HEAD ')]: whenKnown({ ...hidden, body: '' }, serves(content)),
        [blob(content, 'GET ')]: whenKnown(hidden, serves(content)),
      };
      for (const [how, settings] of [
        ['its proof', { proof: 'layers' } as const],
        ['its platform', { proof: 'layers', platforms: platforms('linux/amd64') } as const],
      ] as const) {
        it(`${name} for a ${what} gives way to the login that /v2/ requires, for ${how}`, async () => {
          const { result } = await checkScripted({
            script: { ...script, '/v2/': BASIC },
            logins: [password()],
            ...settings,
          });
          assert.equal(result.verdict, 'pullable', result.message);
        });
      }

      it(`${name} for a ${what} is no verdict that the image is fine, nor missing, without a login`, async () => {
        const { result } = await checkScripted({ script: { ...script, '/v2/': BASIC }, proof: 'layers' });
        assert.ok(['not-a-registry', 'corrupt'].includes(result.reason ?? ''), result.message);
      });
    }
  }
});
