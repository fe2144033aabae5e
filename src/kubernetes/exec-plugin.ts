// Runs the program that a kubeconfig names for its user (`exec`), as kubectl does: it prints a token or a certificate.
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins

import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { isPlainObject, type PlainObject, parseJsonDocument } from '../credentials/go-document.ts';
import { runProgram } from '../credentials/run-program.ts';
import { findProgram } from '../file/find-program.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import { bearer, type Identity, isToken } from './cluster.ts';
import { type KubeconfigEntry, pathOf, textOf } from './kubeconfig.ts';
import { clientOf } from './pem.ts';

export interface IdentifyOptions {
  /** Of the user. */
  readonly name: string;
  readonly cluster: KubeconfigEntry;
  readonly env: Env;
  readonly signal: AbortSignal;
}

const VERSIONS = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const TIMEOUT_MS = 30_000;
const MAX_BYTES = 256 * 1024;

/** The error is a sentence; it never quotes the output, which may contain a secret. */
export async function runExec(
  exec: PlainObject,
  user: KubeconfigEntry,
  tls: TlsChoice,
  { name, cluster, env, signal }: IdentifyOptions,
): Promise<Outcome<Identity, string>> {
  const command = textOf(exec, 'command');
  const apiVersion = textOf(exec, 'apiVersion');
  const program = `The program ${cleanText(command, 100)} of the user ${name}`;
  if (command === '') return failure(`The user ${name} has an exec without a command.`);
  if (!VERSIONS.has(apiVersion))
    return failure(`${program} has an unknown apiVersion; use ${[...VERSIONS].join(' or ')}.`);
  if (textOf(exec, 'interactiveMode') === 'Always') {
    return failure(`${program} needs a terminal. Run kubectl proxy and use its address as the server.`);
  }
  const file = /[\\/]/.test(command) ? pathOf(user, command) : await findProgram(fileNamesOf(command, env), env.PATH);
  if (file === undefined) {
    const install = textOf(exec, 'installHint');
    return failure(`${program} is not installed.${install === '' ? '' : ` ${cleanText(install, 200)}`}`);
  }
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...clusterInfo(exec, cluster) } };
  const own = listOf(exec.env).map((one) => [textOf(one, 'name'), textOf(one, 'value')] as const);
  const ran = await runProgram({
    file,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    input: '',
    env: { ...env, ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    signal,
  });
  signal.throwIfAborted();
  if (!ran.ok) return failure(`${program} ${ran.error}.`);
  if (ran.value.exitCode !== 0) {
    return failure(`${program} failed with exit code ${ran.value.exitCode}. Run it in a terminal to see why.`);
  }
  const printed = parseJsonDocument(ran.value.stdout);
  const status = printed.ok && isPlainObject(printed.value) ? printed.value.status : undefined;
  if (!isPlainObject(status)) return failure(`${program} did not print an ExecCredential.`);
  const token = textOf(status, 'token');
  const pem = (key: string): string | undefined => textOf(status, key) || undefined;
  const client = clientOf(pem('clientCertificateData'), pem('clientKeyData'), `the user ${name}`);
  if (!client.ok) return client;
  if (token !== '' && !isToken(token)) return failure(`${program} printed a token that cannot be sent.`);
  if (token === '' && client.value.cert === undefined)
    return failure(`${program} printed no token and no certificate.`);
  const both = { ...tls, ...client.value };
  return success(token === '' ? { tls: both, secrets: [] } : { tls: both, ...bearer(token) });
}

const listOf = (value: unknown): readonly PlainObject[] => (Array.isArray(value) ? value.filter(isPlainObject) : []);

function clusterInfo({ provideClusterInfo }: PlainObject, { value }: KubeconfigEntry) {
  if (provideClusterInfo !== true) return {};
  const [ca, name] = [textOf(value, 'certificate-authority-data'), textOf(value, 'tls-server-name')];
  return {
    cluster: {
      server: textOf(value, 'server'),
      ...(ca !== '' && { 'certificate-authority-data': ca }),
      ...(name !== '' && { 'tls-server-name': name }),
      ...(value['insecure-skip-tls-verify'] === true && { 'insecure-skip-tls-verify': true }),
    },
  };
}

/** Windows adds extensions. */
const fileNamesOf = (command: string, { PATHEXT = '' }: Env): string[] =>
  (process.platform === 'win32' ? ['', ...PATHEXT.split(';')] : ['']).map((ending) => command + ending);
