import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Warning } from '../../src/core/result.ts';
import {
  type CredentialChain,
  type CredentialChainOptions,
  createCredentialChain,
} from '../../src/credentials/credential-chain.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { ANY_HELPER, createLoginHome, EMPTY_HELPER } from '../support/login-home.ts';
import { requirePosix } from '../support/require-programs.ts';

const auth = (login: string): { auth: string } => ({ auth: Buffer.from(login).toString('base64') });
const config = (login: string, key = 'r.test'): unknown => ({ auths: { [key]: auth(login) } });

interface Found {
  /** `user from source`, in order. */
  readonly logins: string[];
  readonly warnings: readonly Warning[];
}

async function findAll(chain: CredentialChain, registry = 'r.test', repository = 'org/app'): Promise<Found> {
  const { credentials, warnings } = chain.find(registry, repository);
  const logins: string[] = [];
  for await (const { kind, username, source } of credentials) logins.push(`${username ?? kind} from ${source}`);
  return { logins, warnings };
}

const find = (options: CredentialChainOptions, registry?: string, repository?: string): Promise<Found> =>
  findAll(createCredentialChain(options), registry, repository);

const login = (registry: string) => ({ username: 'hand', password: new Secret('pw'), registries: [registry] });

describe('createCredentialChain', () => {
  it('asks the places in their order and offers every login', async () => {
    using home = createLoginHome({
      'named.json': config('named:1'),
      'run/containers/auth.json': config('runtime:2'),
      'xdg/containers/auth.json': config('config:3'),
      'docker/config.json': config('docker:4'),
      '.dockercfg': { 'r.test': auth('legacy:5') },
      '.docker/config.json': config('unused:6'),
      '.config/containers/auth.json': config('unused:7'),
    });
    const env = {
      ...home.env,
      DOCKER_AUTH_CONFIG: JSON.stringify(config('variable:0')),
      REGISTRY_AUTH_FILE: `${home.folder}/named.json`,
      XDG_CONFIG_HOME: `${home.folder}/xdg`,
      DOCKER_CONFIG: `${home.folder}/docker`,
    };
    assert.deepEqual(await find({ env }), {
      logins: [
        'variable from $DOCKER_AUTH_CONFIG',
        'named from ~/named.json',
        'runtime from ~/run/containers/auth.json',
        'config from ~/xdg/containers/auth.json',
        'docker from ~/docker/config.json',
        'legacy from ~/.dockercfg',
      ],
      warnings: [],
    });
  });

  it('knows the default places when no variable names them', async () => {
    using home = createLoginHome({
      '.config/containers/auth.json': config('podman:1'),
      '.docker/config.json': config('docker:2'),
    });
    const env = { ...home.env, XDG_CONFIG_HOME: '', DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '', DOCKER_AUTH_CONFIG: '' };
    const expected = ['podman from ~/.config/containers/auth.json', 'docker from ~/.docker/config.json'];
    assert.deepEqual(await find({ env }), { logins: expected, warnings: [] });
    assert.deepEqual(await find({ env: { ...env, HOME: '/nowhere' }, homeFolder: home.folder }), {
      logins: expected,
      warnings: [],
    });
  });

  it('uses a login given by hand for the registries it was given for, and then no other', async () => {
    using home = createLoginHome({
      '.docker/config.json': { auths: { 'r.test': auth('a:1'), 'docker.io': auth('b:2') } },
    });
    const options = { env: home.env, login: { ...login('r.test'), registries: ['r.test', 'docker.io'] } };
    assert.deepEqual((await find(options)).logins, ['hand from --username']);
    assert.deepEqual((await find(options, 'docker.io')).logins, ['hand from --username']);
    assert.deepEqual((await find(options, 'r.test:5000')).logins, []);
    assert.deepEqual((await find({ ...options, login: login('other.test') })).logins, ['a from ~/.docker/config.json']);
  });

  it('does not let another login answer for the one in --auth-file', async () => {
    using home = createLoginHome({
      'pull.json': { auths: { 'r.test': auth('asked:1'), 'r.test/org': auth('narrow:2') } },
      '.docker/config.json': { auths: { 'r.test': auth('stored:3'), 'quay.io': auth('stored:4') } },
    });
    const options = { env: home.env, authFile: `${home.folder}/pull.json` };
    assert.deepEqual((await find(options)).logins, ['narrow from ~/pull.json (r.test/org)', 'asked from ~/pull.json']);
    assert.deepEqual((await find(options, 'quay.io')).logins, ['stored from ~/.docker/config.json']);
  });

  it('uses pull secrets for the registries they name, all of them before any other login, and those found later', async () => {
    using home = createLoginHome({ '.docker/config.json': { auths: { 'r.test': auth('stored:1') } } });
    const found = (name: string, document: object) => ({
      secret: {
        kind: 'Secret',
        type: 'kubernetes.io/dockerconfigjson',
        metadata: { name },
        stringData: { '.dockerconfigjson': JSON.stringify(document) },
      },
      file: 'pod.yaml',
    });
    const pullSecrets = [found('wide', { auths: { 'r.test': auth('wide:2') } })];
    const options = { env: home.env, pullSecrets };
    const chain = createCredentialChain(options);
    const login = async () => {
      const first = await chain.find('r.test', 'org/app').credentials[Symbol.asyncIterator]().next();
      return first.value?.source;
    };
    assert.equal(await login(), 'Secret/wide in pod.yaml');
    pullSecrets.push(found('narrow', { auths: { 'r.test/org': auth('narrow:3') } }));
    assert.equal(await login(), 'Secret/narrow in pod.yaml (r.test/org)');
    assert.deepEqual((await find(options)).logins, [
      'narrow from Secret/narrow in pod.yaml (r.test/org)',
      'wide from Secret/wide in pod.yaml',
    ]);
    assert.deepEqual(await find(options, 'other.test'), { logins: [], warnings: [] });
    assert.deepEqual(await find({ ...options, anonymous: true }), { logins: [], warnings: [] });
  });

  it('tells what is wrong with a pull secret without showing it', async () => {
    using home = createLoginHome({ '.docker/config.json': { auths: { 'r.test': auth('stored:1') } } });
    const data = { '.dockerconfigjson': 'c2VjcmV0' };
    const secret = { kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata: { name: 'regcred' }, data };
    const { logins, warnings } = await find({ env: home.env, pullSecrets: [{ secret, file: 'pod.yaml' }] });
    assert.deepEqual(logins, ['stored from ~/.docker/config.json']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? '', /^--use-pull-secrets: Secret\/regcred in pod\.yaml: /);
    assert.doesNotMatch(JSON.stringify(warnings), /c2VjcmV0|"secret"/);
  });

  it('takes a login from KAIROS_PULL_USERNAME, _PASSWORD and _REGISTRY together', async () => {
    using home = createLoginHome();
    const env = { ...home.env, KAIROS_PULL_USERNAME: 'ci', KAIROS_PULL_PASSWORD: 'pw' };
    const complete = { ...env, KAIROS_PULL_REGISTRY: 'https://index.docker.io/v1/' };
    assert.deepEqual((await find({ env: complete }, 'docker.io')).logins, ['ci from $KAIROS_PULL_PASSWORD']);
    assert.deepEqual(await find({ env: complete }), { logins: [], warnings: [] });
    assert.deepEqual(await find({ env }), {
      logins: [],
      warnings: [
        {
          code: 'credentials-file',
          message: '$KAIROS_PULL_PASSWORD: it needs $KAIROS_PULL_REGISTRY beside it; no login was taken from it',
        },
      ],
    });
  });

  it('uses nothing at all when told to be anonymous', async () => {
    using home = createLoginHome({ '.docker/config.json': { ...(config('a:1') as object), credsStore: 'x' } });
    home.addHelper('x', ANY_HELPER);
    assert.deepEqual(await find({ env: home.env, login: login('r.test'), anonymous: true }), {
      logins: [],
      warnings: [],
    });
    assert.deepEqual(home.readAsked(), []);
  });

  it('reads no file before a credential is asked for, and each file once', async () => {
    using home = createLoginHome({ '.docker/config.json': '{' });
    const chain = createCredentialChain({ env: home.env });
    const { credentials } = chain.find('r.test');
    home.write('.docker/config.json', config('a:1'));
    assert.equal((await credentials[Symbol.asyncIterator]().next()).value?.username, 'a');
    unlinkSync(`${home.folder}/.docker/config.json`);
    assert.deepEqual((await findAll(chain)).logins, ['a from ~/.docker/config.json']);
  });

  it('runs a helper only when the credential before it was refused, and once for a server', async () => {
    using home = createLoginHome({
      '.docker/config.json': { auths: { 'r.test/org': auth('a:1') }, credsStore: 'x', credHelpers: { 'b.test': 'x' } },
    });
    home.addHelper('x', ANY_HELPER);
    const chain = createCredentialChain({ env: home.env });
    for await (const credential of chain.find('r.test', 'org/app').credentials) {
      assert.equal(credential.username, 'a');
      break;
    }
    assert.deepEqual(home.readAsked(), []);
    const both = ['a from ~/.docker/config.json (r.test/org)', 'any from docker-credential-x (~/.docker/config.json)'];
    assert.deepEqual((await findAll(chain)).logins, both);
    assert.deepEqual((await findAll(chain)).logins, both);
    assert.deepEqual(home.readAsked(), ['r.test']);
  });

  it('tells the place inside the file when the key is not simply the registry', async () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'regcred' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify(config('a:1', '*.azurecr.io')) },
    };
    using home = createLoginHome({ 'secret.json': secret });
    const options = { env: home.env, authFile: `${home.folder}/secret.json` };
    assert.deepEqual((await find(options, 'team.azurecr.io')).logins, [
      'a from ~/secret.json (Secret regcred, *.azurecr.io)',
    ]);
  });

  it('offers the same login once: a refused one is not sent again', async () => {
    using home = createLoginHome({
      '.docker/config.json': {
        auths: { 'r.test': auth('a:1'), 'https://r.test': auth('a:1'), 'r.test/org': auth('a:2') },
      },
      '.dockercfg': { 'r.test': auth('a:1') },
    });
    assert.deepEqual((await find({ env: home.env })).logins, [
      'a from ~/.docker/config.json (r.test/org)',
      'a from ~/.docker/config.json',
    ]);
  });

  it('goes on past unusable files and says which and why', async () => {
    using home = createLoginHome({
      'run/containers/auth.json': '{\n"auths": {\n',
      '.config/containers/auth.json': '\uFEFF{}',
      '.docker/config.json': { auths: { 'r.test': { auth: 'dXNlcg==' }, 'other.test': { auth: '!' } }, credsStore: 1 },
      '.dockercfg': { 'r.test': auth('last:1') },
    });
    const env = { ...home.env, DOCKER_AUTH_CONFIG: 'r.test', REGISTRY_AUTH_FILE: `${home.folder}/missing.json` };
    const messages = [
      '$DOCKER_AUTH_CONFIG: it is neither JSON nor a Kubernetes Secret; no login was taken from it',
      '~/missing.json: there is no such file, or nothing in it; no login was taken from it',
      '~/run/containers/auth.json: it is not valid JSON (line 2); no login was taken from it',
      '~/.config/containers/auth.json: it starts with a byte order mark, which docker and podman refuse; no login was taken from it',
      '~/.docker/config.json: its "credsStore" is not a string',
      '~/.docker/config.json: the entry "r.test" is not usable, its "auth" has no colon between user name and password; log in again',
    ];
    assert.deepEqual(await find({ env }), {
      logins: ['last from ~/.dockercfg'],
      warnings: messages.map((message) => ({ code: 'credentials-file', message })),
    });
  });

  it('goes on without logins that cannot be sent, wherever they come from, and says where they are', async () => {
    using home = createLoginHome({
      'run/containers/auth.json': { credHelpers: { 'r.test': 'odd' }, auths: { 'r.test': auth('a\r\nb:1') } },
      '.docker/config.json': { auths: { 'r.test': { registrytoken: 'to\r\nken' }, 'r.test/org': auth('a:\u001b') } },
      '.dockercfg': { 'r.test': auth('last:1') },
    });
    home.addHelper('odd', `#!/bin/sh\nprintf '{"Username":"<token>","Secret":"to\\\\u0000ken"}'\n`);
    const env = {
      ...home.env,
      KAIROS_PULL_USERNAME: 'me\n',
      KAIROS_PULL_PASSWORD: 'pw',
      KAIROS_PULL_REGISTRY: 'r.test',
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { 'r.test': { identitytoken: 'ref\nresh' } } }),
    };
    const left = 'went on without it: correct it there';
    const token = 'has a character that no token has, such as';
    const messages = [
      `$KAIROS_PULL_PASSWORD: the login for "r.test" cannot be sent: the user name has a control character; ${left}`,
      `$DOCKER_AUTH_CONFIG: the login for "r.test" cannot be sent: the identity token ${token} a line break; ${left}`,
      `~/run/containers/auth.json: docker-credential-odd has a login for "r.test" that cannot be sent: the identity token ${token} a line break; ${left}`,
      `~/run/containers/auth.json: the login for "r.test" cannot be sent: the user name has a control character; ${left}`,
      `~/.docker/config.json: the login for "r.test/org" cannot be sent: the password has a control character; ${left}`,
      `~/.docker/config.json: the login for "r.test" cannot be sent: the registry token ${token} a blank or a line break; ${left}`,
    ];
    assert.deepEqual(await find({ env }), {
      logins: ['last from ~/.dockercfg'],
      warnings: messages.map((message) => ({ code: 'credentials-file', message })),
    });
  });

  it('goes on without a missing or broken helper and says what to do', async () => {
    using home = createLoginHome({
      'run/containers/auth.json': { credHelpers: { 'docker.io': 'kp-missing', 'r.test': '../evil' } },
      '.docker/config.json': { credsStore: 'broken', auths: { 'docker.io': auth('file:1') } },
    });
    home.addHelper('broken', '#!/bin/sh\nexit 1\n');
    const hub = await find({ env: home.env }, 'docker.io', 'library/nginx');
    assert.deepEqual(hub, {
      logins: ['file from ~/.docker/config.json'],
      warnings: [
        {
          code: 'helper-missing',
          message:
            'docker-credential-kp-missing, which ~/run/containers/auth.json names for docker.io, is not on the PATH; went on without it: install it, or take it out of ~/run/containers/auth.json',
        },
        {
          code: 'helper-failed',
          message:
            'docker-credential-broken, which ~/.docker/config.json names for docker.io, exited with code 1; went on without it: to see why, run echo https://index.docker.io/v1/ | docker-credential-broken get',
        },
      ],
    });
    assert.match(
      (await find({ env: home.env })).warnings[0]?.message ?? '',
      /^docker-credential-\.\.\/evil, .* has a name/,
    );
  });

  it('warns of nothing when a helper just has no login', async () => {
    using home = createLoginHome({ '.docker/config.json': { credsStore: 'none' } });
    home.addHelper('none', EMPTY_HELPER);
    assert.deepEqual(await find({ env: home.env }), { logins: [], warnings: [] });
    assert.deepEqual(home.readAsked(), ['r.test']);
  });

  it('reads --auth-file from a pipe', { skip: requirePosix() }, async () => {
    using home = createLoginHome({ 'auth.json': config('piped:1') });
    const main = new URL('../../src/credentials/find-credential.js', import.meta.url).href;
    // The pipe stays silent until the reader is under way and opens the gate.
    const code = `const { findCredential } = await import(${JSON.stringify(main)});
      const { writeFileSync } = await import('node:fs');
      const finding = findCredential({ registry: 'r.test', files: [process.argv[1]] });
      writeFileSync('gate', 'go');
      console.log((await finding).username)`;
    const script = 'mkfifo gate; "$NODE" --input-type=module -e "$CODE" <(read -r _ < gate; cat auth.json)';
    const output = execFileSync('bash', ['-c', script], {
      cwd: home.folder,
      env: { ...home.env, NODE: process.execPath, CODE: code },
    });
    assert.equal(`${output}`, 'piped\n');
  });

  it('lets no secret into anything it returns', async () => {
    const secret = 'hunter2Planted';
    const encoded = Buffer.from(`me:${secret}`).toString('base64');
    const key = fc.constantFrom('r.test', 'https://r.test', `https://me:${secret}@r.test`, 'r.test/org', '*.test');
    const entry = fc.constantFrom<unknown>(
      { auth: encoded },
      { auth: `${encoded} ` },
      { auth: Buffer.from(secret).toString('base64') },
      { auth: secret },
      { auth: [secret] },
      { username: 'me', password: secret },
      { identitytoken: secret },
      { registrytoken: secret },
      secret,
      {},
    );
    const entries = fc.dictionary(key, entry, { minKeys: 1, maxKeys: 3 });
    const helper = fc.constantFrom('leaky', 'kp-missing', `../${'x'}`);
    const text = fc.record({ auths: entries, credsStore: fc.option(helper) }).chain((document) => {
      const json = JSON.stringify(document);
      const data = { '.dockerconfigjson': Buffer.from(json).toString('base64') };
      const type = 'kubernetes.io/dockerconfigjson';
      return fc.constantFrom(
        json,
        json.slice(0, -1),
        json.replace(',', ',,'),
        `${json}${secret}`,
        secret,
        JSON.stringify({ kind: 'Secret', type, metadata: { name: 'x' }, data }),
        `kind: Secret\nstringData: {"x": "${secret}\n`,
        `kind: Secret\ntype: ${type}\nstringData:\n  .dockerconfigjson: '${json}x'\n`,
      );
    });
    using home = createLoginHome();
    home.addHelper('leaky', `#!/bin/sh\necho ${secret}; echo ${secret} >&2; exit 1\n`);
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const path = home.write('auth.json', content);
        const env = { ...home.env, DOCKER_AUTH_CONFIG: content };
        const chain = createCredentialChain({ env, authFile: path, login: { ...login('r.test'), registries: [] } });
        const { credentials, warnings } = chain.find('r.test', 'org/app');
        const seen: unknown[] = [chain, credentials, warnings];
        for await (const credential of credentials) seen.push(credential, `${Object.values(credential)}`);
        for (const shown of [JSON.stringify(seen), inspect(seen, { depth: 20, showHidden: true })]) {
          assert.ok(!shown.includes(secret) && !shown.includes(encoded), shown);
        }
      }),
    );
  });
});
