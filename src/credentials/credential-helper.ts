// Asks a credential helper for a login: `docker-credential-<name> get`, server address on standard input.
// https://github.com/docker/docker-credential-helpers#development
//   answer: { "ServerURL": "…", "Username": "…", "Secret": "…" }; user name <token>: the secret is an identity token

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { isJsonObject, readField } from './json-field.ts';
import { parseJson } from './json-text.ts';
import { createLogin, type Login } from './login.ts';
import { type ProgramExit, type RunProgram, runProgram as runRealProgram } from './run-program.ts';

export interface HelperFailure {
  readonly code: 'helper-missing' | 'helper-failed';
  /** The end of the sentence "docker-credential-x …"; never the helper's own words, they may hold a secret. */
  readonly problem: string;
}

/** `name` as the config spells it; undefined when the helper knows no login for the server. */
export type AskHelper = (name: string, server: string) => Promise<Outcome<Login | undefined, HelperFailure>>;

export interface CredentialHelperOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runProgram?: RunProgram | undefined;
  /** For one answer; 10 s when unset. */
  readonly helperTimeoutMs?: number | undefined;
  /** Ends every helper that is still running. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;
/** credentials.NewErrCredentialsNotFound of docker-credential-helpers. */
const NOT_FOUND = 'credentials not found in native keychain';

/** What is behind the commonest failures, in our words. */
const SYMPTOMS: readonly (readonly [RegExp, string])[] = [
  [/pass(word)? store is|pass not init/i, 'its password store is not set up'],
  [/gpg|decrypt|pinentry/i, 'gpg could not decrypt the password store'],
  [/d-?bus|\$DISPLAY|org\.freedesktop/i, 'no desktop keyring is running'],
  [/interaction is not allowed|locked/i, 'the keychain is locked'],
  [/expired|active account|default credentials|not logged in/i, 'it needs a new login of its own'],
];

/** Asks each helper at most once about a server, however often the same question comes. */
export function createCredentialHelper(options: CredentialHelperOptions): AskHelper {
  const { env, runProgram = runRealProgram, helperTimeoutMs: timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const answers = new Map<string, ReturnType<AskHelper>>();

  const ask: AskHelper = async (name, server) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      return failure({ code: 'helper-missing', problem: 'has a name that no helper program can have' });
    }
    const file = await findProgram(`docker-credential-${name}`, env);
    if (file === undefined) return failure({ code: 'helper-missing', problem: 'is not on the PATH' });
    const run = await runProgram({ file, args: ['get'], input: server, env, timeoutMs, maxBytes: MAX_BYTES, signal });
    const login = run.ok ? parseAnswer(run.value) : run;
    return login.ok ? login : failure({ code: 'helper-failed', problem: login.error });
  };

  return (name, server) => {
    const question = `${name} ${server}`;
    const answer = answers.get(question) ?? ask(name, server);
    answers.set(question, answer);
    return answer;
  };
}

function parseAnswer({ exitCode, stdout, stderr }: ProgramExit): Outcome<Login | undefined, string> {
  const output = `${stdout}\n${stderr}`;
  if (exitCode !== 0) {
    if (output.includes(NOT_FOUND)) return success(undefined);
    const symptom = SYMPTOMS.find(([pattern]) => pattern.test(output))?.[1];
    return failure(`exited with code ${exitCode}${symptom === undefined ? '' : ` (${symptom})`}`);
  }
  const answer = parseJson(stdout);
  if (!answer.ok || !isJsonObject(answer.value)) return failure('gave an answer that is not a JSON object');
  const username = readField(answer.value, 'Username') ?? '';
  const secret = readField(answer.value, 'Secret') ?? '';
  if (typeof username !== 'string' || typeof secret !== 'string') {
    return failure('gave an answer whose Username or Secret is not a string');
  }
  return success(username === '' && secret === '' ? undefined : createLogin(username, secret));
}

/** Absolute PATH entries only: an empty or relative one would run a program out of the folder being checked. */
async function findProgram(name: string, env: CredentialHelperOptions['env']): Promise<string | undefined> {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (env.PATH ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(folder, fileName);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}
