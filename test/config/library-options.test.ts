import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { createChecker } from '../../src/index.ts';

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
    assert.deepEqual(credential, { source: '--username', kind: 'password', username: 'me' });
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

  const wrong: readonly [object, RegExp][] = [
    [{ timeout: 'soon' }, /^createChecker: timeout: /],
    [{ timeout: '0s' }, /^createChecker: timeout: /],
    [{ timeoutMs: 1e12 }, /^createChecker: timeoutMs: 1000000000000 is too long; the maximum is 596h\.$/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, /^createChecker: timeoutMs: /],
    [{ timeout: 2 ** 31 }, /^createChecker: timeout: 2147483648 is too long; the maximum is 596h\.$/],
    [{ timeout: '600h' }, /^createChecker: timeout: "600h" is too long; the maximum is 596h\.$/],
    [{ platform: 'amd64/linux/x/y' }, /^createChecker: platform: /],
    [{ proof: 'deep' }, /^createChecker: proof: /],
    [{ username: 'me' }, /username and password must be given together/],
    [{ username: 'me\n', password: 'pw' }, /^createChecker: .* the user name contains a control character$/],
    [{ username: 'me', password: 'p\u0000w' }, /^createChecker: .* the password contains a control character$/],
    [{ realms: { 'r.example': ['https://auth.example'] } }, /^createChecker: realms.r.example.0: expected the host of/],
    [{ plainHtp: true }, /plainHtp/],
  ];
  for (const [options, message] of wrong) {
    it(`rejects ${JSON.stringify(options)} with a message`, () => {
      assert.throws(
        () => createChecker(options),
        (error: unknown) => error instanceof TypeError && message.test(error.message),
      );
    });
  }
});
