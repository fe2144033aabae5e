// The hosts of a hosts.toml: each request goes to the first that has it, as in containerd.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MirrorRule } from '../../src/check/mirror.ts';
import type { Script, Scripted } from '../support/fake-send.ts';
import { descriptorOf, imageOf, indexOf, linux } from '../support/images.ts';
import { checkScripted, password, refuses, serves } from '../support/scripted-check.ts';

const IMAGE = imageOf();
const INDEX = indexOf([descriptorOf(IMAGE, linux('amd64'))]);
const MISSING = refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
const AT = 'registry.example/v2/team/app/manifests';
const MIRROR = `https://m.example/v2/team/app/manifests`;
const TAG = `https://${AT}/1`;
const CHILD = `GET https://${AT}/${IMAGE.digest}`;

const rule = (only?: 'digest'): MirrorRule => ({
  prefix: 'registry.example',
  mirrors: [{ location: 'm.example', only }],
  usedBy: 'containerd',
});

async function check(script: Script, { only }: { only?: 'digest' } = {}) {
  const { result, log } = await checkScripted({
    script,
    mirrors: [rule(only)],
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    image: 'registry.example/team/app:1',
  });
  const { verdict, reason, cause, servedBy, warnings, message } = result;
  return { judged: [reason ?? verdict, cause], servedBy, warnings, message, log };
}

