import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTarget } from '../../src/check/check.ts';
import { failure } from '../../src/core/outcome.ts';
import type { Send } from '../../src/http/send.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { Script, Scripted } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import { scriptContext, serves } from '../support/scripted-check.ts';

const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(imageOf());
const target = (text: string) => ({ text, foundAt: [] });
const never = new AbortController().signal;

describe('a loopback registry', () => {
  const NOT_TLS: Scripted = { fails: { kind: 'tls', phase: 'tls', tls: { problem: 'not-tls' } } };
  const script: Script = {
    [`https://localhost:5000${MANIFEST}`]: NOT_TLS,
    [`http://localhost:5000${MANIFEST}`]: SERVED,
  };

  it('is checked over plain HTTP if it does not use TLS, and the next time immediately', async () => {
    const { context, log } = scriptContext(script, {}, 'https://localhost:5000');
    const first = await checkTarget(context, target('localhost:5000/team/app:1'), never);
    const second = await checkTarget(context, target('localhost:5000/team/app:1'), never);
    assert.deepEqual([first.verdict, second.verdict], ['pullable', 'pullable']);
    assert.deepEqual(
      first.requests.map(({ url }) => url),
      [`http://localhost:5000${MANIFEST}`],
    );
    assert.deepEqual(
      log.map((line) => line.slice(4, 10)),
      ['https:', 'http:/', 'http:/'],
    );
  });

  for (const [what, overHttp, cause] of [
    ['a body that is not what its coding says', { kind: 'not-http', phase: 'body' }, 'not-oci'],
    ['contradictory lengths', { kind: 'not-http', phase: 'headers' }, 'not-oci'],
    ['nothing', { kind: 'timeout', phase: 'headers', waitedMs: 15_000 }, 'timeout'],
  ] as const) {
    it(`that does not use TLS is judged by plain HTTP, even if it sends ${what}`, async () => {
      const broken: Script = { ...script, [`http://localhost:5000${MANIFEST}`]: { fails: overHttp } };
      const { context } = scriptContext(broken, {}, 'https://localhost:5000');
      const result = await checkTarget(context, target('localhost:5000/team/app:1'), never);
      assert.equal(result.cause, cause, result.message);
    });
  }

  it('is not, if its certificate is not trusted', async () => {
    const untrusted = {
      fails: { kind: 'tls', phase: 'tls', tls: { problem: 'self-signed' } },
    } as const;
    const { context, log } = scriptContext({ [MANIFEST]: untrusted }, {}, 'https://localhost:5000');
    const result = await checkTarget(context, target('localhost:5000/team/app:1'), never);
    assert.equal(result.cause, 'tls');
    assert.equal(log.length, 1);
  });

  it('is not, if the deadline passed during the handshake', async () => {
    const clock = createFakeClock();
    const { context } = scriptContext({}, { clock });
    let asked = 0;
    const send: Send = async ({ url, signal }) => {
      asked += 1;
      clock.pass(30_000);
      assert.ok(signal.aborted);
      const detail = 'TLS handshake timed out';
      return failure({ kind: 'timeout', phase: 'tls', host: url.host, code: null, detail, isTransient: false });
    };
    const result = await checkTarget({ ...context, send }, target('localhost:5000/team/app:1'), never);
    assert.match(result.message, /^The TLS handshake with localhost:5000 did not finish/);
    assert.equal(asked, 1);
  });

  describe('whose TLS handshake falls silent', () => {
    const SILENT: Scripted = { fails: { kind: 'timeout', phase: 'tls', waitedMs: 25_000 } };
    const judged = async (overHttp: Scripted) => {
      const script = {
        [`https://localhost:5000${MANIFEST}`]: SILENT,
        [`http://localhost:5000${MANIFEST}`]: overHttp,
      };
      const { context } = scriptContext(script, {}, 'https://localhost:5000');
      const result = await checkTarget(context, target('localhost:5000/team/app:1'), never);
      return { result, isRemembered: context.plainHosts.has('localhost:5000') };
    };

    it('is checked over plain HTTP', async () => {
      const { result, isRemembered } = await judged(SERVED);
      assert.deepEqual([result.verdict, isRemembered], ['pullable', true]);
    });

    for (const [what, overHttp] of [
      ['does not respond', { fails: { kind: 'tcp', phase: 'headers', code: 'UND_ERR_SOCKET' } }],
      ['says that it requires TLS', { status: 400, body: 'Client sent an HTTP request to an HTTPS server.\n' }],
    ] as const) {
      it(`and that ${what} over plain HTTP is judged by its TLS handshake`, async () => {
        const { result, isRemembered } = await judged(overHttp);
        assert.deepEqual([result.cause, isRemembered], ['timeout', false]);
        assert.match(result.message, /TLS handshake with localhost:5000 did not finish within 25 s/);
        assert.deepEqual(
          result.requests.filter(({ purpose }) => purpose !== 'ping').map(({ url }) => url.split(':')[0]),
          ['https', 'http'],
        );
      });
    }
  });

  it('leaves time for plain HTTP, whatever the number of retries', async () => {
    const { context, requests } = scriptContext({ [MANIFEST]: SERVED }, {}, 'https://localhost:5000');
    await checkTarget(context, target('localhost:5000/team/app:1'), never);
    assert.deepEqual(
      requests.map(({ connectPatienceMs }) => connectPatienceMs),
      [25_000],
    );
  });

  describe('or one that the user allowed plain HTTP for', () => {
    const RULE = {
      prefix: 'registry.example',
      mirrors: [],
      upstream: { location: 'registry.example', tls: { insecure: true }, allowsPlainHttp: true },
      usedBy: 'podman',
    } as const;
    const REFUSED: Scripted = { fails: { kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED' } };

    for (const [what, overTls] of [
      ['does not use TLS', NOT_TLS],
      ['refuses connections for https', REFUSED],
      ['refuses the TLS handshake', { fails: { kind: 'tls', phase: 'tls', tls: { problem: 'old-version' } } }],
    ] as const) {
      it(`is checked over plain HTTP if it ${what}, as podman does`, async () => {
        const script = {
          [`https://registry.example${MANIFEST}`]: overTls,
          [`http://registry.example${MANIFEST}`]: SERVED,
        };
        const { context } = scriptContext(script);
        const result = await checkTarget({ ...context, mirrors: [RULE] }, target('registry.example/team/app:1'), never);
        assert.equal(result.verdict, 'pullable', result.message);
      });
    }

    it('is judged by https if both fail', async () => {
      const script = {
        [`https://registry.example${MANIFEST}`]: NOT_TLS,
        [`http://registry.example${MANIFEST}`]: REFUSED,
      };
      const { context } = scriptContext(script);
      const result = await checkTarget({ ...context, mirrors: [RULE] }, target('registry.example/team/app:1'), never);
      assert.equal(result.cause, 'tls');
    });
  });

  it('is not, if a file of mirrors requires https: the hint says where', async () => {
    const { context, log } = scriptContext(script, {}, 'https://localhost:5000');
    const upstream = { location: 'localhost:5000', httpsOnly: 'Write http://localhost:5000 in hosts.toml.' };
    for (const usedBy of ['podman', 'containerd', undefined] as const) {
      const rule = { prefix: 'localhost:5000', mirrors: [], upstream, usedBy };
      const result = await checkTarget({ ...context, mirrors: [rule] }, target('localhost:5000/team/app:1'), never);
      assert.deepEqual([result.cause, result.hint], ['tls', 'Write http://localhost:5000 in hosts.toml.']);
    }
    assert.ok(log.every((line) => line.startsWith('GET https:')));
  });

  it('is the only other kind of registry that falls back', async () => {
    const { context, log } = scriptContext({ [MANIFEST]: NOT_TLS });
    const result = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.equal(result.cause, 'tls');
    assert.equal(log.length, 1);
  });
});
