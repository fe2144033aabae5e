// From --verbose alone, without the report: the line that reveals each of twenty faults.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import {
  authority,
  expiredIdentity,
  filesOf,
  serverIdentity,
  withoutOpenssl,
  wrongNameIdentity,
} from '../support/certificates.ts';
import { runCommand } from '../support/command.ts';
import {
  captivePortal,
  corrupted,
  redirect,
  replyWith,
  tooManyRequests,
  unauthorized,
  unavailable,
} from '../support/faults.ts';
import { startNamedServer } from '../support/named-registry.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';
import { startRawServer } from '../support/servers.ts';
import { createHome, type Home } from '../support/temporary-folder.ts';

const USERS = { ada: 'right-password' };
const HOST = 'registry.example.com';
const WAF_PAGE = '<html><head><title>Attention Required!</title></head><body>blocked</body></html>';

/** A name without a server behind it: reserved by RFC 2606. */
const NOWHERE = 'registry.invalid';

describe('with -v, an expert finds', { skip: withoutOpenssl }, () => {
  let registry: EmbeddedRegistry;
  let proxy: TestProxy;
  let home: Home;
  const broken = createImage({ layers: 2, text: 'broken' });

  before(async () => {
    const access = (user: string | undefined, repository: string): boolean =>
      user !== undefined || !repository.startsWith('private/');
    const named = await startNamedServer({
      host: HOST,
      dialect: { auth: 'bearer', service: HOST },
      users: USERS,
      access,
    });
    registry = named.registry;
    proxy = await startProxy({ routes: named.routes });
    for (const name of ['web', 'portal', 'quota', 'loop', 'waf', 'down', 'busy', 'changed', 'other-token']) {
      registry.put(`shop/${name}`, '1', createImage({ text: name }));
    }
    registry.put('private/api', '1', createImage({ text: 'private' }));
    registry.put('shop/broken', '1', broken);
    registry.remove('shop/broken', broken.layers[1]?.digest ?? '');
    const manifests = (name: string) => ({ path: new RegExp(`^/v2/shop/${name}/manifests/`) });
    registry.inject(captivePortal(), manifests('portal'));
    registry.inject(
      {
        ...replyWith({ status: 429, body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"pull rate limit"}]}' }),
        headers: {
          'ratelimit-limit': '100;w=21600',
          'ratelimit-remaining': '0;w=21600',
          'docker-ratelimit-source': '203.0.113.9',
        },
      },
      manifests('quota'),
    );
    registry.inject(redirect('/v2/shop/loop/manifests/1', 301), manifests('loop'));
    const waf = { 'content-type': 'text/html', server: 'cloudflare', 'cf-ray': '8c1f0e2ab9d93c1e-FRA' };
    registry.inject(replyWith({ status: 403, headers: waf, body: WAF_PAGE }), manifests('waf'));
    registry.inject(unavailable(), manifests('down'));
    registry.inject(tooManyRequests('0.2'), manifests('busy'));
    registry.inject(corrupted(), manifests('changed'));
    registry.inject(
      unauthorized('Bearer realm="https://auth.example.com/token",service="x"'),
      manifests('other-token'),
    );
    home = createHome({
      'stale/config.json': { auths: { [HOST]: { auth: btoa('ada:old-password') } } },
      'helper/config.json': { credHelpers: { [HOST]: 'ecr-login' } },
    });
  });
  after(async () => {
    home[Symbol.dispose]();
    await proxy.close();
    await registry.close();
  });

  interface Staged {
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
  }

  /** Standard error, with -v. */
  async function stepsOf(args: readonly string[], { env, stdin = '' }: Staged = {}): Promise<string> {
    const trusted = ['--ca-file', filesOf(authority()).cert];
    const { stderr } = await runCommand(['check', '-v', '--no-cache', ...trusted, ...args], {
      env: { ...home.env, HTTPS_PROXY: proxy.origin, NO_PROXY: '127.0.0.1', LANG: 'C.UTF-8', ...env },
      stdin,
    });
    for (const secret of ['right-password', 'old-password', 'wrong-password']) assert.ok(!stderr.includes(secret));
    return stderr;
  }

  /** A registry on a loopback port of its own, with this certificate. */
  async function stepsOver(tls: ReturnType<typeof serverIdentity>, args: readonly string[] = []): Promise<string> {
    const own = await startRegistry({ tls });
    const { stderr } = await runCommand(['check', '-v', `${own.name}/app:1`, ...args], { env: home.env });
    await own.close();
    return stderr;
  }

  it('a missing tag', async () => {
    const steps = await stepsOf([`${HOST}/shop/web:9`]);
    assert.match(steps, /manifest {2}GET {3}404 .* https:\/\/registry\.example\.com\/v2\/shop\/web\/manifests\/9 /);
    assert.match(steps, /\n {25}body: .*MANIFEST_UNKNOWN/);
  });

  it('a stale login of a public image', async () => {
    const steps = await stepsOf([`${HOST}/shop/web:1`], { env: { DOCKER_CONFIG: `${home.path}/stale` } });
    assert.match(steps, /login {5}ada, password from ~\/stale\/config\.json\n/);
    assert.match(steps, /token {5}GET {3}401 .* as ada/);
    assert.match(steps, /token {5}GET {3}200 /);
  });

  it('a wrong password', async () => {
    const login = ['-u', 'ada', '--password-stdin'];
    const steps = await stepsOf([`${HOST}/private/api:1`, ...login], { stdin: 'wrong-password' });
    assert.match(steps, /token {5}GET {3}401 .*[?&]scope=repository:private\/api:pull .*· as ada/);
    assert.match(steps, /login {5}ada, password from --username\n/);
  });

  it('a token service that is down', async () => {
    const steps = await stepsOf([`${HOST}/shop/other-token:1`]);
    assert.match(steps, /www-authenticate: Bearer realm="https:\/\/auth\.example\.com\/token",service="x"/);
    assert.match(
      steps,
      /connect {3}https:\/\/auth\.example\.com · through proxy 127\.0\.0\.1:\d+, from HTTPS_PROXY .* 502/,
    );
  });

  it('a name that does not resolve', async () => {
    const steps = await stepsOf([`${NOWHERE}/app:1`], { env: { NO_PROXY: '*' } });
    assert.match(steps, /connect {3}https:\/\/registry\.invalid · dns .* getaddrinfo (?:ENOTFOUND|EAI_AGAIN)/);
  });

  it('a certificate for another host', async () => {
    const steps = await stepsOver(wrongNameIdentity(), ['--ca-file', filesOf(authority()).cert]);
    assert.match(
      steps,
      /connect {3}https:\/\/127\.0\.0\.1:\d+ · TLS 1\.3, http\/1\.1 · .*\(ERR_TLS_CERT_ALTNAME_INVALID\)\n {25}certificate .*, for elsewhere\.example\n/,
    );
  });

  it('an unknown authority', async () => {
    const steps = await stepsOver(serverIdentity());
    assert.match(steps, /\n {25}certificate server, by kairos-pull test authority, \d{4}-\d\d-\d\d to \d{4}/);
    assert.match(steps, /TLS 1\.3.*the certificate was not accepted \((?:UNABLE|SELF_SIGNED)/);
    assert.doesNotMatch(steps, /--insecure/);
  });

  it('an expired certificate', async () => {
    const steps = await stepsOver(expiredIdentity(), ['--ca-file', filesOf(authority()).cert]);
    assert.match(
      steps,
      /CERT_HAS_EXPIRED\)?\n {25}certificate expired, by kairos-pull test authority, \S+ to \d{4}-\d\d-\d\d/,
    );
  });

  it('plain HTTP on a TLS port', async () => {
    const plain = await startRegistry();
    const tunnel = await startProxy({ routes: { 'plain.example.com:443': plain.name } });
    const steps = await stepsOf(['plain.example.com/app:1'], { env: { HTTPS_PROXY: tunnel.origin } });
    await tunnel.close();
    await plain.close();
    assert.match(steps, /connect {3}https:\/\/plain\.example\.com .* tls \d.*(?:wrong version number|packet length)/i);
  });

  it('a host that accepts connections and stays silent', async () => {
    const silent = await startRawServer();
    const tunnel = await startProxy({ routes: { 'silent.example.com:443': silent.name } });
    const steps = await stepsOf(['silent.example.com/app:1', '--timeout', '200ms', '--retries', '0'], {
      env: { HTTPS_PROXY: tunnel.origin },
    });
    await tunnel.close();
    await silent.close();
    assert.match(steps, /GET {3}--- .* not sent · TLS handshake timed out\n/);
    assert.match(steps, /connect {3}https:\/\/silent\.example\.com · .* tls \d+ ms · /);
  });

  it('the page of a captive portal', async () => {
    const steps = await stepsOf([`${HOST}/shop/portal:1`]);
    assert.match(steps, /manifest {2}GET {3}200 .*\n {25}content-type: text\/html.*\n {25}page: "/);
  });

  it('a proxy that requires a login', async () => {
    const strict = await startProxy({ credential: { username: 'p', password: 'secret' } });
    const steps = await stepsOf([`${HOST}/shop/web:1`], { env: { HTTPS_PROXY: strict.origin } });
    await strict.close();
    assert.match(steps, /through proxy 127\.0\.0\.1:\d+, from HTTPS_PROXY · .*the proxy returned 407/);
  });

  it('an exhausted quota', async () => {
    const steps = await stepsOf([`${HOST}/shop/quota:1`]);
    assert.match(
      steps,
      /GET {3}429 .*\n {25}.*ratelimit-remaining: 0;w=21600 · docker-ratelimit-source: 203\.0\.113\.9/,
    );
  });

  it('a missing layer', async () => {
    const steps = await stepsOf([`${HOST}/shop/broken:1`, '--layers']);
    assert.match(steps, new RegExp(`blob {6}HEAD {2}404 .*/v2/shop/broken/blobs/${broken.layers[1]?.digest} `));
  });

  it('a redirect loop', async () => {
    const steps = await stepsOf([`${HOST}/shop/loop:1`]);
    assert.match(steps, /redirect {2}301 to https:\/\/registry\.example\.com\/v2\/shop\/loop\/manifests\/1\n/);
  });

  it('a firewall of web requests', async () => {
    const steps = await stepsOf([`${HOST}/shop/waf:1`]);
    assert.match(
      steps,
      /GET {3}403 .*\n.*server: cloudflare · cf-ray: 8c1f0e2ab9d93c1e-FRA.*\n.*page: "Attention Required!"/,
    );
  });

  it('a registry that is unavailable, and every attempt', async () => {
    const steps = await stepsOf([`${HOST}/shop/down:1`]);
    assert.match(steps, /GET {3}503 [\s\S]*wait {6}\d+ ms for registry\.example\.com: 503\n[\s\S]*attempt 3/);
  });

  it('how long a registry asks to wait', async () => {
    const steps = await stepsOf([`${HOST}/shop/busy:1`]);
    assert.match(steps, /GET {3}429 .*\n {25}.*retry-after: 0\.2/);
    assert.match(
      steps,
      /wait {6}200 ms for registry\.example\.com: (?:429, retry-after: 0\.2|the host is rate limiting)\n/,
    );
  });

  it('content that is not what its digest says', async () => {
    const steps = await stepsOf([`${HOST}/shop/changed:1`]);
    assert.match(steps, /the content is sha256:[0-9a-f]{64}, but: docker-content-digest sha256:[0-9a-f]{64}\n/);
  });

  it('a credential helper that is missing', async () => {
    const steps = await stepsOf([`${HOST}/private/api:1`], { env: { DOCKER_CONFIG: `${home.path}/helper` } });
    assert.match(steps, /helper {4}docker-credential-ecr-login is not on the PATH for registry\.example\.com/);
    assert.match(
      steps,
      /login {5}none for registry\.example\.com: nothing for it in ~\/helper\/config\.json; no file /,
    );
  });

  it('that /v2/ was not requested again, and what it had returned', async () => {
    const open = await startRegistry();
    try {
      const images = [`${open.name}/shop/gone:1`, `${open.name}/shop/gone:2`];
      const steps = await stepsOf([...images, '--concurrency', '1', '--no-cache']);
      assert.equal(steps.match(/ ping {6}GET /g)?.length, 1, steps);
      assert.match(steps, new RegExp(`\\n\\S+ {2}memory {4}${open.name}: /v2/: returned 200 \\(from this run\\)\\n`));
    } finally {
      await open.close();
    }
  });

  it('every header with -vv, and no secret', async () => {
    const login = ['-u', 'ada', '--password-stdin', '-vv'];
    const steps = await stepsOf([`${HOST}/private/api:1`, ...login], { stdin: 'right-password' });
    assert.match(steps, /\n {25}> user-agent: kairos-pull\n/);
    assert.match(steps, /\n {25}> authorization: Basic \*\*\*\n/);
    assert.match(steps, /\n {25}> authorization: Bearer \*\*\*\n/);
    assert.match(steps, /\n {25}< docker-content-digest: sha256:/);
    assert.match(steps, /manifest {2}GET {3}200 .* token of ada/);
    assert.doesNotMatch(steps, /eyJ|YWRhOn/);
  });
});
