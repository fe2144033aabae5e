// Who may read the monitor: RFC 6750 bearer tokens, and RFC 7617 Basic with a password of the htpasswd file or the token.

import { createHash, timingSafeEqual } from 'node:crypto';
import { parseHtpasswd } from './htpasswd.ts';
import { createPasswordCheck, type PasswordCheck } from './password-check.ts';
import type { HttpProblem } from './problem.ts';
import { createSecretFile, noSecretFile, parseTokenFile } from './secret-file.ts';
import type { AuthOptions } from './web-options.ts';

export interface Authenticator {
  /** null if the credentials of the `Authorization` field are accepted. */
  refuse(authorization: string | undefined): Promise<HttpProblem | null>;
  /** Reads the files once, so that the log says early which cannot be used. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** Basic comes first: a browser prompts for the first scheme that it supports. */
const CHALLENGE = 'Basic realm="kairos-pull", charset="UTF-8", Bearer realm="kairos-pull"';

const unauthorized = (detail: string): HttpProblem => ({
  ...{ status: 401, title: 'Unauthorized', detail },
  headers: { 'www-authenticate': CHALLENGE },
});

const BUSY: HttpProblem = {
  ...{ status: 503, title: 'Too many credentials', headers: { 'retry-after': '2' } },
  detail: 'Too many passwords are being compared; try again in a moment.',
};

const MAX_FIELD_LENGTH = 4_096;

export function createAuthenticator(
  { bearerTokenFile, basicFile }: AuthOptions,
  log: (message: string) => void,
  passwords: PasswordCheck = createPasswordCheck(),
): Authenticator {
  const token = bearerTokenFile === null ? noSecretFile : createSecretFile(bearerTokenFile, parseTokenFile, log);
  const users = basicFile === null ? noSecretFile : createSecretFile(basicFile, parseHtpasswd, log);

  const isToken = async (text: string): Promise<boolean> => {
    const expected = await token.read();
    return expected !== undefined && isEqual(text, expected);
  };

  const refuseBasic = async ({ user, password }: BasicCredentials): Promise<HttpProblem | null> => {
    if (await isToken(password)) return null;
    const hashes = await users.read();
    const outcome = hashes === undefined ? 'mismatch' : await passwords.check(user, password, hashes);
    if (outcome === 'busy') return BUSY;
    return outcome === 'match' ? null : unauthorized('The user name or the password is wrong.');
  };

  return {
    async refuse(authorization) {
      if (authorization === undefined)
        return unauthorized('A credential is required: a bearer token, or a user name and password.');
      const [, scheme = '', value = ''] = /^([a-z]+) +(\S+)$/i.exec(authorization.slice(0, MAX_FIELD_LENGTH)) ?? [];
      if (scheme.toLowerCase() === 'bearer') {
        return (await isToken(value)) ? null : unauthorized('The bearer token is wrong.');
      }
      const basic = scheme.toLowerCase() === 'basic' ? parseBasic(value) : undefined;
      return basic === undefined
        ? unauthorized('The Authorization field must be Bearer or Basic.')
        : refuseBasic(basic);
    },
    prepare: async () => void (await Promise.all([token.read(), users.read()])),
    close: () => passwords.close(),
  };
}

interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

function parseBasic(value: string): BasicCredentials | undefined {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** In a time that does not depend on the texts. */
function isEqual(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
