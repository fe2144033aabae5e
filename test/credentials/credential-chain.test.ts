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
import { requirePosix } from '../support/require-programs.ts';
import { ANY_HELPER, createHome, EMPTY_HELPER } from '../support/temporary-folder.ts';

const auth = (pair: string): { auth: string } => ({ auth: Buffer.from(pair).toString('base64') });
const config = (pair: string, key = 'r.test'): unknown => ({ auths: { [key]: auth(pair) } });

interface Found {
  /** `user from source`, in order. */
  readonly credentials: string[];
  readonly warnings: readonly Warning[];
}

async function findAll(chain: CredentialChain, registry = 'r.test', repository = 'org/app'): Promise<Found> {
  const { credentials, warnings } = chain.find(registry, repository);
  const found: string[] = [];
  for await (const { kind, username, source } of credentials) found.push(`${username ?? kind} from ${source}`);
  return { credentials: found, warnings };
}

const find = (options: CredentialChainOptions, registry?: string, repository?: string): Promise<Found> =>
  findAll(createCredentialChain(options), registry, repository);

const login = (registry: string) => ({ username: 'explicit', password: new Secret('pw'), registries: [registry] });

describe("an empty entry under the registry's own key", () => {
  const auths = { 'r.test': {}, 'https://r.test/v1/': auth('other:pw') };
  const found = async (document: object): Promise<string[]> => {
    using home = createHome({ '.docker/config.json': document });
    home.addHelper('any', ANY_HELPER);
    return (await find({ env: home.env })).credentials;
  };

  it('means no login, whatever other spellings of the key there are', async () => {
    assert.deepEqual(await found({ auths }), []);
  });

  it('leaves entries for a namespace', async () => {
    assert.deepEqual(await found({ auths: { ...auths, 'r.test/org': auth('org:pw') } }), [
      'org from ~/.docker/config.json (r.test/org)',
    ]);
  });

  it('means nothing if a helper or a store covers the registry: docker writes it then', async () => {
    const fromHelper = 'any from docker-credential-any (~/.docker/config.json)';
    const [first, ...others] = await found({ auths, credsStore: 'any' });
    assert.equal(first, fromHelper);
    assert.ok(others.includes('other from ~/.docker/config.json'));
    assert.deepEqual(await found({ auths, credHelpers: { 'r.test': 'any' } }), [fromHelper]);
  });
});

describe('a helper in credHelpers', () => {
  const auths = { 'r.test': auth('stored:1'), 'r.test/org': auth('narrow:2') };
  const found = async (credHelpers: object, registry = 'r.test', entries: object = auths) => {
    using home = createHome({ '.docker/config.json': { auths: entries, credHelpers } });
    home.addHelper('failing', '#!/bin/sh\nexit 1\n');
    home.addHelper('any', ANY_HELPER);
    const { credentials, warnings } = await find({ env: home.env }, registry);
    return { credentials, codes: warnings.map(({ code }) => code) };
  };

  it('replaces the entries of the file, even if it fails or is missing, as in docker and podman', async () => {
    assert.deepEqual(await found({ 'r.test': 'failing' }), { credentials: [], codes: ['helper-failed'] });
    assert.deepEqual(await found({ 'r.test': 'missing' }), { credentials: [], codes: ['helper-missing'] });
  });

  it('does not replace them for another registry, or if it has no name', async () => {
    for (const credHelpers of [{ 'other.test': 'failing' }, { 'r.test': '' }]) {
      const { credentials } = await found(credHelpers);
      assert.equal(credentials.length, 2, JSON.stringify(credHelpers));
    }
  });

  it('is not used under the URL of a registry, except for Docker Hub', async () => {
    const { credentials, codes } = await found({ 'https://r.test': 'any' });
    assert.deepEqual([credentials.length, codes], [2, []]);
    const hub = await found({ 'https://index.docker.io/v1/': 'any' }, 'docker.io');
    assert.deepEqual(hub.credentials, ['any from docker-credential-any (~/.docker/config.json)']);
  });
});

