// The sources of credentials, in the order they are read.

import { join, sep } from 'node:path';
import type { Env } from '../core/env.ts';
import { once } from '../core/once.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { homeDirectory } from '../file/directories.ts';
import { createCredential, type StoredCredential } from './credential.ts';
import { decodeCredentialFile, parseCredentialText, readCredentialFile } from './credential-file.ts';
import type { DockerConfig } from './docker-config.ts';
import { type FoundSecret, parseFoundSecrets } from './pull-secret.ts';
import type { Secret } from './secret.ts';

export interface CredentialSource {
  /** As a report shows it: `~/.docker/config.json`. */
  readonly label: string;
  /** The user chose this source explicitly: if it has a credential, later sources are not used. */
  readonly isExclusive: boolean;
  /** Set: where a credential comes from is described by `within` of its entry, without the label. */
  readonly isNamedByEntry?: true;
  /** A key as in `auths`: the source is not for other registries. */
  readonly key?: string;
  /** The variables that it lacks to be a credential. */
  readonly missing?: readonly string[];
  /** Reads at the first call; undefined when there is nothing. An error is a clause about "it", without secrets. */
  load(): Promise<Outcome<DockerConfig | undefined, string>>;
}

export interface GivenLogin {
  readonly username: string;
  readonly password: Secret;
  readonly registries: readonly string[];
  /** Where it is from, as a report shows it; unset: `--username`. */
  readonly label?: string;
}

export interface CredentialSourceOptions {
  readonly env: Env;
  /** For `~`; unset: $HOME, else the home directory of the account. */
  readonly homeDirectory?: string | undefined;
  /** For these registries only. */
  readonly login?: GivenLogin | undefined;
  readonly authFile?: string | undefined;
  /** The contents of `authFile` if it was read already: a pipe can be read only once. */
  readonly authFileBytes?: Uint8Array | undefined;
  /** Read at every lookup: the list grows while inputs are read. */
  readonly pullSecrets?: readonly FoundSecret[] | undefined;
  /** Config files to use instead of the environment and the default locations. */
  readonly files?: readonly string[] | undefined;
  /** Ends every read. */
  readonly signal?: AbortSignal | undefined;
}

export function listSources(options: CredentialSourceOptions): CredentialSource[] {
  const { env, login, authFile, authFileBytes, pullSecrets, files, signal } = options;
  const home = options.homeDirectory ?? homeDirectory(env);
  const sourceOf = (path: string, traits?: FileTraits, bytes?: Uint8Array): CredentialSource => {
    const label = hideUserinfo(home && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path);
    const read = async () => (bytes ? decodeCredentialFile(bytes) : readCredentialFile(path, { signal }));
    return fileSource(label, read, traits);
  };
  const explicit = [
    ...(login === undefined ? [] : [loginSource(login)]),
    ...(authFile === undefined ? [] : [sourceOf(authFile, EXPLICIT, authFileBytes)]),
    ...(pullSecrets === undefined ? [] : [pullSecretSource(pullSecrets)]),
  ];
  if (files !== undefined) return [...explicit, ...files.map((file) => sourceOf(file, EXPLICIT))];
  const { DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE } = env;
  return [
    ...explicit,
    ...listEnvironmentSource(env, login !== undefined),
    ...(DOCKER_AUTH_CONFIG ? [textSource('$DOCKER_AUTH_CONFIG', DOCKER_AUTH_CONFIG)] : []),
    ...(REGISTRY_AUTH_FILE ? [sourceOf(REGISTRY_AUTH_FILE, { isExpected: true })] : []),
    ...listDefaultFiles(env, home).map((file) => sourceOf(file)),
  ];
}

/** The locations of containers-auth.json(5), then docker's own. */
function listDefaultFiles(env: CredentialSourceOptions['env'], home: string | undefined): string[] {
  const config = env.XDG_CONFIG_HOME || (home && join(home, '.config'));
  const docker = env.DOCKER_CONFIG || (home && join(home, '.docker'));
  const files = [
    env.XDG_RUNTIME_DIR
      ? join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')
      : `/run/containers/${process.getuid?.() ?? 0}/auth.json`,
    config && join(config, 'containers', 'auth.json'),
    docker && join(docker, 'config.json'),
    home && join(home, '.dockercfg'),
  ];
  return files.filter((file) => file !== undefined);
}

const VARIABLES = ['KAIROS_PULL_REGISTRY', 'KAIROS_PULL_USERNAME', 'KAIROS_PULL_PASSWORD'] as const;

/** `hasLogin`: the user name may be that of the login. */
function listEnvironmentSource(env: Env, hasLogin: boolean): CredentialSource[] {
  const { KAIROS_PULL_USERNAME: username, KAIROS_PULL_PASSWORD: password, KAIROS_PULL_REGISTRY: registry } = env;
  if (username && registry && password) {
    return [fixedSource('$KAIROS_PULL_PASSWORD', [registry], createCredential(username, password))];
  }
  const present = VARIABLES.filter((name) => env[name]).at(-1);
  if (present === undefined || (hasLogin && !password)) return [];
  const missing = VARIABLES.filter((name) => !env[name]);
  const problems = [`ignored because ${describeMissing(missing, env)}`];
  return [
    {
      label: `$${present}`,
      isExclusive: true,
      missing,
      ...(registry && { key: registry }),
      load: async () => success({ auths: [], credHelpers: [], problems }),
    },
  ];
}

/** `$A and $B are not set`; a pipeline sets a secret that it may not read to an empty text. */
function describeMissing(names: readonly string[], env: Env): string {
  const state = names.every((name) => env[name] === '') ? 'empty' : 'not set';
  return `${names.map((name) => `$${name}`).join(' and ')} ${names.length === 1 ? 'is' : 'are'} ${state}`;
}

/** `registries` is read at every lookup: the list grows while inputs are read. */
function fixedSource(label: string, registries: readonly string[], credential: StoredCredential): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => {
    const auths = registries.map((key) => ({ key, credential: success(credential) }));
    return success({ auths, credHelpers: [], problems: [] });
  };
  return { label, isExclusive: true, load };
}

/** The source of a login that was given on the command line. */
export const GIVEN_LOGIN = '--username';

const loginSource = ({ username, password, registries, label = GIVEN_LOGIN }: GivenLogin): CredentialSource =>
  fixedSource(label, registries, { kind: 'password', username, password });

/** The source of the pull secrets of the input. */
export const PULL_SECRETS = '--use-pull-secrets';

/** One source for all: kubelet, too, tries all secrets of a pod. */
function pullSecretSource(pullSecrets: readonly FoundSecret[]): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => success(parseFoundSecrets(pullSecrets));
  return { label: PULL_SECRETS, isExclusive: true, isNamedByEntry: true, load };
}

function textSource(label: string, text: string): CredentialSource {
  return { label, isExclusive: false, load: once(() => parseCredentialText(text)) };
}

interface FileTraits {
  readonly isExclusive?: boolean;
  /** A missing file is a problem. */
  readonly isExpected?: boolean;
}

const EXPLICIT: FileTraits = { isExclusive: true, isExpected: true };

function fileSource(
  label: string,
  read: () => ReturnType<typeof readCredentialFile>,
  { isExclusive = false, isExpected = false }: FileTraits = {},
): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => {
    const text = await read();
    if (!text.ok) return text;
    if (text.value !== undefined) return parseCredentialText(text.value);
    return isExpected ? failure('the file is missing or empty') : success(undefined);
  };
  return { label, isExclusive, load: once(load) };
}
