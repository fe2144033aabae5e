import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { startServer } from '../../src/demo/server.ts';
import {
  type CancelOptions,
  createChecker,
  HINT_CODES,
  InvalidOptionError,
  type RequestRecord,
} from '../../src/index.ts';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { resultValidator } from '../support/result-validator.ts';
import { startRawServer } from '../support/servers.ts';

const ENV = { HOME: '/nonexistent' };

describe('createChecker of the library', () => {
  it('checks one image and many, in order', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createIndex([createImage(), createImage({ platform: 'linux/arm64' })]));
    const checker = createChecker({ env: ENV, platform: 'linux/arm64', timeout: '10s' });
    const image = `${registry.name}/shop/web:1`;
    assert.equal((await checker.check(image)).verdict, 'pullable');
    const verdicts: string[] = [];
    for await (const { input, verdict } of checker.checkAll([`${image}0`, image])) verdicts.push(`${input} ${verdict}`);
    await checker.close();
    assert.deepEqual(verdicts, [`${image}0 unpullable`, `${image} pullable`]);
  });

  it('sends credentials to the registries of the images', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: { me: 'secret' } });
    registry.put('private/app', '1', createImage());
    const checker = createChecker({ env: ENV, username: 'me', password: 'secret' });
    const { verdict, credential } = await checker.check(`${registry.name}/private/app:1`);
    await checker.close();
    assert.equal(verdict, 'pullable');
    assert.deepEqual(credential, { source: 'the username option', kind: 'password', username: 'me' });
  });

  it('sends them only to the given registries, if there are any', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: { me: 'secret' } });
    registry.put('private/app', '1', createImage());
    const options = { env: ENV, username: 'me', password: 'secret', registries: ['registry.test'] };
    const checker = createChecker(options);
    const { reason } = await checker.check(`${registry.name}/private/app:1`);
    await checker.close();
    assert.equal(reason, 'unauthorized');
    assert.ok(registry.log.every(({ headers }) => headers.authorization === undefined));
  });

  it('accepts only the listed token services', async () => {
    await using registry = await startRegistry({ auth: 'bearer', users: { me: 'secret' } });
    registry.put('private/app', '1', createImage());
    const ask = async (realms: Readonly<Record<string, string[]>>) => {
      const checker = createChecker({ env: ENV, username: 'me', password: 'secret', realms });
      const { verdict, cause } = await checker.check(`${registry.name}/private/app:1`);
      await checker.close();
      return `${verdict} ${cause}`;
    };
    assert.equal(await ask({ [registry.name]: ['auth.example'] }), 'undetermined bad-challenge');
    assert.ok(registry.log.every(({ path }) => path !== '/token'));
    assert.equal(await ask({ [registry.name]: ['127.0.0.1'], 'other.example': [] }), 'pullable null');
  });

  it('is closed at the end of a block', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    const image = `${registry.name}/shop/web:1`;
    const open = async () => {
      await using checker = createChecker({ env: ENV });
      assert.equal((await checker.check(image)).verdict, 'pullable');
      return checker;
    };
    const closed = await open();
    await assert.rejects(closed.check(image), { code: 'ERR_CHECKER_CLOSED' });
  });

  it('reports every request as it ends, and a pause', async () => {
    let isLimited = true;
    await using server = await startServer(() => {
      const status = isLimited ? 429 : 404;
      isLimited = false;
      return { status, headers: { 'retry-after': '1' } };
    });
    const requests: RequestRecord[] = [];
    const pauses: string[] = [];
    const startedMs = Date.now();
    await using checker = createChecker({
      env: ENV,
      plainHttp: true,
      onRequest: (request) => requests.push(request),
      onPause: ({ host, untilMs }) => pauses.push(`${host} ${untilMs > startedMs}`),
    });
    const result = await checker.check(`${server.name}/a:1`);
    assert.ok(requests.length >= 2);
    assert.deepEqual(requests, result.requests);
    assert.deepEqual(pauses, [`${server.name} true`]);
  });

  it('rejects with the reason of AbortSignal.timeout', async () => {
    await using server = await startRawServer();
    await using checker = createChecker({ env: ENV });
    const signal = AbortSignal.timeout(1);
    await assert.rejects(checker.check(`${server.name}/a:1`, { signal }), (error) => error === signal.reason);
    const all = async () => {
      for await (const _ of checker.checkAll([`${server.name}/a:1`], { signal }));
    };
    await assert.rejects(all(), { name: 'TimeoutError' });
  });

  it('shows hints without options of the command line', async () => {
    await using server = await startServer(() => ({ status: 200, body: '<html><title>Sign in</title></html>' }));
    await using checker = createChecker({ env: ENV, timeout: 2000, retries: 0 });
    for (const image of [`${server.name}/a:1`, 'localhost:1/a:1']) {
      const { hint, hintCode } = await checker.check(image);
      assert.ok(hintCode !== null && hintCode in HINT_CODES);
      assert.doesNotMatch(hint ?? '', / --[a-z]/);
    }
  });

  it('has a hint for a registry that is too slow', async () => {
    await using server = await startRawServer();
    await using checker = createChecker({ env: ENV, timeout: 100, retries: 0, plainHttp: true });
    const { hint, hintCode } = await checker.check(`${server.name}/a:1`);
    assert.deepEqual([hint, hintCode], ['If it is only slow, increase the timeout.', 'increase-timeout']);
  });

  it('advises to build nothing for a misspelled platform', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createIndex([createImage()]));
    await using checker = createChecker({ env: ENV });
    const input = { text: `${registry.name}/shop/web:1`, foundAt: [], platform: 'linux/amd46' };
    const { reason, hint } = await checker.check(input);
    assert.equal(reason, 'platform-missing');
    assert.equal(hint, 'linux/amd46 has an unknown architecture: check its spelling. Did you mean linux/amd64?');
  });

  it('has results that are valid against the JSON Schema, with every key', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    await using checker = createChecker({ env: ENV, timeout: '10s' });
    const validate = resultValidator();
    const images = [
      `${registry.name}/shop/web:1`,
      `${registry.name}/shop/web:2`,
      'NGINX',
      'localhost:1/a:1',
      { text: 'a:$TAG', foundAt: [{ source: 'a.yaml' }], skip: { reason: 'unresolved-variable', message: 'No.' } },
    ] as const;
    for await (const result of checker.checkAll(images)) {
      assert.ok(validate(result), JSON.stringify(validate.errors));
      assert.ok(Object.values(result).every((value) => value !== undefined));
      assert.ok(result.requests.every(({ error, status }) => (error === null) === (status !== null)));
    }
  });

  it('reads former spellings of options', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage());
    const former = { env: ENV, layers: true, platforms: ['linux/amd64'], timeoutMs: 10_000 };
    await using checker = createChecker(former);
    const { proof, selected } = await checker.check(`${registry.name}/shop/web:1`);
    assert.equal(proof, 'layers');
    assert.equal(selected?.length ?? 1, 1);
  });

  it('accepts the content of files as bytes', { skip: withoutOpenssl }, async () => {
    await using registry = await startRegistry({ tls: serverIdentity(), auth: 'basic', users: { me: 'secret' } });
    registry.put('private/app', '1', createImage());
    const auths = { [registry.name]: { auth: Buffer.from('me:secret').toString('base64') } };
    await using checker = createChecker({
      env: ENV,
      caFile: Buffer.from(authority().cert),
      authFile: Buffer.from(JSON.stringify({ auths })),
    });
    const { verdict, credential } = await checker.check(`${registry.name}/private/app:1`);
    assert.equal(verdict, 'pullable');
    assert.equal(credential?.username, 'me');
  });

  it('rejects what is no image', async () => {
    await using checker = createChecker({ env: ENV });
    const place = { text: 'a', foundAt: [] };
    const skip = { reason: 'ignored', message: 5 };
    const noImages = [
      5,
      {},
      null,
      ['a'],
      { ...place, platform: 'a/b/c/d' },
      { ...place, skip },
      { text: 'a', foundAt: 'b' },
    ];
    for (const input of [...noImages, { ...place, platfrom: 'linux/amd64' }]) {
      const rejected = checker.check(input as unknown as string);
      await assert.rejects(rejected, { name: 'InvalidOptionError', code: 'ERR_INVALID_OPTION' }, JSON.stringify(input));
    }
    const all = async (inputs: unknown) => {
      for await (const _ of checker.checkAll(inputs as string[]));
    };
    await assert.rejects(all('nginx'), /^InvalidOptionError: checkAll: inputs: expected an array/);
    await assert.rejects(all([5]), TypeError);
  });

  it('rejects what is no option of a check', async () => {
    await using checker = createChecker({ env: ENV });
    const rows: readonly [unknown, RegExp][] = [
      [{ signal: 1 }, /^check: signal: expected an AbortSignal, not 1\.$/],
      [{ sgnal: AbortSignal.timeout(1000) }, /^check: sgnal: there is no such option\./],
      [
        { platform: 'linux/amd64' },
        /^check: platform: there is no such option\. Other options are those of createChecker\.$/,
      ],
      [AbortSignal.timeout(1000), /^check: signal: pass it in an object: \{ signal \}\.$/],
      ['x', /^check: expected an object such as \{ signal \}, not a string\.$/],
    ];
    for (const [options, message] of rows) {
      const given = options as CancelOptions;
      await assert.rejects(checker.check('a', given), (error: unknown) => {
        assert.ok(error instanceof InvalidOptionError);
        assert.match(error.message, message);
        return true;
      });
      assert.throws(() => checker.checkAll(['a'], given), { code: 'ERR_INVALID_OPTION' });
    }
  });

  const LOGIN = { username: 'me', password: 'pw' };
  const wrong: readonly [object, RegExp][] = [
    [{ timeout: 'soon' }, /^createChecker: timeout: /],
    [{ timeout: '0s' }, /^createChecker: timeout: /],
    [{ timeout: 1e12 }, /^createChecker: timeout: 1000000000000 is too long; the maximum is 596h\.$/],
    [{ timeout: Number.NaN }, /^createChecker: timeout: expected milliseconds or a duration such as "10s", not NaN\.$/],
    [
      { timeout: '5s', timeoutMs: 5000 },
      /^createChecker: timeoutMs: it is the former name of timeout; use only timeout\.$/,
    ],
    [
      { platform: 'linux/amd46' },
      /^createChecker: platform: "linux\/amd46" has an unknown .* Did you mean linux\/amd64\?$/,
    ],
    [{ authFile: '{"auths":{}}' }, /^createChecker: authFile: a string is a path; pass the content as bytes: /],
    [{ retries: '2' }, /^createChecker: retries: expected an integer of at least 0, not "2"\.$/],
    [{ anonymous: 'yes' }, /^createChecker: anonymous: expected true or false, not "yes"\.$/],
    [{ key: Buffer.from('x') }, /^createChecker: key: requires cert, which is not set\.$/],
    [{ '': 1 }, /^createChecker: "": there is no such option\.$/],
    [[], /^createChecker: expected an object such as \{ proof \}, not an array\.$/],
    [new Map([['proof', 'head']]), /^createChecker: expected an object such as \{ proof \}, not a Map\.$/],
    [{ ...LOGIN, registries: ['https://ghcr.io'] }, /registries: "https:\/\/ghcr\.io" is not a .* Use "ghcr\.io"\.$/],
    [{ ...LOGIN, registries: ['ghcr.io/org'] }, /registries: "ghcr\.io\/org" is not a registry: .* Use "ghcr\.io"\.$/],
    [
      { ...LOGIN, registries: ['ghcr'] },
      /registries: "ghcr" is not a registry: expected host\[:port\], such as "ghcr\.io"\.$/,
    ],
    [{ ...LOGIN, registries: [] }, /^createChecker: registries: the array is empty; omit the option\.$/],
    [{ registries: ['ghcr.io'] }, /^createChecker: registries: requires username and password, which are not set\.$/],
    [{ ...LOGIN, anonymous: true }, /^createChecker: anonymous: cannot be combined with username\.$/],
    [{ authFile: 'a.json', anonymous: true }, /^createChecker: anonymous: cannot be combined with authFile\.$/],
    [{ realms: { 'https://r.example': [] } }, /^createChecker: realms: "https:\/\/r\.example" is not a registry/],
    [{ timeout: Number.POSITIVE_INFINITY }, /^createChecker: timeout: /],
    [{ timeout: 2 ** 31 }, /^createChecker: timeout: 2147483648 is too long; the maximum is 596h\.$/],
    [{ timeout: '600h' }, /^createChecker: timeout: "600h" is too long; the maximum is 596h\.$/],
    [{ platform: 'amd64/linux/x/y' }, /^createChecker: platform: /],
    [{ proof: 'deep' }, /^createChecker: proof: /],
    [{ username: 'me' }, /username and password must be given together/],
    [{ username: 'me\n', password: 'pw' }, /^createChecker: .* the user name contains a control character$/],
    [{ username: 'me', password: 'p\u0000w' }, /^createChecker: .* the password contains a control character$/],
    [{ realms: { 'r.example': ['https://auth.example'] } }, /^createChecker: realms: r.example: expected the host of/],
    [{ plainHtp: true }, /^createChecker: plainHtp: there is no such option\. Did you mean plainHttp\?$/],
    [{ platform: 'windows' }, /^createChecker: platform: "?windows/],
    [
      { platform: 5 },
      /^createChecker: platform: expected a platform such as "linux\/arm64", or an array of them, not 5\.$/,
    ],
    [{ proof: 'layer' }, /"layer" is unknown\. Did you mean layers\? Use one of: head, manifest, layers\.$/],
    [{ timeout: true }, /^createChecker: timeout: expected milliseconds or a duration such as "10s", not true\.$/],
    [{ timeout: 0 }, /^createChecker: timeout: must be greater than 0 milliseconds\.$/],
    [{ retries: -1 }, /^createChecker: retries: expected an integer of at least 0, not -1\.$/],
    [{ caFile: '/nonexistent.pem' }, /^createChecker: caFile: cannot read \/nonexistent\.pem: /],
    [{ caFile: Buffer.from('no PEM') }, /^createChecker: caFile: the content contains no PEM certificate/],
    [{ cert: Buffer.from('no PEM') }, /^createChecker: cert: the content contains no PEM certificate/],
    [{ password: 5, username: 'me' }, /^createChecker: password: expected a string, not 5\.$/],
    [{ onRequest: true }, /^createChecker: onRequest: expected a function, not true\.$/],
  ];
  for (const [options, message] of wrong) {
    it(`rejects ${inspect(options, { breakLength: Infinity })} with a message`, () => {
      assert.throws(
        () => createChecker(options),
        (error: unknown) => {
          assert.ok(error instanceof InvalidOptionError && error instanceof TypeError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
