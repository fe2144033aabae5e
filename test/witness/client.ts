// The real clients whose pulls the verdicts are compared with, each with a home of its own and without a daemon of ours.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ran, runProgram } from '../support/process.ts';
import { requirePrograms } from '../support/require-programs.ts';

/** The order is that of the columns in docs/truth.md. */
export const CLIENTS = ['skopeo', 'podman', 'crane', 'oras', 'containerd'] as const;

export type ClientName = (typeof CLIENTS)[number];

export interface PullOptions {
  /** A registries.conf for podman and skopeo. */
  readonly registriesConf?: string | undefined;
  /** A certs.d directory for containerd. */
  readonly hostsDir?: string | undefined;
  /** The clients verify TLS, as they do by default; unset, they are told that the registry has none. */
  readonly tls?: boolean | undefined;
  /** More variables of the environment: a proxy, authorities. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A config.json of docker, with stored credentials. containerd has none. */
  readonly dockerConfig?: string | undefined;
  /** Of podman, skopeo and containerd, which may hang: they are ended then. */
  readonly limitMs?: number | undefined;
  /** Logged in with these. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

export interface Client {
  readonly name: ClientName;
  /** Pulls the image for linux/amd64, and ends with status 0 if that worked. */
  pull(image: string, options?: PullOptions): Promise<Ran>;
  close(): Promise<void>;
}

const PLATFORM = 'linux/amd64';

/** skopeo and podman are required; the others take part where they are installed and can run. */
export const REQUIRED: readonly ClientName[] = ['skopeo', 'podman'];

const PROGRAMS: Readonly<Record<ClientName, readonly string[]>> = {
  skopeo: ['skopeo'],
  podman: ['podman'],
  crane: ['crane'],
  oras: ['oras'],
  containerd: ['containerd', 'ctr'],
};

const isInstalled = (name: ClientName): boolean => {
  try {
    return requirePrograms(...PROGRAMS[name]) === false;
  } catch {
    return false;
  }
};

/** Below `folder`, which the caller removes. `image`: any that can be pulled; a client that cannot is left out. */
export async function startClients(folder: string, image: string): Promise<readonly Client[]> {
  const started = await Promise.all(CLIENTS.filter(isInstalled).map((name) => startClient(name, folder)));
  const working: Client[] = [];
  for (const client of started) {
    const ran = await client.pull(image);
    if (ran.status === 0) working.push(client);
    else await client.close();
    if (ran.status !== 0 && REQUIRED.includes(client.name))
      throw new Error(`${client.name} cannot pull: ${ran.stderr}`);
  }
  return working;
}

