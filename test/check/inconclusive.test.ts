// A 400, 403, 404, 405 or 410 without a challenge proves nothing while `/v2/` requires a login: for the parts of an image and
// for mirrors as well.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MirrorRule } from '../../src/check/mirror.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import type { Reply, Script, Scripted } from '../support/fake-send.ts';
import {
  AMD64,
  APP,
  BOTH,
  blob,
  challenges,
  checkScripted,
  manifest,
  ONE,
  password,
  platforms,
  refuses,
  serves,
  whenKnown,
} from '../support/scripted-check.ts';

const PING = '/v2/';
const BASIC = challenges('Basic realm="x"');
const HIDING: readonly Reply[] = [
  refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
  refuses(403, 'DENIED', 'requested access is denied'),
  refuses(400, 'UNSUPPORTED', 'bad request'),
  refuses(410, 'MANIFEST_UNKNOWN', 'manifest unknown'),
  refuses(405, 'UNSUPPORTED', 'not allowed'),
  { status: 404 },
  { status: 403 },
  { status: 405 },
  { status: 410 },
];
const showReply = ({ status, body }: Reply): string => `${status}${body === undefined ? ' without a body' : ''}`;

/** Those URLs are hidden by `reply` from anonymous clients. */
const hide = (script: Script, urls: readonly string[], reply: Reply): Script => ({
  ...script,
  ...Object.fromEntries(urls.map((url) => [url, whenKnown(reply, script[url] as Scripted)])),
});

describe('a part that is hidden from anonymous clients', () => {
  const head = blob(APP, 'HEAD ');
  for (const [part, script, urls, settings] of [
    ['a child manifest', BOTH, [manifest(AMD64)], { platforms: platforms('linux/amd64') }],
    ['a layer', ONE, [head, blob(APP, 'GET ')], { proof: 'layers' }],
  ] as const) {
    for (const reply of HIDING) {
      const check = (logins: readonly Credential[], ping: Scripted) =>
        checkScripted({ script: { ...hide(script, urls, reply), [PING]: ping }, logins, ...settings });

      it(`${part}, by ${showReply(reply)}: the login that /v2/ requires opens it`, async () => {
        const { result, log } = await check([password()], BASIC);
        assert.equal(result.verdict, 'pullable', result.message);
        assert.equal(log.filter((line) => line.endsWith('/v2/')).length, 1, 'one ping');
      });

      it(`${part}, by ${showReply(reply)}: without a login it is not called missing`, async () => {
        const { result } = await check([], BASIC);
        assert.equal(result.verdict, 'unpullable');
        assert.ok(['unauthorized', 'denied'].includes(result.reason ?? ''), result.message);
      });
    }

    it(`${part}: it is missing if /v2/ requires nothing, and the login does not show it`, async () => {
      const gone = refuses(404, 'BLOB_UNKNOWN', 'unknown');
      const missing = { ...script, ...Object.fromEntries(urls.map((url) => [url, gone])), [PING]: {} };
      const { result } = await checkScripted({ script: missing, logins: [password()], ...settings });
      assert.equal(result.reason, 'incomplete');
    });
  }
});

describe('an image that a mirror hides from anonymous clients', () => {
  const AT_MIRROR = 'https://m.example/v2/team/app/manifests/1';
  const NONE = refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  const image = serves(AMD64);

  for (const usedBy of ['containerd', 'podman', undefined] as const) {
    const rule: MirrorRule = { prefix: 'registry.example', mirrors: [{ location: 'm.example' }], usedBy };
    for (const reply of HIDING) {
      const comes = usedBy === 'containerd' ? 'does not come' : 'comes';
      it(`by ${showReply(reply)} ${comes} from there with a login, as ${usedBy ?? 'configured'}`, async () => {
        const script = {
          [AT_MIRROR]: whenKnown(reply, image),
          'https://m.example/v2/': BASIC,
          '/v2/team/app/manifests/1': NONE,
          [PING]: {},
        };
        const { result } = await checkScripted({ script, mirrors: [rule], logins: [password()] });
        // containerd does not request /v2/, and sends a login only after a challenge.
        const expected = usedBy === 'containerd' ? ['unauthorized', undefined] : ['pullable', 'm.example'];
        assert.deepEqual([result.reason ?? result.verdict, result.servedBy], expected, result.message);
      });
    }
  }
});

describe('a stored password that the registry does not request', () => {
  const MANIFEST = '/v2/team/app/manifests/1';
  const hidden = whenKnown(refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown'), serves(AMD64));
  const passwordsIn = async (ping: Scripted, reply: Scripted = hidden) => {
    const { result, requests } = await checkScripted({
      script: { [MANIFEST]: reply, [PING]: ping },
      logins: [password(), password('other')],
    });
    const sent = requests.filter(({ headers }) => headers.authorization !== undefined);
    return { result, sent: sent.map(({ purpose }) => purpose), requests: sent };
  };

  it('is sent once if /v2/ is 200, and what it shows is not missing', async () => {
    const { result, sent, requests } = await passwordsIn({});
    assert.deepEqual([result.reason, sent], ['unauthorized', ['manifest']]);
    assert.equal(requests[0]?.usesLogin, true, 'no redirect takes it to http');
  });

  for (const [what, ping] of [
    ['is 404', { status: 404 }],
    ['says that it requires TLS', { status: 400, body: 'Client sent an HTTP request to an HTTPS server.' }],
    ['is unavailable', { status: 503 }],
    ['does not respond', { fails: { kind: 'tcp' } }],
  ] as const) {
    it(`is not sent if /v2/ ${what}`, async () => {
      assert.deepEqual((await passwordsIn(ping)).sent, []);
    });
  }

  it('is not sent after a 405', async () => {
    assert.deepEqual((await passwordsIn({}, { status: 405 })).sent, []);
  });

  it('is sent once after a 410, too, which counts if the login changes nothing', async () => {
    const { result, sent } = await passwordsIn({}, { status: 410 });
    assert.deepEqual([result.reason, sent], ['not-found', ['manifest']]);
  });
});
