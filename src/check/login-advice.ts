// How to log in to a registry, from here: with docker or a program like it, or with the variables of this program.

import { registryOfHost } from '../core/docker-hub.ts';
import { keyOfRegistry } from '../credentials/auth-key.ts';
import type { Credential } from '../credentials/credential.ts';
import { GIVEN_LOGIN } from '../credentials/credential-source.ts';
import type { LoginTool } from '../credentials/login-tool.ts';
import type { KnownRegistry, LoginWay } from '../registry/well-known.ts';
import { advise, GIVEN_LOGIN_HINT, type Hint } from './hint.ts';

/** The registry, and what is at hand to log in to it. */
export interface LoginSubject {
  readonly known: KnownRegistry;
  /** As in a reference. */
  readonly registry: string;
  readonly tool: LoginTool;
}

/** Completes "log in: …". */
export function describeLogin({ known, registry: name, tool }: LoginSubject): string {
  const registry = registryOfHost(name);
  const { login = {} } = known;
  const { account, username, passwordFrom, command, lasts } = login;
  const lasting = lasts === undefined ? '' : ` (lasts ${lasts})`;
  if (tool === 'variables') return describeVariables(registry, login);
  if (tool === 'monitor') return describeMonitorKeys(login);
  if (command !== undefined && (tool === 'docker' || passwordFrom === undefined)) {
    return `\`${command}\`${account === undefined ? '' : `, or use ${account}`}${lasting}`;
  }
  if (passwordFrom !== undefined) {
    return `\`${passwordFrom} | ${tool} login -u ${username} --password-stdin ${registry}\`${lasting}`;
  }
  const where = tool === 'docker' && registry === 'docker.io' ? '' : ` ${registry}`;
  return `\`${tool} login${where}\`${account === undefined ? '' : ` with ${account}`}`;
}

function describeVariables(registry: string, { account, username, passwordFrom, lasts }: LoginWay): string {
  const names = `set KAIROS_PULL_REGISTRY=${registry}, KAIROS_PULL_USERNAME${username === undefined ? '' : `=${username}`} and KAIROS_PULL_PASSWORD`;
  if (passwordFrom !== undefined) {
    return `${names} to the output of \`${passwordFrom}\`${lasts === undefined ? '' : ` (lasts ${lasts})`}`;
  }
  return account === undefined ? names : `${names} to ${account}`;
}

function describeMonitorKeys({ account, passwordFrom, lasts }: LoginWay): string {
  const keys =
    "set `credentials` of the resource (`username` and `passwordFile`, or `authFile`), or point the monitor's DOCKER_CONFIG at a directory that contains config.json";
  // Such a password does not last: a helper renews it.
  if (passwordFrom !== undefined) {
    return `${keys} with a credential helper: the output of \`${passwordFrom}\`${lasts === undefined ? ' may expire' : ` lasts ${lasts}`}`;
  }
  return account === undefined ? keys : `${keys}, with ${account}`;
}

/** Completes the credentials of the variables; `missing`: their names. */
export function completeHint(subject: LoginSubject, missing: readonly string[]): Hint {
  const { known, registry, tool } = subject;
  const values: Readonly<Record<string, string | undefined>> = {
    KAIROS_PULL_REGISTRY: registryOfHost(registry),
    KAIROS_PULL_USERNAME: known.login?.username,
  };
  const named = missing.map((name) => (values[name] === undefined ? name : `${name}=${values[name]}`));
  const instead = tool === 'variables' || tool === 'monitor' ? '' : `, or log in: ${describeLogin(subject)}`;
  return advise('complete-credentials', `Set ${named.join(' and ')}${instead}.`);
}

/** A command that removes the stored login; undefined where no program stores one. */
export const describeLogout = ({ registry, tool }: LoginSubject): string | undefined =>
  tool === 'variables' || tool === 'monitor' ? undefined : `\`${tool} logout ${registryOfHost(registry)}\``;

/** What to do about credentials that were refused: it depends on where they come from. */
export function renewHint(subject: LoginSubject, { source }: Credential, verb = 'Log in again'): Hint {
  const { registry, known } = subject;
  const account = known.login?.account === undefined ? '' : ` It requires ${known.login.account}.`;
  if (source === GIVEN_LOGIN) return GIVEN_LOGIN_HINT;
  if (source.startsWith('$KAIROS_PULL_')) {
    return advise('log-in', `Correct KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD.${account}`);
  }
  if (source.startsWith('$DOCKER_AUTH_CONFIG')) {
    return advise('log-in', `Correct the entry for ${keyOfRegistry(registry)} in DOCKER_AUTH_CONFIG.${account}`);
  }
  const [, program] = /^(docker-credential-[\w.-]+)/.exec(source) ?? [];
  if (program !== undefined) return advise('log-in', `${verb} with ${describeHelperLogin(program)}.`);
  return advise('log-in', `${verb}: ${describeLogin(subject)}.`);
}

const HELPER_LOGINS: Readonly<Record<string, string>> = {
  'docker-credential-ecr-login':
    'AWS (`aws sso login`, or new AWS credentials), which docker-credential-ecr-login uses',
  'docker-credential-gcloud': '`gcloud auth login`, which docker-credential-gcloud uses',
  'docker-credential-gcr': '`docker-credential-gcr gcr-login`',
  'docker-credential-acr-env': 'Azure (`az login`, or the AZURE_ variables), which docker-credential-acr-env uses',
};

/** Completes "log in with …": such a helper stores nothing, so `docker login` fails. */
export const describeHelperLogin = (program: string): string =>
  HELPER_LOGINS[program] ?? `the tool that ${program} belongs to`;
