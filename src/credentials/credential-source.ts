// The places logins come from, in the order they are asked.

import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { once } from '../core/once.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { decodeCredentials, readCredentialFile } from './credential-file.ts';
import { parseCredentialText } from './credential-text.ts';
import type { DockerConfig } from './docker-config.ts';
import { createLogin, type Login } from './login.ts';
import { type FoundSecret, parseFoundSecrets } from './pull-secret.ts';
import type { Secret } from './secret.ts';

export interface CredentialSource {
  /** As a report names it: `~/.docker/config.json`. */
  readonly label: string;
  /** Whether the person asked for this very source: then its logins are tried, and no later source stands in. */
  readonly isDecisive: boolean;
  /** Set: what an entry stands within says where a login comes from, and the label adds nothing. */
  readonly isNamedByEntry?: true;
  /** Reads once, when first asked; undefined when there is nothing, an error in words without secrets. */
  load(): Promise<Outcome<DockerConfig | undefined, string>>;
}

export interface CredentialPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For `~`; unset: $HOME, else the account's own. */
  readonly homeFolder?: string | undefined;
  /** Used for the registries named, and no other. */
  readonly login?:
    | { readonly username: string; readonly password: Secret; readonly registries: readonly string[] }
    | undefined;
  readonly authFile?: string | undefined;
  /** What is in it, where it was read already: a pipe gives its bytes once. */
  readonly authFileBytes?: Uint8Array | undefined;
  /** Read at every look-up: there may be more while inputs are read. */
  readonly pullSecrets?: readonly FoundSecret[] | undefined;
  /** Config files instead of the environment's and the default places. */
  readonly files?: readonly string[] | undefined;
  /** Ends every read. */
  readonly signal?: AbortSignal | undefined;
}

export function listSources({
  env,
  homeFolder,
  login,
  authFile,
  authFileBytes,
  pullSecrets,
  files,
  signal,
}: CredentialPlaces): CredentialSource[] {
  const home = homeFolder ?? (env.HOME || homedir());
  const sourceOf = (path: string, rank?: FileRank, bytes?: Uint8Array): CredentialSource => {
    const label = hideUserinfo(path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path);
    return fileSource(
      label,
      async () => (bytes ? decodeCredentials(bytes) : readCredentialFile(path, { signal })),
      rank,
    );
  };
  const byHand = [
    ...(login === undefined ? [] : [loginSource('--username', login.registries, { kind: 'password', ...login })]),
    ...(authFile === undefined ? [] : [sourceOf(authFile, { isDecisive: true, isExpected: true }, authFileBytes)]),
    ...(pullSecrets === undefined ? [] : [pullSecretSource(pullSecrets)]),
  ];
  if (files !== undefined) {
    return [...byHand, ...files.map((file) => sourceOf(file, { isDecisive: true, isExpected: true }))];
  }
  const { DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE } = env;
  return [
    ...byHand,
    ...listEnvironmentLogin(env),
    ...(DOCKER_AUTH_CONFIG ? [textSource('$DOCKER_AUTH_CONFIG', DOCKER_AUTH_CONFIG)] : []),
    ...(REGISTRY_AUTH_FILE ? [sourceOf(REGISTRY_AUTH_FILE, { isExpected: true })] : []),
    ...listDefaultFiles(env, home).map((file) => sourceOf(file)),
  ];
}

/** containers-auth.json(5), then docker's own places. */
function listDefaultFiles(env: CredentialPlaces['env'], home: string): string[] {
  return [
    env.XDG_RUNTIME_DIR
      ? join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json')
      : `/run/containers/${process.getuid?.() ?? 0}/auth.json`,
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json'),
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
    join(home, '.dockercfg'),
  ];
}

function listEnvironmentLogin(env: CredentialPlaces['env']): CredentialSource[] {
  const { KAIROS_PULL_USERNAME: username, KAIROS_PULL_PASSWORD: password, KAIROS_PULL_REGISTRY: registry } = env;
  const label = '$KAIROS_PULL_PASSWORD';
  if (!password) return [];
  if (username && registry) return [loginSource(label, [registry], createLogin(username, password))];
  const missing = username ? 'KAIROS_PULL_REGISTRY' : 'KAIROS_PULL_USERNAME';
  return [{ label, isDecisive: true, load: async () => failure(`it needs $${missing} beside it`) }];
}

/** `registries` is read at every look-up: it may grow while a program names more of them. */
function loginSource(label: string, registries: readonly string[], login: Login): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => {
    const auths = registries.map((key) => ({ key, login: success(login) }));
    return success({ auths, credHelpers: [], problems: [] });
  };
  return { label, isDecisive: true, load };
}

/** One source for all: kubelet too tries the secrets of a pod one after the other. */
function pullSecretSource(pullSecrets: readonly FoundSecret[]): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => success(parseFoundSecrets(pullSecrets));
  return { label: '--use-pull-secrets', isDecisive: true, isNamedByEntry: true, load };
}

function textSource(label: string, text: string): CredentialSource {
  return { label, isDecisive: false, load: once(() => parseCredentialText(text)) };
}

interface FileRank {
  readonly isDecisive?: boolean;
  /** It was named, so that it should be there. */
  readonly isExpected?: boolean;
}

function fileSource(
  label: string,
  read: () => ReturnType<typeof readCredentialFile>,
  { isDecisive = false, isExpected = false }: FileRank = {},
): CredentialSource {
  const load = async (): ReturnType<CredentialSource['load']> => {
    const text = await read();
    if (!text.ok) return text;
    if (text.value !== undefined) return parseCredentialText(text.value);
    return isExpected ? failure('there is no such file, or nothing in it') : success(undefined);
  };
  return { label, isDecisive, load: once(load) };
}