async function startClient(name: ClientName, folder: string): Promise<Client> {
  const home = join(folder, name);
  mkdirSync(home);
  const policy = join(home, 'policy.json');
  writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
  let pulls = 0;
  // podman takes no path of more than 50 characters.
  const fresh = (): string => {
    pulls += 1;
    const path = join(home, String(pulls));
    mkdirSync(path);
    return path;
  };
  const run: Run = (file, args, env = {}, limitMs = undefined) =>
    runProgram(file, args, {
      env: { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, TMPDIR: home, ...env },
      limitMs,
    });
  const nothing = async (): Promise<void> => undefined;
  const conf = ({ registriesConf }: PullOptions): Record<string, string> | undefined =>
    registriesConf === undefined ? undefined : { CONTAINERS_REGISTRIES_CONF: registriesConf };
  const insecure = (options: PullOptions, flag: string): string[] =>
    conf(options) === undefined && options.tls !== true ? [flag] : [];

  const stored = ({ dockerConfig }: PullOptions, flag: string): string[] =>
    dockerConfig === undefined ? [] : [flag, dockerConfig];

  const flags = ({ login }: PullOptions, ...names: string[]): string[] => {
    if (login === undefined) return [];
    const { username, password } = login;
    return names.length === 1
      ? [`${names[0]}=${username}:${password}`]
      : [`${names[0]}=${username}`, `${names[1]}=${password}`];
  };

  switch (name) {
    case 'skopeo':
      return {
        name,
        pull: (image, options = {}) => {
          const file = options.registriesConf === undefined ? [] : ['--registries-conf', options.registriesConf];
          const global = ['--insecure-policy', '--override-os', 'linux', '--override-arch', 'amd64', ...file];
          const copy = [
            'copy',
            ...stored(options, '--authfile'),
            ...flags(options, '--src-creds'),
            ...insecure(options, '--src-tls-verify=false'),
            `docker://${image}`,
            `dir:${fresh()}`,
          ];
          // Its blob cache is not that of root.
          const env = { _CONTAINERS_ROOTLESS_UID: '1000', ...options.env };
          return run('skopeo', [...global, ...copy], env, options.limitMs);
        },
        close: nothing,
      };
    case 'podman':
      return {
        name,
        pull: (image, options = {}) => {
          const root = fresh();
          const places = ['--root', join(root, 'root'), '--runroot', join(root, 'run'), '--tmpdir', join(root, 'tmp')];
          const global = [...places, '--storage-driver', 'vfs', '--events-backend', 'none'];
          const pull = [
            'pull',
            ...stored(options, '--authfile'),
            ...flags(options, '--creds'),
            '--quiet',
            '--platform',
            PLATFORM,
            '--signature-policy',
            policy,
          ];
          const env = { ...conf(options), ...options.env };
          return run(
            'podman',
            [...global, ...pull, ...insecure(options, '--tls-verify=false'), image],
            env,
            options.limitMs,
          );
        },
        close: nothing,
      };
    case 'crane':
      return {
        name,
        pull: (image, options = {}) => {
          const { login, env } = options;
          const folder = fresh();
          const auth = Buffer.from(`${login?.username}:${login?.password}`).toString('base64');
          const auths = login === undefined ? {} : { [image.split('/')[0] ?? '']: { auth } };
          writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
          const pull = [
            'pull',
            ...insecure(options, '--insecure'),
            '--platform',
            PLATFORM,
            image,
            join(folder, 'image.tar'),
          ];
          const { dockerConfig } = options;
          const home = dockerConfig === undefined ? folder : dirname(dockerConfig);
          return run('crane', pull, { DOCKER_CONFIG: home, ...env });
        },
        close: nothing,
      };
    case 'oras':
      return {
        name,
        pull: (image, options = {}) =>
          run(
            'oras',
            [
              'copy',
              ...stored(options, '--from-registry-config'),
              ...flags(options, '--from-username', '--from-password'),
              ...insecure(options, '--from-plain-http'),
              '--platform',
              PLATFORM,
              image,
              '--to-oci-layout',
              `${join(fresh(), 'layout')}:pulled`,
            ],
            options.env,
          ),
        close: nothing,
      };
    case 'containerd':
      return startContainerd(home, run);
    default:
      name satisfies never;
      throw new TypeError('unknown client');
  }
}

type Run = (file: string, args: readonly string[], env?: PullOptions['env'], limitMs?: number) => Promise<Ran>;

/** A containerd of the test's own; without its CRI plugin, which needs a network. */
async function startContainerd(home: string, run: Run): Promise<Client> {
  const socket = join(home, 'containerd.sock');
  const config = join(home, 'config.toml');
  const plugins = ['cri', 'internal.v1.opt', 'snapshotter.v1.devmapper'].map((plugin) =>
    plugin === 'cri' ? 'io.containerd.grpc.v1.cri' : `io.containerd.${plugin}`,
  );
  writeFileSync(
    config,
    [
      'version = 2',
      `root = ${JSON.stringify(join(home, 'root'))}`,
      `state = ${JSON.stringify(join(home, 'state'))}`,
      `disabled_plugins = ${JSON.stringify(plugins)}`,
      '[grpc]',
      `address = ${JSON.stringify(socket)}`,
    ].join('\n'),
  );
  mkdirSync(join(home, 'root'), { recursive: true });
  const daemon = spawn('containerd', ['--config', config], { stdio: 'ignore' });
  const ended = once(daemon, 'close').catch(() => undefined);
  for (let tries = 0; tries < 100 && daemon.exitCode === null && !existsSync(socket); tries += 1) await sleep(50);
  const ctr = (args: readonly string[], env?: PullOptions['env'], limitMs?: number): Promise<Ran> =>
    run('ctr', ['--address', socket, ...args], env, limitMs);
  return {
    name: 'containerd',
    async pull(image, { hostsDir, login, tls, env, limitMs } = {}) {
      const plain = tls === true ? [] : ['--plain-http'];
      const hosts = hostsDir === undefined ? plain : ['--hosts-dir', hostsDir];
      const user = login === undefined ? [] : ['--user', `${login.username}:${login.password}`];
      const places = ['--snapshotter', 'native', '--platform', PLATFORM, ...hosts];
      const ran = await ctr(['images', 'pull', ...user, ...places, image], env, limitMs);
      // What it has already is not fetched again: the next pull must not find it.
      await ctr(['images', 'rm', '--sync', image]);
      return ran;
    },
    async close() {
      daemon.kill();
      await ended;
    },
  };
}
