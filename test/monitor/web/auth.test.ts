import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { hashSync } from 'bcryptjs';
import { createPasswordCheck } from '../../../src/monitor/web/password-check.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { problemOf, startWebScene } from './web-scene.ts';

const hash = (password: string): string => hashSync(password, 4).replace('$2b$', '$2y$');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

async function startProtected({
  publicRead = false,
  token = 's3cret\n',
  users = `# ops\nada:${hash('löve:lace')}\n`,
} = {}) {
  const folder = createTemporaryFolder({ token, users });
  const [bearerTokenFile, basicFile] = [`${folder.path}/token`, `${folder.path}/users`];
  const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', body: 'kairos_pull_build_info 1\n' });
  const web = await startWebScene({ auth: { bearerTokenFile, basicFile, publicRead }, metrics });
  const status = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await web.ask(path, { method, headers })).status;
  const dispose = async (): Promise<void> => {
    await web[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  };
  return { ...web, folder, status, [Symbol.asyncDispose]: dispose };
}

const PATHS = [
  ...['/api/v1/summary', '/api/v1/resources', '/api/v1/resources/image-api', '/api/v1/resources/image-api/checks'],
  ...['/api/v1/resources/image-api/timeline', '/api/v1/resources/image-api/timeline.csv', '/api/v1/uptime.csv'],
  ...['/api/v1/outages', '/api/v1/events', '/api/v1/stream', '/resources/image-api/health', '/badge/image-api.svg'],
];

describe('credentials', () => {
  it('are required for everything but /healthz and /readyz', async () => {
    await using web = await startProtected();
    for (const path of [...PATHS, '/metrics', '/', '/none', '/api/v1/none', '//healthz', '/healthz/']) {
      const answered = await web.ask(path);
      assert.equal(problemOf(answered).status, 401, path);
      assert.match(answered.headers['www-authenticate'] ?? '', /^Basic realm="kairos-pull", charset="UTF-8", Bearer/);
    }
    assert.equal(await web.status('/api/v1/resources/image-api/check', { 'x-kairos-pull': '1' }, 'POST'), 401);
    assert.equal(await web.status('/api/v1/summary', {}, 'DELETE'), 401);
    assert.deepEqual(web.monitor.requested, []);
    assert.deepEqual([await web.status('/healthz'), await web.status('/readyz')], [200, 200]);
  });

  it('may be a bearer token, the token as Basic password of any user, or a user of the htpasswd file', async () => {
    await using web = await startProtected();
    for (const headers of [
      bearer('s3cret'),
      { authorization: 'bearer  s3cret' },
      basic('', 's3cret'),
      basic('browser', 's3cret'),
      basic('ada', 'löve:lace'),
    ]) {
      assert.equal(await web.status('/api/v1/summary', headers), 200, headers.authorization);
      assert.equal(await web.status('/metrics', headers), 200, headers.authorization);
      const post = { ...headers, 'x-kairos-pull': '1' };
      assert.equal(await web.status('/api/v1/resources/image-api/check', post, 'POST'), 202, headers.authorization);
    }
  });

  it('are refused when they are wrong, incomplete or repeated', async () => {
    await using web = await startProtected();
    for (const authorization of [
      ...[
        'Bearer',
        'Bearer s3cre',
        'Bearer s3cret2',
        'Bearer s3cret s3cret',
        's3cret',
        'Token s3cret',
        'Basic',
        'Basic ?',
      ],
      ...[
        basic('ada', 'lovelace').authorization,
        basic('eve', 'löve:lace').authorization,
        basic('ada', '').authorization,
      ],
      ...[basic('# ops', '').authorization, `Bearer ${'x'.repeat(9_000)}`, `Basic ${'QQ=='.repeat(2_000)}`],
      basic('ada', 'x'.repeat(100)).authorization,
    ]) {
      assert.equal(await web.status('/api/v1/summary', { authorization }), 401, authorization.slice(0, 60));
    }
    const twice = await web.raw(
      `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\nConnection: close\r\nAuthorization: Bearer no\r\nAuthorization: Bearer s3cret\r\n\r\n`,
    );
    assert.match(twice, /^HTTP\/1\.1 401 /);
  });

  it('are not required to read with publicRead, except for /metrics and to request a check', async () => {
    await using web = await startProtected({ publicRead: true });
    for (const path of PATHS) assert.equal(await web.status(path, {}, 'HEAD'), 200, path);
    assert.equal(await web.status('/metrics'), 401);
    assert.equal(await web.status('/metrics', {}, 'HEAD'), 401);
    assert.equal(await web.status('/metrics', bearer('s3cret')), 200);
    const check = '/api/v1/resources/image-api/check';
    assert.equal(await web.status(check, { 'x-kairos-pull': '1' }, 'POST'), 401);
    assert.equal(await web.status(check, { 'x-kairos-pull': '1', ...bearer('s3cret') }, 'POST'), 202);
  });

  it('are those of the files now', async () => {
    await using web = await startProtected();
    assert.equal(await web.status('/api/v1/summary', bearer('s3cret')), 200);
    assert.equal(await web.status('/api/v1/summary', basic('ada', 'löve:lace')), 200);
    web.folder.write('token', 'r0tate');
    web.folder.write('users', `ada:${hash('changed')}\ngrace:${hash('hopper')}`);
    assert.equal(await web.status('/api/v1/summary', bearer('s3cret')), 401);
    assert.equal(await web.status('/api/v1/summary', bearer('r0tate')), 200);
    assert.equal(await web.status('/api/v1/summary', basic('ada', 'löve:lace')), 401);
    assert.equal(await web.status('/api/v1/summary', basic('grace', 'hopper')), 200);
    assert.deepEqual(web.log, []);
  });

  it('are refused while their file cannot be read, and the log says so once', async () => {
    await using web = await startProtected();
    const tokenFile = `${web.folder.path}/token`;
    rmSync(tokenFile);
    for (let count = 0; count < 3; count += 1) assert.equal(await web.status('/api/v1/summary', bearer('s3cret')), 401);
    assert.equal(await web.status('/api/v1/summary', basic('ada', 'löve:lace')), 200);
    assert.deepEqual(web.log, [
      `cannot read ${tokenFile}: no such file or directory; its credentials are refused until that is fixed`,
    ]);
    web.folder.write('token', 'again');
    assert.equal(await web.status('/api/v1/summary', bearer('again')), 200);
    assert.equal(web.log.at(-1), `${tokenFile} can be used again`);
  });

  it('are refused while their file has a mistake, and the log names its line from the start', async () => {
    for (const [files, problem] of [
      [{ token: ' \n' }, 'token: it is empty'],
      [{ token: 'two words' }, 'token: a token is one line of ASCII characters without spaces'],
      [{ users: '' }, 'users: it has no users'],
      [{ users: `ada:${hash('a')}\neve` }, 'users: line 2 is not user:hash'],
      [
        { users: 'ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=' },
        'users: line 1 is not a bcrypt hash; write it with htpasswd -B',
      ],
      [{ users: `ada:$2y$31$${'a'.repeat(53)}` }, 'users: line 1 has the bcrypt cost 31; use 4 to 17'],
    ] as const) {
      await using web = await startProtected(files);
      assert.equal(web.log.length, 1);
      assert.ok(web.log[0]?.includes(problem), web.log[0]);
      for (const headers of [basic('ada', 'a'), bearer(''), basic('ada', ''), bearer('two words')]) {
        assert.equal(await web.status('/api/v1/summary', headers), 401);
      }
    }
  });
});

