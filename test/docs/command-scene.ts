// A place where the commands of the pages run: every registry they name is on this machine, and so is every program.

import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect } from '../../src/demo/dialect.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import { authority, serverIdentity } from '../support/certificates.ts';
import { startKubernetesApi } from '../support/kubernetes-api.ts';
import { kubeconfig, pod } from '../support/kubernetes-objects.ts';
import { PROGRAM } from '../support/process.ts';
import { startProxy } from '../support/proxy.ts';
import { createHome } from '../support/temporary-folder.ts';

export interface CommandRun {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Of kairos-pull: its words and its exit code. */
  readonly calls: readonly { readonly args: string; readonly exitCode: number }[];
}

export interface CommandScene extends AsyncDisposable {
  run(script: string): Promise<CommandRun>;
}

/** Serve nothing without a login. */
const PRIVATE = /amazonaws\.com|pkg\.dev|azurecr\.io|registry\.gitlab\.com|harbor\.example\.com|quay\.io/;
/** All other hosts are one registry, so its token service has one name. */
const OPEN: Dialect = {
  auth: 'bearer',
  service: 'registry.example.com',
  challenge: ({ standard }) => standard.replace(/realm="[^"]*"/, 'realm="https://registry.example.com/token"'),
};
const PASSWORD = 'right';
const USERS = [
  ...['ada', 'AWS', 'oauth2accesstoken', '_json_key', '00000000-0000-0000-0000-000000000000'],
  ...['gitlab-ci-token', 'robot$shop+ci', 'shop+ci', 'demo'],
];

/** What the pages set themselves before a command, or a CI system does. */
const VARIABLES = {
  ...{ IMAGE: 'registry.example.com/shop/web:1.4', TOKEN: PASSWORD, HUB_TOKEN: PASSWORD },
  ...{ ROBOT_SECRET: PASSWORD, ROBOT_TOKEN: PASSWORD, CI_REGISTRY_PASSWORD: PASSWORD },
  ...{ CI_REGISTRY_USER: 'gitlab-ci-token', CI_REGISTRY_IMAGE: 'registry.gitlab.com/shop' },
};