describe('the hosts of a hosts.toml', () => {
  it('all come from a mirror that has everything', async () => {
    const { judged, servedBy, log } = await check({
      [`${MIRROR}/1`]: serves(INDEX),
      [`GET ${MIRROR}/${IMAGE.digest}`]: serves(IMAGE),
    });
    assert.deepEqual([judged, servedBy], [['pullable', null], 'm.example']);
    assert.deepEqual(log, [`GET ${MIRROR}/1`, `HEAD ${MIRROR}/1`, `GET ${MIRROR}/${IMAGE.digest}`]);
  });

  it('are tried again for every part', async () => {
    const { judged, servedBy, warnings, message } = await check({
      [`${MIRROR}/1`]: serves(INDEX),
      [`GET ${MIRROR}/${IMAGE.digest}`]: MISSING,
      [CHILD]: serves(IMAGE),
    });
    assert.deepEqual([judged, servedBy], [['pullable', null], 'm.example']);
    assert.deepEqual(warnings, [
      {
        code: 'mirror-missing',
        message: `Mirror m.example does not have the manifest ${IMAGE.digest} of registry.example/team/app:1; registry.example served it.`,
      },
    ]);
    assert.match(message, /^Served by mirror m\.example: registry\.example\/team\/app:1 can be pulled/);
  });

  it('are asked for tags only where they resolve them', async () => {
    const { judged, servedBy, log } = await check(
      { [TAG]: serves(INDEX), [`GET ${MIRROR}/${IMAGE.digest}`]: serves(IMAGE) },
      { only: 'digest' },
    );
    assert.deepEqual([judged, servedBy, log.length], [['pullable', null], 'registry.example', 3]);
  });

  for (const [name, child, expected] of [
    ['nothing has the part', MISSING, ['incomplete', 'child-manifest']],
    ['the mirror refuses it', { status: 400, body: '' }, ['incomplete', 'child-manifest']],
    ['the mirror cannot say', { fails: { kind: 'tcp' } }, ['unreachable', 'tcp']],
  ] as const) {
    it(`say ${expected.join('/')} when the registry lacks a part and ${name}`, async () => {
      const { judged } = await check({
        [`${MIRROR}/1`]: serves(INDEX),
        [`GET ${MIRROR}/${IMAGE.digest}`]: child,
        [CHILD]: MISSING,
      });
      assert.deepEqual(judged, expected);
    });
  }

  describe('on loopback', () => {
    const SILENT: Scripted = { fails: { kind: 'timeout', phase: 'tls', waitedMs: 25_000 } };
    const onLoopback = (overHttp: Scripted) =>
      checkScripted({
        script: {
          'https://localhost:5000/v2/team/app/manifests/1': SILENT,
          'http://localhost:5000/v2/team/app/manifests/1': overHttp,
          [`${MIRROR}/1`]: MISSING,
        },
        mirrors: [{ prefix: 'localhost:5000', mirrors: [{ location: 'm.example' }], usedBy: 'containerd' }],
        image: 'localhost:5000/team/app:1',
      });

    it('are checked over plain HTTP if the TLS handshake falls silent', async () => {
      const { result } = await onLoopback(serves(IMAGE));
      assert.deepEqual([result.verdict, result.servedBy], ['pullable', 'localhost:5000']);
    });

    for (const [what, overHttp] of [
      ['do not respond', { fails: { kind: 'tcp', phase: 'headers', code: 'UND_ERR_SOCKET' } }],
      ['say that they require TLS', { status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' }],
    ] as const) {
      it(`are judged by their TLS handshake if they ${what} over plain HTTP`, async () => {
        const { result } = await onLoopback(overHttp);
        assert.deepEqual([result.reason, result.cause], ['unreachable', 'timeout']);
        assert.match(result.message, /^The TLS handshake with localhost:5000 did not finish within 25 s/);
      });
    }
  });

  for (const [what, mirror, expected] of [
    ['is closed', { fails: { kind: 'tcp' } }, ['unreachable', 'tcp']],
    ['returns 500', { status: 500 }, ['registry-error', 'registry']],
    ['returns 429', { status: 429 }, ['rate-limited', 'too-many-requests']],
    ['returns 403', refuses(403, 'DENIED', 'no'), ['denied', 'missing-or-no-access']],
  ] as const) {
    it(`do not say that a manifest is missing while a mirror ${what}`, async () => {
      const { judged, servedBy, warnings, message } = await check({ [`${MIRROR}/1`]: mirror, [TAG]: MISSING });
      assert.deepEqual([judged, servedBy, warnings], [expected, undefined, []]);
      assert.match(
        message,
        /^registry\.example does not have registry\.example\/team\/app:1, but mirror m\.example may: /,
      );
    });
  }

  for (const at of ['mirror', 'server'] as const) {
    for (const refusal of [MISSING, refuses(403, 'DENIED', 'no')]) {
      it(`do not say that an image cannot be pulled, ${refusal.status}, without the headers of the ${at}`, async () => {
        const unsentHeaders = { names: ['X-Key'], file: '/certs.d/hosts.toml' };
        const mirrors: MirrorRule = {
          prefix: 'registry.example',
          mirrors: [{ location: 'm.example', ...(at === 'mirror' && { unsentHeaders }) }],
          upstream: { location: 'registry.example', ...(at === 'server' && { unsentHeaders }) },
          usedBy: 'containerd',
        };
        const { result } = await checkScripted({
          script: { [`${MIRROR}/1`]: MISSING, [TAG]: refusal },
          mirrors: [mirrors],
          image: 'registry.example/team/app:1',
        });
        assert.deepEqual([result.verdict, result.reason], ['undetermined', 'registry-error']);
        assert.match(
          result.message,
          /hosts\.toml sets headers for (m|registry)\.example \(X-Key\), which are not sent/,
        );
      });
    }
  }

  describe('that cannot be connected to in time', () => {
    const UNCONNECTED: Scripted = { fails: { kind: 'timeout', phase: 'tcp', waitedMs: 15_000 } };

    it('are passed over, and not tried again for the parts', async () => {
      const { judged, servedBy, warnings, log } = await check({
        [`${MIRROR}/1`]: UNCONNECTED,
        [TAG]: serves(INDEX),
        [CHILD]: serves(IMAGE),
      });
      assert.deepEqual([judged, servedBy], [['pullable', null], 'registry.example']);
      assert.equal(log.filter((line) => line.includes('//m.example/')).length, 1);
      assert.match(warnings[0]?.message ?? '', /: Could not connect to m\.example within 15 s: no response at all\./);
    });

    it('have an equal share of the time for that, and all of it for a response', async () => {
      const { requests } = await checkScripted({
        script: { [`${MIRROR}/1`]: MISSING, [TAG]: serves(IMAGE) },
        mirrors: [rule()],
        retries: 1,
      });
      assert.deepEqual(
        requests.filter(({ method }) => method === 'GET').map((one) => [one.connectPatienceMs, one.patienceMs]),
        [
          [15_000, undefined],
          [undefined, 25_000],
        ],
      );
    });
  });

  for (const [phase, from, words] of [
    ['headers', `${MIRROR}/1`, 'registry.example/team/app:1'],
    ['body', `${MIRROR}/1`, 'registry.example/team/app:1'],
    ['headers', `GET ${MIRROR}/${IMAGE.digest}`, `the manifest ${IMAGE.digest} of registry.example/team/app:1`],
  ] as const) {
    it(`are waited for as soon as they accepted a connection, as in a pull: ${phase} of ${words}`, async () => {
      const { judged, servedBy, message, log } = await check({
        [`${MIRROR}/1`]: serves(INDEX),
        [TAG]: serves(INDEX),
        [CHILD]: serves(IMAGE),
        [from]: { fails: { kind: 'timeout', phase, waitedMs: 30_000 } },
      });
      assert.deepEqual(judged, ['unreachable', 'timeout']);
      assert.equal(servedBy, from.endsWith('/1') ? undefined : 'm.example');
      assert.ok(
        message.endsWith(
          ` within 30 s. While mirror m.example keeps the connection open, containerd tries no other host for ${words}: a pull hangs.`,
        ),
        message,
      );
      assert.ok(log.every((line) => !line.includes('//registry.example/')));
    });
  }

  describe('that resolve an image by HEAD', () => {
    for (const [what, head, answer] of [
      ['is refused', { status: 403 }, 'answers HEAD with 403'],
      ['finds nothing', { status: 404 }, 'answers HEAD with 404'],
      ['fails', { status: 500 }, 'answers HEAD with 500'],
      ['gets no response', { fails: { kind: 'tcp', phase: 'headers' } }, 'does not answer HEAD'],
    ] as const) {
      it(`cannot say that it can be pulled where HEAD ${what}, and the registry lacks it`, async () => {
        const { judged, servedBy, message } = await check({
          [`HEAD ${MIRROR}/1`]: head,
          [`GET ${MIRROR}/1`]: serves(IMAGE),
          [TAG]: MISSING,
        });
        assert.deepEqual([judged, servedBy], [['registry-error', 'registry'], undefined]);
        assert.equal(
          message,
          `m.example serves registry.example/team/app:1 by GET, but ${answer}: containerd, which reads hosts.toml, resolves an image by HEAD, and fails.`,
        );
      });

      it(`go on to the registry where HEAD ${what}`, async () => {
        const { judged, servedBy } = await check({
          [`HEAD ${MIRROR}/1`]: head,
          [`${MIRROR}/1`]: serves(INDEX),
          [`${MIRROR}/${IMAGE.digest}`]: MISSING,
          [TAG]: serves(INDEX),
          [CHILD]: serves(IMAGE),
        });
        assert.deepEqual([judged, servedBy], [['pullable', null], 'registry.example']);
      });
    }

    it('cannot say it either where only the registry has the image, by GET', async () => {
      const { judged, message } = await check({
        [`${MIRROR}/1`]: MISSING,
        [`HEAD ${TAG}`]: { status: 404 },
        [TAG]: serves(IMAGE),
      });
      assert.deepEqual(judged, ['registry-error', 'registry']);
      assert.match(
        message,
        /^registry\.example serves registry\.example\/team\/app:1 by GET, but answers HEAD with 404: /,
      );
    });

    it('get a GET after a 405', async () => {
      const { judged, servedBy } = await check({
        [`HEAD ${MIRROR}/1`]: { status: 405 },
        [`${MIRROR}/1`]: serves(INDEX),
        [`${MIRROR}/${IMAGE.digest}`]: serves(IMAGE),
      });
      assert.deepEqual([judged, servedBy], [['pullable', null], 'm.example']);
    });

    it('warn where the response to HEAD has another type or length than the manifest', async () => {
      const { mediaType, digest } = INDEX;
      const headers = { 'content-type': mediaType, 'docker-content-digest': digest, 'content-length': '1' };
      const { judged, warnings } = await check({
        [`HEAD ${MIRROR}/1`]: { headers },
        [`${MIRROR}/1`]: serves(INDEX),
        [`${MIRROR}/${IMAGE.digest}`]: serves(IMAGE),
      });
      assert.deepEqual(judged, ['pullable', null]);
      assert.deepEqual(
        warnings.map(({ code }) => code),
        ['manifest-head'],
      );
    });
  });

  describe('that require a login or a token at /v2/ only', () => {
    const PING = { status: 401, headers: { 'www-authenticate': 'Basic realm="m"' } };
    const hides: Scripted = ({ headers }) => (headers.authorization === undefined ? MISSING : serves(IMAGE));
    const checkHidden = (script: Script) =>
      checkScripted({ script, mirrors: [rule()], image: 'registry.example/team/app:1', logins: [password()] });

    it('do not serve it to containerd, which does not request /v2/', async () => {
      const { result } = await checkHidden({
        'https://m.example/v2/': PING,
        'https://registry.example/v2/': { status: 200 },
        [`${MIRROR}/1`]: hides,
        [TAG]: MISSING,
      });
      assert.deepEqual([result.reason, result.cause], ['unauthorized', 'credentials-required']);
      assert.match(
        result.message,
        /^registry\.example does not have registry\.example\/team\/app:1, but mirror m\.example may: m\.example serves .* requests them only at \/v2\/: containerd, which reads hosts\.toml, does not request \/v2\/, so it sends none and fails\.$/,
      );
    });

    it('do not serve it where that is the registry', async () => {
      const { result } = await checkHidden({
        'https://m.example/v2/': { status: 200 },
        'https://registry.example/v2/': PING,
        [`${MIRROR}/1`]: MISSING,
        [TAG]: hides,
      });
      assert.deepEqual([result.reason, result.cause], ['unauthorized', 'credentials-required']);
    });

    it('are passed over', async () => {
      const { result } = await checkHidden({
        'https://m.example/v2/': PING,
        [`${MIRROR}/1`]: hides,
        [TAG]: serves(IMAGE),
      });
      assert.deepEqual([result.verdict, result.servedBy], ['pullable', 'registry.example']);
      assert.deepEqual(
        result.warnings.map(({ code }) => code),
        ['mirror-failed'],
      );
    });
  });

  it('say that a manifest is missing if the mirror lacks it too', async () => {
    const { judged } = await check({ [`${MIRROR}/1`]: MISSING, [TAG]: MISSING });
    assert.deepEqual(judged, ['not-found', null]);
  });

  it('say what the registry says when none has the manifest', async () => {
    const { judged, servedBy, warnings } = await check({
      [`${MIRROR}/1`]: { fails: { kind: 'tcp' } },
      [TAG]: { status: 500 },
    });
    assert.deepEqual([judged, servedBy], [['registry-error', 'registry'], undefined]);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['mirror-failed'],
    );
  });
});
