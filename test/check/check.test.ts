import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext } from '../../src/check/check-context.ts';
import type { Warning } from '../../src/core/result.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import type { HttpRequest } from '../../src/http/send.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import type { Script, Scripted } from '../support/fake-send.ts';
import { imageOf } from '../support/images.ts';
import {
  bearer,
  challenges,
  checkScripted,
  password,
  scriptContext,
  serves,
  whenKnown,
} from '../support/scripted-check.ts';

const IMAGE = imageOf();
const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(IMAGE);

const target = (text: string) => ({ text, foundAt: [{ source: 'list.txt', line: 3 }] });
const never = new AbortController().signal;

describe('the result of a check', () => {
  it('contains the input, the times and every request', async () => {
    const { context } = scriptContext({ [MANIFEST]: SERVED });
    const result = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.deepEqual(result, {
      input: 'registry.example/team/app:1',
      foundAt: [{ source: 'list.txt', line: 3 }],
      reference: {
        registry: 'registry.example',
        repository: 'team/app',
        tag: '1',
        digest: null,
        canonical: 'registry.example/team/app:1',
      },
      verdict: 'pullable',
      reason: null,
      cause: null,
      proof: 'manifest',
      warnings: [],
      message: 'registry.example/team/app:1 can be pulled.',
      hint: null,
      hintCode: null,
      retryAfterSeconds: null,
      digest: IMAGE.digest,
      mediaType: IMAGE.mediaType,
      platforms: null,
      registryErrors: [],
      credential: null,
      rateLimit: null,
      requests: [
        {
          purpose: 'manifest',
          method: 'GET',
          url: `https://registry.example${MANIFEST}`,
          status: 200,
          durationMs: 0,
          attempt: 1,
        },
      ],
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 0,
    });
  });

  it('has no reference if the text is not one, and sends no request', async () => {
    const { context, log } = scriptContext({});
    const result = await checkTarget(context, target('a b'), never);
    assert.equal(result.reason, 'invalid-reference');
    assert.equal(result.reference, null);
    assert.equal(result.proof, null);
    assert.deepEqual(log, []);
  });

  it('has no proof without a response', async () => {
    const { result } = await checkScripted({ script: { [MANIFEST]: { fails: {} } } });
    assert.equal(result.proof, null);
    assert.equal(result.requests[0]?.error, 'it failed');
  });

  it('quotes the registry, cleaned', async () => {
    const body = { errors: [{ code: 'DENIED', message: 'no\u001b[31m way' }] };
    const { result } = await checkScripted({ script: { [MANIFEST]: { status: 403, body } } });
    assert.deepEqual(result.registryErrors, [{ code: 'DENIED', message: 'no [31m way' }]);
  });

  it('contains the quota', async () => {
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '97;w=21600' };
    const { result } = await checkScripted({ script: { [MANIFEST]: serves(IMAGE, headers) } });
    assert.deepEqual(result.rateLimit, { limit: 100, remaining: 97, windowSeconds: 21_600 });
    assert.deepEqual(result.warnings, []);
  });

  it('warns that the quota is exhausted', async () => {
    const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
    const { result } = await checkScripted({ script: { [MANIFEST]: serves(IMAGE, headers) } });
    assert.equal(
      result.warnings[0]?.message,
      'The pull quota (100) is exhausted: the image exists, but a pull would be refused right now.',
    );
  });

  it('shows the warnings of a registry, unquoted and cleaned', async () => {
    const warning = ['299 - "say \\"hi\\"\u001b[31m"', '110 - "stale"', 'x'];
    const { result } = await checkScripted({ script: { [MANIFEST]: serves(IMAGE, { warning }) } });
    assert.deepEqual(result.warnings, [{ code: 'registry-warning', message: 'say "hi" [31m' }]);
  });

  it('shows the same warning once', async () => {
    const warning = ['299 - "closing"', '299 - "closing"', '299 - "moving"'];
    const { result } = await checkScripted({ script: { [MANIFEST]: serves(IMAGE, { warning }) } });
    assert.deepEqual(
      result.warnings.map(({ message }) => message),
      ['closing', 'moving'],
    );
  });

  it('hides a secret in them, whose backslashes are those of the secret as JSON has it', async () => {
    const secrets = createKnownSecrets();
    secrets.addCredential('me', 'two<words>"Zq9');
    const warning = ['299 - "bad two\\u003cwords\\u003e\\"Zq9"', '299 - "bad two<words>\\"Zq9"'];
    const { context } = scriptContext({ [MANIFEST]: serves(IMAGE, { warning }) }, { secrets });
    const { warnings } = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ['bad ***'],
    );
  });

  it('hides a secret that is split between two of them', async () => {
    const secrets = createKnownSecrets();
    secrets.addCredential('me', 'correct-horse');
    const warning = ['299 - "bad corre"', '299 - "ct-horse given"'];
    const { context } = scriptContext({ [MANIFEST]: serves(IMAGE, { warning }) }, { secrets });
    const { warnings } = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ['bad ***', '*** given'],
    );
  });
});