describe('a helper that does not respond', () => {
  it('is not waited for beyond the patience of the caller, and keeps running for others', async () => {
    using home = createHome({ '.docker/config.json': { credHelpers: { 'r.test': 'x' } } });
    home.addHelper('x', EMPTY_HELPER);
    let finish: (() => void) | undefined;
    const runProgram = (): ReturnType<NonNullable<CredentialChainOptions['runProgram']>> =>
      new Promise((resolve) => {
        finish = () =>
          resolve({ ok: true, value: { exitCode: 0, stdout: '{"Username":"u","Secret":"s"}', stderr: '' } });
      });
    const chain = createCredentialChain({ env: home.env, runProgram });
    const patience = new AbortController();
    const impatient = chain.find('r.test', 'org/app', patience.signal);
    const taken = impatient.credentials[Symbol.asyncIterator]().next();
    patience.abort();
    assert.equal((await taken).done, true);
    assert.deepEqual(
      impatient.failedHelpers?.map(({ program, isSlow }) => [program, isSlow]),
      [['docker-credential-x', true]],
    );
    const patient = findAll(chain);
    while (finish === undefined) await new Promise((resolve) => setImmediate(resolve));
    finish();
    assert.deepEqual((await patient).credentials, ['u from docker-credential-x (~/.docker/config.json)']);
  });
});

