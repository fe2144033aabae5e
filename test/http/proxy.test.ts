import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { selectProxy } from '../../src/http/proxy.ts';

const PROXY = 'http://proxy.example:3128';

/** What is used for the URL: the proxy's URL, `direct`, or the problem. */
function chosen(url: string, env: Record<string, string>): string {
  const selected = selectProxy(new URL(url), env);
  if (!selected.ok) return selected.error;
  return selected.value?.url.href ?? 'direct';
}

const isDirect = (url: string, noProxy: string): boolean =>
  chosen(url, { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY: noProxy }) === 'direct';

describe('selectProxy', () => {
  it('connects directly if nothing is set, or the setting is empty', () => {
    assert.equal(chosen('https://r.example/', {}), 'direct');
    assert.equal(chosen('https://r.example/', { HTTPS_PROXY: '', https_proxy: '' }), 'direct');
  });

  it('uses HTTPS_PROXY for https and HTTP_PROXY for http, in either case, upper case first', () => {
    const env = { HTTP_PROXY: 'http://plain.example', HTTPS_PROXY: 'http://secure.example' };
    assert.equal(chosen('https://r.example/', env), 'http://secure.example/');
    assert.equal(chosen('http://r.example/', env), 'http://plain.example/');
    assert.equal(chosen('https://r.example/', { http_proxy: PROXY }), 'direct');
    assert.equal(chosen('https://r.example/', { https_proxy: PROXY }), `${PROXY}/`);
    assert.equal(
      chosen('https://r.example/', { https_proxy: 'http://lower.example', HTTPS_PROXY: PROXY }),
      `${PROXY}/`,
    );
  });

  it('names the variable as it is spelled', () => {
    const variableIn = (env: Record<string, string>): unknown => {
      const selected = selectProxy(new URL('https://r.example/'), env);
      return selected.ok && selected.value?.variable;
    };
    assert.equal(variableIn({ HTTPS_PROXY: PROXY }), 'HTTPS_PROXY');
    assert.equal(variableIn({ https_proxy: PROXY }), 'https_proxy');
  });

  it('treats a setting without a scheme as an http proxy', () => {
    assert.equal(chosen('https://r.example/', { HTTPS_PROXY: 'proxy.example:3128' }), `${PROXY}/`);
    assert.equal(chosen('https://r.example/', { HTTPS_PROXY: 'https://proxy.example' }), 'https://proxy.example/');
  });

  it('names a setting it cannot use without quoting it, as it may contain a password', () => {
    assert.equal(chosen('https://r.example/', { HTTPS_PROXY: 'http://u:hunter2@[' }), 'HTTPS_PROXY is not a URL');
    assert.equal(
      chosen('http://r.example/', { HTTP_PROXY: 'socks5://u:hunter2@proxy.example' }),
      'HTTP_PROXY is a socks5 URL; only http and https proxies are supported',
    );
  });

  it('connects to a loopback registry directly, unless the proxy is on loopback as well', () => {
    for (const host of ['localhost:5000', '127.0.0.1:5000', '[::1]:5000', 'r.localhost']) {
      assert.equal(chosen(`http://${host}/`, { HTTP_PROXY: PROXY }), 'direct', host);
      assert.equal(chosen(`http://${host}/`, { HTTP_PROXY: 'socks5://127.0.0.1:1' }), 'direct', host);
      assert.equal(chosen(`http://${host}/`, { HTTP_PROXY: 'http://127.0.0.1:1' }), 'http://127.0.0.1:1/', host);
    }
  });
});

describe('NO_PROXY', () => {
  const cases: readonly [noProxy: string, url: string, direct: boolean][] = [
    ['*', 'https://r.example/', true],
    ['other.example, *', 'https://r.example/', true],
    ['r.example', 'https://r.example/', true],
    ['R.Example', 'https://r.example/', true],
    ['r.example', 'https://deep.r.example/', true],
    ['r.example', 'https://other-r.example/', false],
    ['r.example', 'https://r.example.evil/', false],
    ['.r.example', 'https://deep.r.example/', true],
    ['.r.example', 'https://r.example/', false],
    ['*.r.example', 'https://deep.r.example/', true],
    ['*.r.example', 'https://r.example/', false],
    ['a.example,, r.example ', 'https://r.example/', true],
    ['r.example:5000', 'https://r.example:5000/', true],
    ['r.example:5000', 'https://r.example/', false],
    ['r.example:443', 'https://r.example/', true],
    ['r.example:80', 'http://r.example/', true],
    ['10.0.0.1', 'https://10.0.0.1:5000/', true],
    ['10.0.0.1', 'https://10.0.0.10/', false],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000/', true],
    ['10.0.0.1:5000', 'https://10.0.0.1/', false],
    ['0.0.1', 'https://10.0.0.1/', false],
    ['10.0.0.0/8', 'https://10.200.3.4/', true],
    ['10.0.0.0/8', 'https://11.0.0.1/', false],
    ['10.0.0.0/8', 'https://r.example/', false],
    ['10.0.0.0/', 'https://11.0.0.1/', false],
    ['10.0.0.0/99', 'https://10.0.0.0/', false],
    ['10.0.0.0/x', 'https://10.0.0.0/', false],
    ['fd00::/8', 'https://[fd00::5]/', true],
    ['fd00:0:0::5', 'https://[fd00::5]:5000/', true],
    ['[fd00::5]', 'https://[fd00::5]:5000/', true],
    ['[fd00::5]:5000', 'https://[fd00::5]:5000/', true],
    ['[fd00::5]:5000', 'https://[fd00::5]/', false],
    [':5000', 'https://r.example:5000/', false],
    ['.', 'https://r.example/', false],
  ];
  for (const [noProxy, url, direct] of cases) {
    it(`"${noProxy}" ${direct ? 'covers' : 'does not cover'} ${url}`, () => {
      assert.equal(isDirect(url, noProxy), direct);
    });
  }

  it('is read in either case', () => {
    assert.equal(chosen('https://r.example/', { HTTPS_PROXY: PROXY, no_proxy: 'r.example' }), 'direct');
  });

  it('never throws, whatever is set', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (proxy, noProxy) => {
        chosen('https://r.example/', { HTTPS_PROXY: proxy, NO_PROXY: noProxy });
        chosen('http://[fd00::5]:5000/', { HTTP_PROXY: proxy, NO_PROXY: noProxy });
      }),
    );
  });
});
