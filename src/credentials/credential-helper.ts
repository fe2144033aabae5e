// Gets credentials from a helper program: `docker-credential-<name> get`, server address on standard input.
// https://github.com/docker/docker-credential-helpers#development
//   output: { "ServerURL": "…", "Username": "…", "Secret": "…" }; user name <token>: the secret is an identity token

import type { OnEvent } from '../core/check-event.ts';
import type { Env } from '../core/env.ts';
import { getOrCreate } from '../core/once.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { findProgram } from '../file/find-program.ts';
import { createCredential, type StoredCredential } from './credential.ts';
import { isPlainObject, parseFirstJson, readField } from './go-document.ts';
import { type ProgramExit, type RunProgram, runProgram as runRealProgram, timeoutProblem } from './run-program.ts';

export interface HelperFailure {
  readonly code: 'helper-missing' | 'helper-failed';
  /** Completes "docker-credential-x …". Never quotes the helper's output, which may contain a secret. */
  readonly problem: string;
  /** It may have the credential. */
  readonly isSlow?: true;
}

export interface HelperAnswer {
  /** undefined when the helper has no credential for the server. */
  readonly credential: StoredCredential | undefined;
  /** It printed more than its JSON object: docker and podman read no further, oras fails. */
  readonly isFollowed?: true;
}

/** `name` as the config spells it. */
export type GetFromHelper = (name: string, server: string) => Promise<Outcome<HelperAnswer, HelperFailure>>;

export interface CredentialHelperOptions {
  readonly env: Env;
  readonly runProgram?: RunProgram | undefined;
  /** For one run of a helper; 10 s when unset. */
  readonly helperTimeoutMs?: number | undefined;
  /** Called after each run of a helper, and for each search for credentials. */
  readonly onEvent?: OnEvent | undefined;
  /** Ends every helper that is still running. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** credentials.NewErrCredentialsNotFound of docker-credential-helpers. */
const NOT_FOUND = 'credentials not found in native keychain';

/** The causes of the most common failures, in our words. */
const SYMPTOMS: readonly (readonly [RegExp, string])[] = [
  [/pass(word)? store is|pass not init/i, 'its password store is not set up'],
  [/gpg|decrypt|pinentry/i, 'gpg could not decrypt the password store'],
  [/d-?bus|\$DISPLAY|org\.freedesktop/i, 'no desktop keyring is running'],
  [/interaction is not allowed|locked/i, 'the keychain is locked'],
  [/expired|active account|default credentials|not logged in/i, 'its own login is missing or has expired'],
];

/** Runs each helper at most once per server, however often the same credential is needed. */
export function createCredentialHelper(options: CredentialHelperOptions): GetFromHelper {
  const { env, runProgram = runRealProgram, helperTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const { onEvent } = options;
  const lookups = new Map<string, ReturnType<GetFromHelper>>();

  const get: GetFromHelper = async (name, server) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) return failure({ code: 'helper-missing', problem: 'has an invalid name' });
    const program = `docker-credential-${name}`;
    const file = await findProgram([process.platform === 'win32' ? `${program}.exe` : program], env.PATH);
    if (file === undefined) return failure({ code: 'helper-missing', problem: 'is not on the PATH' });
    const run = await runProgram({ file, args: ['get'], input: server, env, timeoutMs, maxBytes: MAX_BYTES, signal });
    const answer = run.ok ? parseOutput(run.value) : run;
    if (answer.ok) return answer;
    const isSlow = !run.ok && run.error === timeoutProblem(timeoutMs);
    return failure({ code: 'helper-failed', problem: answer.error, ...(isSlow && { isSlow }) });
  };

  const observed: GetFromHelper = async (name, server) => {
    const startedMs = performance.now();
    const answer = await get(name, server);
    onEvent?.({
      type: 'helper',
      program: cleanText(`docker-credential-${name}`, 100),
      server: cleanText(server, 200),
      outcome: !answer.ok ? 'failed' : answer.value.credential === undefined ? 'nothing' : 'credential',
      ...(!answer.ok && { problem: answer.error.problem }),
      durationMs: performance.now() - startedMs,
    });
    return answer;
  };

  return (name, server) =>
    getOrCreate(lookups, `${name} ${server}`, () => (onEvent === undefined ? get : observed)(name, server));
}

function parseOutput({ exitCode, stdout, stderr }: ProgramExit): Outcome<HelperAnswer, string> {
  const output = `${stdout}\n${stderr}`;
  if (exitCode !== 0) {
    if (output.includes(NOT_FOUND)) return success({ credential: undefined });
    const symptom = SYMPTOMS.find(([pattern]) => pattern.test(output))?.[1];
    return failure(`exited with code ${exitCode}${symptom === undefined ? '' : ` (${symptom})`}`);
  }
  const parsed = parseFirstJson(stdout);
  if (!parsed.ok || !isPlainObject(parsed.value.value)) return failure('did not return a JSON object');
  const { value, rest } = parsed.value;
  const username = readField(value, 'Username') ?? '';
  const secret = readField(value, 'Secret') ?? '';
  if (typeof username !== 'string' || typeof secret !== 'string') {
    return failure('returned a Username or Secret that is not a string');
  }
  const credential = username === '' && secret === '' ? undefined : createCredential(username, secret);
  return success({ credential, ...(rest !== '' && { isFollowed: true }) });
}
