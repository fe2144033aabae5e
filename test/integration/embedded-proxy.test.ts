// Through a proxy: its failures are reported as such.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson, requestsOf, runCommand } from '../support/command.ts';
import { startProxy } from '../support/proxy.ts';

const IMAGE = 'registry.example.com/team/app:v1';
const LOGIN = { username: 'ada', password: 'secret' };

describe('a proxy', () => {
  it('gets the requests to a registry over plain HTTP, by name', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage());
    await using proxy = await startProxy({ routes: { 'registry.example.com:80': registry.name } });
    const { result, exitCode } = await checkJson([IMAGE, '--plain-http'], { env: { HTTP_PROXY: proxy.origin } });
    assert.equal(exitCode, 0, result.message);
    assert.deepEqual(requestsOf(result), ['GET manifest 200']);
    assert.equal(registry.log[0]?.headers.host, 'registry.example.com');
    assert.deepEqual(
      proxy.log.map(({ method, target }) => `${method} ${target}`),
      ['GET http://registry.example.com/v2/team/app/manifests/v1'],
    );
  });

  for (const args of [[], ['--plain-http']]) {
    const how = args.length === 0 ? 'over https' : 'over http';

    it(`that requires a credential is the cause, and the hint says where to put it, ${how}`, async () => {
      await using proxy = await startProxy({ credential: LOGIN });
      const env = { HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin };
      const { result, exitCode } = await checkJson([IMAGE, ...args], { env });
      assert.deepEqual([exitCode, result.reason, result.cause], [5, 'unreachable', 'proxy']);
      assert.match(result.message, /407/);
      assert.match(`${result.hint}`, /HTTPS?_PROXY/);
    });

    it(`that is not there is the trouble, ${how}`, async () => {
      const proxy = await startProxy();
      await proxy.close();
      const env = { HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin };
      const { result, exitCode } = await checkJson([IMAGE, ...args], { env });
      assert.deepEqual([exitCode, result.reason, result.cause], [5, 'unreachable', 'proxy']);
      assert.match(`${result.hint}`, /HTTPS?_PROXY/);
    });
  }

  it('is not used for hosts in NO_PROXY', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage());
    await using proxy = await startProxy();
    const env = { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin, NO_PROXY: '127.0.0.0/8' };
    const { exitCode } = await checkJson([`${registry.name}/team/app:v1`], { env });
    assert.equal(exitCode, 0);
    assert.deepEqual(proxy.log, []);
  });
});

describe('a proxy setting that cannot be used is the trouble, and named:', () => {
  for (const setting of ['socks5://127.0.0.1:1080', 'http://127.0.0.1:99999', '://']) {
    for (const [name, args] of [
      ['HTTPS_PROXY', []],
      ['HTTP_PROXY', ['--plain-http']],
    ] as const) {
      it(`${name}=${setting}`, async () => {
        const { exitCode, stdout, stderr } = await runCommand(['check', IMAGE, ...args], { env: { [name]: setting } });
        assert.notEqual(exitCode, 0);
        assert.match(stdout + stderr, new RegExp(`\\b${name}\\b`));
        assert.doesNotMatch(stdout, /Cannot resolve|closed the connection/);
      });
    }
  }
});