export async function startCommandScene(): Promise<CommandScene> {
  const home = createHome({ ...FILES, 'company-ca.pem': authority().cert });
  const isPushed = (): boolean => existsSync(join(home.path, 'pushed'));
  const users = Object.fromEntries(USERS.map((name) => [name, PASSWORD]));
  const start = async (options: EmbeddedRegistryOptions): Promise<EmbeddedRegistry> => {
    const registry = await startRegistry({ users: { ...users, demo: 'demo' }, ...options });
    serveEverything(registry, isPushed);
    return registry;
  };
  const access = (user: string | undefined, repository: string) =>
    user !== undefined || !repository.startsWith('private/');
  const tls = serverIdentity('registry.example.com');
  const open = await start({ dialect: OPEN, access, tls });
  const closed = await start({ auth: 'basic', access: (user) => user !== undefined, tls });
  const plain = await start({ access: () => true });
  const cluster = await startKubernetesApi();
  cluster.serve([
    pod('default', 'web', { containers: [{ image: 'registry.example.com/shop/web:1.4' }] }),
    pod('shop', 'web', { labels: { app: 'web' }, containers: [{ image: 'registry.example.com/shop/web:1.4' }] }),
  ]);
  home.write('.kube/config', kubeconfig({ server: cluster.origin, context: 'prod' }));
  const registryOf = (host: string) =>
    host === cluster.name
      ? cluster
      : PRIVATE.test(host)
        ? closed
        : host.startsWith('registry.internal.')
          ? plain
          : open;
  const routes = new Proxy({}, { get: (_, name) => registryOf(String(name)).name });
  const proxy = await startProxy({ routes });

  const program = (name: string, script: string): void =>
    chmodSync(home.write(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  for (const [name, script] of Object.entries(PROGRAMS)) program(name, script);
  program('kairos-pull', commandScript(home.path, proxy.origin, await freePort()));

  return {
    async run(script) {
      writeFileSync(join(home.path, 'calls'), '');
      const env = { ...home.env, ...VARIABLES, LANG: 'C.UTF-8' };
      const { exitCode, stderr } = await runBash(script, { env, cwd: home.path });
      const calls = readFileSync(join(home.path, 'calls'), 'utf8').split('\n').filter(Boolean);
      return { exitCode, stderr, calls: calls.map(parseCall) };
    },
    async [Symbol.asyncDispose]() {
      for (const server of [proxy, open, closed, plain, cluster]) await server.close();
      home[Symbol.dispose]();
    },
  };
}

/** Of a server that was just closed. */
async function freePort(): Promise<number> {
  const registry = await startRegistry();
  await registry.close();
  return Number(new URL(registry.origin).port);
}

function runBash(script: string, options: { env: NodeJS.ProcessEnv; cwd: string }): Promise<Omit<CommandRun, 'calls'>> {
  return new Promise((resolve) => {
    const child = execFile('bash', ['-c', script], { ...options, timeout: 60_000 }, (_, _stdout, stderr) =>
      resolve({ exitCode: child.exitCode, stderr }),
    );
    child.stdin?.end();
  });
}

function parseCall(line: string): CommandRun['calls'][number] {
  const [exitCode = '', ...args] = line.split(' ');
  return { args: args.join(' '), exitCode: Number(exitCode) };
}

/** Every image that is asked for exists, except these tags; 1.5 from its push on. */
function serveEverything(registry: EmbeddedRegistry, isPushed: () => boolean): void {
  const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'];
  const index = createIndex(platforms.map((platform) => createImage({ platform, text: platform })));
  registry.inject(({ path }) => {
    const [, repository = '', tag = ''] = /^\/v2\/(.+)\/manifests\/([\w.-]+)$/.exec(path) ?? [];
    const isMissing = repository === '' || ['9.9', '3'].includes(tag) || (tag === '1.5' && !isPushed());
    if (!isMissing) registry.put(repository, tag, index);
    return undefined;
  });
}

/** Writes down how it ends. The proxy of the page is not there, and the files of the system are below the home directory. */
const commandScript = (home: string, proxy: string, port: number): string => `
export HTTPS_PROXY=${proxy} HTTP_PROXY=${proxy} NO_PROXY= KAIROS_PULL_INSECURE=yes KAIROS_PULL_NO_CACHE=yes
words="$*"
# In the background, until its signal; it must have started.
serve() {
  # The background process may empty it only after the first look.
  rm -f started && touch started
  '${process.execPath}' '${PROGRAM}' "$@" >started 2>&1 &
  server=$!
  until grep -q '"event":"started"' started; do kill -0 "$server" || return; /bin/sleep 0.1; done
}
run() { '${process.execPath}' '${PROGRAM}' "$@"; }
if [ "$1" = monitor ]; then
  export KAIROS_PULL_LISTEN=127.0.0.1:${port} KAIROS_PULL_LOG=json
  cd '${home}/monitor' || exit 1
  server=
  case " $words " in
    *' --once '* | *' --check-config '* | *' notify-test '*) run "$@" ;;
    *' health '* | *' export '*) serve monitor && rm -f backup.db && run "$@" ;;
    *) serve "$@" ;;
  esac
  code=$?
  [ -z "$server" ] || { kill "$server" && wait "$server" || code=$?; }
  echo "$code $words" >>'${home}/calls'
  exit $code
fi
for word; do
  shift
  case $word in
    /etc/containerd/* | /etc/containers/*) word='${home}'$word ;;
    prometheus=/var/*) word='prometheus=${home}/kairos-pull.prom' ;;
  esac
  set -- "$@" "$word"
done
run "$@"
code=$?
echo "$code $words" >>'${home}/calls'
exit $code`;

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: "registry.example.com/shop/web:1.4" }] }
`;

const MONITOR = `monitor:
  resources:
    - image: registry.example.com/shop/web:1.4
  notify:
    - webhook: { url: "http://127.0.0.1:9/" }
`;

const QUIET = 'exit 0';
/** Other programs, as far as the pages need them. */
const PROGRAMS = {
  ...{ npm: QUIET, git: QUIET, curl: QUIET, sleep: QUIET, openssl: 'cat >/dev/null', brew: QUIET },
  npx: 'exec "$@"',
  docker: '[ "$1" = push ] && touch "$HOME/pushed"; exit 0',
  helm: `cat "$HOME/deploy/web.yaml"`,
  kustomize: `cat "$HOME/deploy/web.yaml"`,
  kubectl: `cat "$HOME/deploy/web.yaml"`,
  aws: `printf ${PASSWORD}`,
  gcloud: `printf ${PASSWORD}`,
  az: `printf ${PASSWORD}`,
  jq: 'cat',
  'docker-credential-pass': 'cat >/dev/null; exit 1',
};

const FILES = {
  'images.txt': 'registry.example.com/shop/web:1.4\nnginx:1.27\n',
  'ecr-images.txt': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4\n',
  'compose.yaml': 'services:\n  web:\n    image: registry.example.com/shop/web:1.4\n',
  'deploy/web.yaml': MANIFEST,
  'chart/Chart.yaml':
    'apiVersion: v2\nname: chart\nversion: 1.0.0\nannotations:\n  helm.sh/images: "- image: nginx:1.27"\n',
  'monitor/kairos-pull.yaml': MONITOR,
  'key.json': PASSWORD,
  'token.txt': PASSWORD,
  'auth.json': { auths: { 'registry.example.com': { auth: btoa(`ada:${PASSWORD}`) } } },
  'etc/containerd/certs.d/docker.io/hosts.toml':
    'server = "https://registry-1.docker.io"\n[host."https://mirror.example.com"]\n  capabilities = ["pull", "resolve"]\n',
  'etc/containers/registries.conf':
    '[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "mirror.example.com"\n',
};