describe('the credential of a check', () => {
  const AUTH = 'https://auth.registry.example/token';
  const TOKEN: Scripted = { body: { token: 'abc' } };
  const withToken = (token: Scripted, known: Scripted = SERVED): Script => ({
    [MANIFEST]: whenKnown(challenges(bearer(AUTH)), known),
    [AUTH]: token,
  });
  const REFUSED: Scripted = { status: 401 };

  it('is reported if it was used', async () => {
    const { result } = await checkScripted({ script: withToken(TOKEN), logins: [password('octocat')] });
    assert.deepEqual(result.credential, { source: '~/.docker/config.json', kind: 'password', username: 'octocat' });
  });

  it('is not reported if none was required', async () => {
    const { result } = await checkScripted({ script: { [MANIFEST]: SERVED }, logins: [password()] });
    assert.equal(result.credential, null);
  });

  it('is reported if its rejection is the reason', async () => {
    const { result } = await checkScripted({ script: withToken(REFUSED), logins: [password('octocat')] });
    assert.equal(result.credential?.username, 'octocat');
  });

  it('decides if it is rejected, although the image can be pulled without it', async () => {
    const { result } = await checkScripted({ script: withToken(whenKnown(TOKEN, REFUSED)), logins: [password()] });
    assert.equal(result.credential?.username, 'me');
    assert.equal(
      result.message,
      'The credentials for registry.example from ~/.docker/config.json (user me) were rejected (401); the image can be pulled without them.',
    );
  });

  it('decides with --proof head as well', async () => {
    const script = withToken(whenKnown(TOKEN, REFUSED));
    const { result } = await checkScripted({ script, logins: [password()], proof: 'head' });
    assert.equal(result.cause, 'bad-credentials');
  });

  it('is a warning if it is rejected and another one is accepted', async () => {
    const script = withToken([REFUSED, TOKEN] as unknown as Scripted);
    const { result } = await checkScripted({ script, logins: [password('me'), password('you')] });
    assert.equal(result.credential?.username, 'you');
    assert.equal(
      result.warnings[0]?.message,
      'The credentials for registry.example from ~/.docker/config.json were rejected; others were accepted. docker tries only one source and fails: renew them there, or remove them.',
    );
  });

  it('comes with the warnings of its sources, each once', async () => {
    const warnings: Warning[] = [{ code: 'helper-missing', message: 'docker-credential-x is missing' }];
    const credentials = {
      find: () => ({ credentials: (async function* (): AsyncGenerator<Credential> {})(), warnings }),
    };
    const { context } = scriptContext(withToken(TOKEN), { credentials });
    const result = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.deepEqual(result.warnings, warnings);
  });

  it('is not looked up if the registry is open', async () => {
    const credentials = { find: () => assert.fail('not looked up') };
    const { context } = scriptContext({ [MANIFEST]: SERVED }, { credentials });
    assert.equal((await checkTarget(context, target('registry.example/team/app:1'), never)).verdict, 'pullable');
  });
});

describe('the end of a check', () => {
  const hangs: CheckContext['credentials'] = {
    find: () => ({
      credentials: (async function* () {
        await new Promise(() => {});
      })(),
      warnings: [],
    }),
  };

  it('is its deadline, also while credentials are looked up', async () => {
    const clock = createFakeClock();
    const credentials: CheckContext['credentials'] = {
      find: (...question) => {
        setImmediate(() => clock.pass(30_000));
        return hangs.find(...question);
      },
    };
    const { context } = scriptContext({ [MANIFEST]: challenges('Basic realm="r"') }, { credentials, clock });
    const result = await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.equal(result.reason, 'unreachable');
    assert.equal(result.cause, 'timeout');
    assert.equal(result.message, 'The check did not finish within 30 s.');
    assert.equal(result.requests.length, 1);
  });

  it('is the reason of the abort', async () => {
    const abort = new AbortController();
    const { context } = scriptContext({ [MANIFEST]: challenges('Basic realm="r"') }, { credentials: hangs });
    const check = checkTarget(context, target('registry.example/team/app:1'), abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(check, /enough/);
  });

  it('is an exception only for a bug', async () => {
    const { context } = scriptContext({}, { credentials: hangs });
    await assert.rejects(checkTarget(context, target('registry.example/team/app:1'), never), /nothing is scripted/);
  });

  it('comes before the first request if the signal was aborted before', async () => {
    const { context, log } = scriptContext({ [MANIFEST]: SERVED });
    await assert.rejects(
      checkTarget(context, target('registry.example/team/app:1'), AbortSignal.abort(new Error('enough'))),
      /enough/,
    );
    assert.deepEqual(log, []);
  });

  it('leaves no listener on the signal', async () => {
    const { context } = scriptContext({ [MANIFEST]: SERVED });
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await checkTarget(context, target('registry.example/team/app:1'), signal);
    assert.equal(listeners, 0);
  });

  it('lets a hundred requests wait for it without a warning of Node.js', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const listen = ({ signal }: HttpRequest): Scripted => {
      for (let at = 0; at < 100; at += 1) signal.addEventListener('abort', () => {});
      return SERVED;
    };
    await checkScripted({ script: { [MANIFEST]: listen } });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });
});

describe('many checks of one run', () => {
  it('share a token', async () => {
    const { context, log } = scriptContext({
      [MANIFEST]: whenKnown(challenges(bearer('https://auth.registry.example/token')), SERVED),
      'https://auth.registry.example/token': { body: { token: 'abc' } },
    });
    for (let at = 0; at < 3; at += 1) await checkTarget(context, target('registry.example/team/app:1'), never);
    assert.deepEqual(
      log.map((line) => line.split('/')[2]),
      ['registry.example', 'auth.registry.example', 'registry.example', 'registry.example', 'registry.example'],
    );
  });
});