describe('a password', () => {
  const hashes = new Map([['ada', 'the hash']]);

  it('that matched is not compared again, until its hash changes', async () => {
    const compared: string[] = [];
    const matches = async (password: string, against: string) => compared.push(against) > 0 && password === 'right';
    const passwords = createPasswordCheck({ matches, close: async () => {} });
    assert.equal(await passwords.check('ada', 'right', hashes), 'match');
    assert.equal(await passwords.check('ada', 'right', hashes), 'match');
    assert.deepEqual(compared, ['the hash']);
    await passwords.check('ada', 'right', new Map([['ada', 'another hash']]));
    assert.deepEqual(compared, ['the hash', 'another hash']);
  });

  it('of an unknown user takes a comparison too, and never matches', async () => {
    let compared = 0;
    const passwords = createPasswordCheck({ matches: async () => ++compared > 0, close: async () => {} });
    assert.equal(await passwords.check('eve', 'right', hashes), 'mismatch');
    assert.equal(await passwords.check('eve', 'right', hashes), 'mismatch');
    assert.equal(compared, 2);
  });

  it('is refused without a comparison while many others wait', async () => {
    const answers: ((matches: boolean) => void)[] = [];
    const matches = () => new Promise<boolean>((resolve) => answers.push(resolve));
    const passwords = createPasswordCheck({ matches, close: async () => {} });
    const first = Array.from({ length: 16 }, (_, index) => passwords.check('ada', `guess ${index}`, hashes));
    assert.equal(await passwords.check('ada', 'right', hashes), 'busy');
    for (const answer of answers) answer(false);
    assert.deepEqual(new Set(await Promise.all(first)), new Set(['mismatch']));
  });
});