describe('createCredentialChain', () => {
  it('reads the sources in order and returns every credential', async () => {
    using home = createHome({
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
      REGISTRY_AUTH_FILE: `${home.path}/named.json`,
      XDG_CONFIG_HOME: `${home.path}/xdg`,
      DOCKER_CONFIG: `${home.path}/docker`,
    };
    assert.deepEqual(await find({ env }), {
      credentials: [
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

  it('reads the default locations when no variable sets them', async () => {
    using home = createHome({
      '.config/containers/auth.json': config('podman:1'),
      '.docker/config.json': config('docker:2'),
    });
    const env = { ...home.env, XDG_CONFIG_HOME: '', DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '', DOCKER_AUTH_CONFIG: '' };
    const expected = ['podman from ~/.config/containers/auth.json', 'docker from ~/.docker/config.json'];
    assert.deepEqual(await find({ env }), { credentials: expected, warnings: [] });
    assert.deepEqual(await find({ env: { ...env, HOME: '/nowhere' }, homeDirectory: home.path }), {
      credentials: expected,
      warnings: [],
    });
  });

  it('uses an explicit login for its registries, and no other credential there', async () => {
    using home = createHome({
      '.docker/config.json': { auths: { 'r.test': auth('a:1'), 'docker.io': auth('b:2') } },
    });
    const options = { env: home.env, login: { ...login('r.test'), registries: ['r.test', 'docker.io'] } };
    assert.deepEqual((await find(options)).credentials, ['explicit from --username']);
    assert.deepEqual((await find(options, 'docker.io')).credentials, ['explicit from --username']);
    assert.deepEqual((await find(options, 'r.test:5000')).credentials, []);
    assert.deepEqual((await find({ ...options, login: login('other.test') })).credentials, [
      'a from ~/.docker/config.json',
    ]);
  });

  it('uses no other credential where --auth-file has one', async () => {
    using home = createHome({
      'pull.json': { auths: { 'r.test': auth('wide:1'), 'r.test/org': auth('narrow:2') } },
      '.docker/config.json': { auths: { 'r.test': auth('stored:3'), 'quay.io': auth('stored:4') } },
    });
    const options = { env: home.env, authFile: `${home.path}/pull.json` };
    assert.deepEqual((await find(options)).credentials, [
      'narrow from ~/pull.json (r.test/org)',
      'wide from ~/pull.json',
    ]);
    assert.deepEqual((await find(options, 'quay.io')).credentials, ['stored from ~/.docker/config.json']);
  });

  it('uses pull secrets before all other credentials, including those found later', async () => {
    using home = createHome({ '.docker/config.json': { auths: { 'r.test': auth('stored:1') } } });
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
    const firstSource = async () => {
      const first = await chain.find('r.test', 'org/app').credentials[Symbol.asyncIterator]().next();
      return first.value?.source;
    };
    assert.equal(await firstSource(), 'Secret/wide in pod.yaml');
    pullSecrets.push(found('narrow', { auths: { 'r.test/org': auth('narrow:3') } }));
    assert.equal(await firstSource(), 'Secret/narrow in pod.yaml (r.test/org)');
    assert.deepEqual((await find(options)).credentials, [
      'narrow from Secret/narrow in pod.yaml (r.test/org)',
      'wide from Secret/wide in pod.yaml',
    ]);
    assert.deepEqual(await find(options, 'other.test'), { credentials: [], warnings: [] });
    assert.deepEqual(await find({ ...options, anonymous: true }), { credentials: [], warnings: [] });
  });

  it('reports a problem in a pull secret without showing it', async () => {
    using home = createHome({ '.docker/config.json': { auths: { 'r.test': auth('stored:1') } } });
    const data = { '.dockerconfigjson': 'c2VjcmV0' };
    const secret = { kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', metadata: { name: 'regcred' }, data };
    const { credentials, warnings } = await find({ env: home.env, pullSecrets: [{ secret, file: 'pod.yaml' }] });
    assert.deepEqual(credentials, ['stored from ~/.docker/config.json']);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? '', /^--use-pull-secrets: Secret\/regcred in pod\.yaml: /);
    assert.doesNotMatch(JSON.stringify(warnings), /c2VjcmV0|"secret"/);
  });

  it('reads a credential from KAIROS_PULL_USERNAME, _PASSWORD and _REGISTRY together', async () => {
    using home = createHome();
    const env = { ...home.env, KAIROS_PULL_USERNAME: 'ci', KAIROS_PULL_PASSWORD: 'pw' };
    const complete = { ...env, KAIROS_PULL_REGISTRY: 'https://index.docker.io/v1/' };
    assert.deepEqual((await find({ env: complete }, 'docker.io')).credentials, ['ci from $KAIROS_PULL_PASSWORD']);
    assert.deepEqual(await find({ env: complete }), { credentials: [], warnings: [] });
    assert.deepEqual(await find({ env }), {
      credentials: [],
      warnings: [
        {
          code: 'credentials-file',
          message: '$KAIROS_PULL_PASSWORD: ignored because $KAIROS_PULL_REGISTRY is not set',
        },
      ],
    });
  });

  const halves: readonly (readonly [Readonly<Record<string, string>>, string | undefined])[] = [
    [
      { PASSWORD: 'pw' },
      '$KAIROS_PULL_PASSWORD: ignored because $KAIROS_PULL_REGISTRY and $KAIROS_PULL_USERNAME are not set',
    ],
    [
      { USERNAME: 'ci', PASSWORD: '' },
      '$KAIROS_PULL_USERNAME: ignored because $KAIROS_PULL_REGISTRY and $KAIROS_PULL_PASSWORD are not set',
    ],
    [
      { USERNAME: 'ci', REGISTRY: 'r.test', PASSWORD: '' },
      '$KAIROS_PULL_USERNAME: ignored because $KAIROS_PULL_PASSWORD is empty',
    ],
    [
      { REGISTRY: 'r.test' },
      '$KAIROS_PULL_REGISTRY: ignored because $KAIROS_PULL_USERNAME and $KAIROS_PULL_PASSWORD are not set',
    ],
    [{ REGISTRY: 'other.test', PASSWORD: 'pw' }, undefined],
    [{ REGISTRY: '', USERNAME: '', PASSWORD: '' }, undefined],
  ];
  for (const [set, message] of halves) {
    it(`names every variable that is missing beside ${JSON.stringify(set)}`, async () => {
      using home = createHome();
      const named = Object.entries(set).map(([name, value]) => [`KAIROS_PULL_${name}`, value]);
      const { warnings } = await find({ env: { ...home.env, ...Object.fromEntries(named) } });
      assert.deepEqual(warnings, message === undefined ? [] : [{ code: 'credentials-file', message }]);
    });
  }

  it('reads nothing and runs nothing when anonymous', async () => {
    using home = createHome({ '.docker/config.json': { ...(config('a:1') as object), credsStore: 'x' } });
    home.addHelper('x', ANY_HELPER);
    assert.deepEqual(await find({ env: home.env, login: login('r.test'), anonymous: true }), {
      credentials: [],
      warnings: [],
    });
    assert.deepEqual(home.readAsked(), []);
  });

  it('reads no file before a credential is needed, and each file once', async () => {
    using home = createHome({ '.docker/config.json': '{' });
    const chain = createCredentialChain({ env: home.env });
    const { credentials } = chain.find('r.test');
    home.write('.docker/config.json', config('a:1'));
    assert.equal((await credentials[Symbol.asyncIterator]().next()).value?.username, 'a');
    unlinkSync(`${home.path}/.docker/config.json`);
    assert.deepEqual((await findAll(chain)).credentials, ['a from ~/.docker/config.json']);
  });

  it('runs a helper only after the previous credential was refused, and once per server', async () => {
    using home = createHome({
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
    assert.deepEqual((await findAll(chain)).credentials, both);
    assert.deepEqual((await findAll(chain)).credentials, both);
    assert.deepEqual(home.readAsked(), ['r.test']);
  });

  it('adds the location inside the file unless the key is simply the registry', async () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'regcred' },
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': JSON.stringify(config('a:1', '*.azurecr.io')) },
    };
    using home = createHome({ 'secret.json': secret });
    const options = { env: home.env, authFile: `${home.path}/secret.json` };
    assert.deepEqual((await find(options, 'team.azurecr.io')).credentials, [
      'a from ~/secret.json (Secret regcred, *.azurecr.io)',
    ]);
  });

  it('returns the same credential once: a refused one is not sent again', async () => {
    using home = createHome({
      '.docker/config.json': {
        auths: { 'r.test': auth('a:1'), 'https://r.test': auth('a:1'), 'r.test/org': auth('a:2') },
      },
      '.dockercfg': { 'r.test': auth('a:1') },
    });
    assert.deepEqual((await find({ env: home.env })).credentials, [
      'a from ~/.docker/config.json (r.test/org)',
      'a from ~/.docker/config.json',
    ]);
  });

  it('ignores unusable files and reports which and why', async () => {
    using home = createHome({
      'run/containers/auth.json': '{\n"auths": {\n',
      '.config/containers/auth.json': '\uFEFF{}',
      '.docker/config.json': { auths: { 'r.test': { auth: 'dXNlcg==' }, 'other.test': { auth: '!' } }, credsStore: 1 },
      '.dockercfg': { 'r.test': auth('last:1') },
    });
    const env = { ...home.env, DOCKER_AUTH_CONFIG: 'r.test', REGISTRY_AUTH_FILE: `${home.path}/missing.json` };
    const messages = [
      '$DOCKER_AUTH_CONFIG: it is neither JSON nor a Kubernetes Secret; no credentials were read from it',
      '~/missing.json: the file is missing or empty; no credentials were read from it',
      '~/run/containers/auth.json: it is not valid JSON (line 2, column 11); no credentials were read from it',
      '~/.config/containers/auth.json: it starts with a byte order mark, which docker and podman reject; no credentials were read from it',
      '~/.docker/config.json: its "credsStore" is not a string',
      '~/.docker/config.json: the entry "r.test" is unusable: its "auth" has no colon between user name and password; log in again',
    ];
    assert.deepEqual(await find({ env }), {
      credentials: ['last from ~/.dockercfg'],
      warnings: messages.map((message) => ({ code: 'credentials-file', message })),
    });
  });

  it('skips credentials that cannot be sent, from any source, and reports where they are', async () => {
    using home = createHome({
      'run/containers/auth.json': { credsStore: 'odd', auths: { 'r.test': auth('a\r\nb:1') } },
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
    const left = 'continued without it: correct it there';
    const token = 'contains an invalid character, such as';
    const messages = [
      `$KAIROS_PULL_PASSWORD: the credential for "r.test" cannot be sent: the user name contains a control character; ${left}`,
      `$DOCKER_AUTH_CONFIG: the credential for "r.test" cannot be sent: the identity token ${token} a line break; ${left}`,
      `~/run/containers/auth.json: the credential that docker-credential-odd returned for "r.test" cannot be sent: the identity token ${token} a line break; ${left}`,
      `~/run/containers/auth.json: the credential for "r.test" cannot be sent: the user name contains a control character; ${left}`,
      `~/.docker/config.json: the credential for "r.test/org" cannot be sent: the password contains a control character; ${left}`,
      `~/.docker/config.json: the credential for "r.test" cannot be sent: the registry token ${token} a space or a line break; ${left}`,
    ];
    assert.deepEqual(await find({ env }), {
      credentials: ['last from ~/.dockercfg'],
      warnings: messages.map((message) => ({ code: 'credentials-file', message })),
    });
  });

  it('continues without a missing or broken helper and says what to do', async () => {
    using home = createHome({
      'run/containers/auth.json': { credHelpers: { 'docker.io': 'kp-missing', 'r.test': '../evil' } },
      '.docker/config.json': { credsStore: 'broken', auths: { 'docker.io': auth('file:1') } },
    });
    home.addHelper('broken', '#!/bin/sh\nexit 1\n');
    const hub = await find({ env: home.env }, 'docker.io', 'library/nginx');
    assert.deepEqual(hub, {
      credentials: ['file from ~/.docker/config.json'],
      warnings: [
        {
          code: 'helper-missing',
          message:
            '~/run/containers/auth.json uses credential helper docker-credential-kp-missing, which is not on the PATH; continued without it: install it, or remove it from ~/run/containers/auth.json',
        },
        {
          code: 'helper-failed',
          message:
            '~/.docker/config.json uses credential helper docker-credential-broken, which exited with code 1; continued without it: to see why, run echo https://index.docker.io/v1/ | docker-credential-broken get',
        },
      ],
    });
    assert.match(
      (await find({ env: home.env })).warnings[0]?.message ?? '',
      / uses credential helper docker-credential-\.\.\/evil, which has an invalid name/,
    );
  });

  it('warns of a helper that prints more than its JSON object, which not every client reads', async () => {
    using home = createHome({ '.docker/config.json': { credsStore: 'chatty' } });
    home.addHelper('chatty', `#!/bin/sh\ncat >/dev/null\necho '{"Username":"a}\\"b","Secret":"s"}'\necho '{bye'\n`);
    assert.deepEqual(await find({ env: home.env }), {
      credentials: ['a}"b from docker-credential-chatty (~/.docker/config.json)'],
      warnings: [
        {
          code: 'helper-output',
          message:
            '~/.docker/config.json uses credential helper docker-credential-chatty, which printed more than its JSON object: docker and podman ignore the rest, but oras fails; have the helper print only the object',
        },
      ],
    });
  });

  it('does not warn if a helper has no credential', async () => {
    using home = createHome({ '.docker/config.json': { credsStore: 'none' } });
    home.addHelper('none', EMPTY_HELPER);
    assert.deepEqual(await find({ env: home.env }), { credentials: [], warnings: [] });
    assert.deepEqual(home.readAsked(), ['r.test']);
  });

  it('reads --auth-file from a pipe', { skip: requirePosix() }, async () => {
    using home = createHome({ 'auth.json': config('piped:1') });
    const main = new URL('../../src/credentials/find-credential.js', import.meta.url).href;
    // The pipe stays silent until the reader runs and opens the gate.
    const code = `const { findCredential } = await import(${JSON.stringify(main)});
      const { writeFileSync } = await import('node:fs');
      const finding = findCredential({ registry: 'r.test', files: [process.argv[1]] });
      writeFileSync('gate', 'go');
      console.log((await finding).username)`;
    // A reader that fails leaves the gate closed: then the writer ($!) is ended.
    const script =
      'mkfifo gate; "$NODE" --input-type=module -e "$CODE" <(read -r _ < gate; cat auth.json); ' +
      'code=$?; kill $! 2>/dev/null; exit $code';
    const output = execFileSync('bash', ['-c', script], {
      cwd: home.path,
      env: { ...home.env, NODE: process.execPath, CODE: code },
    });
    assert.equal(`${output}`, 'piped\n');
  });

  it('returns no secret in any visible part', async () => {
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
    using home = createHome();
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
