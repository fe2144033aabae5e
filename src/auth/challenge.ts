// Reads WWW-Authenticate for the check, as registry clients do; rfc-challenge.ts reads what the RFC allows, which is more.
//
// The parser of the clients (docker/distribution, challenge/authchallenge.go; copied by containerd, containers/image and
// crane) reads one challenge per field line, and its parameters up to the first that is not `name=value`:
//
//   challenge = token *( "," *SP token "=" ( token / quoted-string ) *SP )
//
// So `realm=https://auth/token` without quotes is "https", and what follows it is lost. A challenge that no client can
// read is not answered.

import type { HttpResponse } from '../http/send.ts';

export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Names in lower case; the last of duplicates. */
  readonly params: Readonly<Record<string, string>>;
  /** The clients stop reading within this parameter; unset: they read the whole line. */
  readonly unreadable?: string;
}

/** A Bearer challenge that is the same for every repository of a registry. */
export interface KnownChallenge {
  readonly realm: string;
  readonly service?: string | undefined;
  /** Unset: `repository:<name>:pull`. */
  readonly scope?: string | undefined;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]*/y;
const BLANKS = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;

export const challengesOf = ({ headers }: Pick<HttpResponse, 'headers'>): readonly Challenge[] =>
  headers.all('www-authenticate').flatMap((line) => readChallenge(line) ?? []);

/** The schemes that clients answer. */
const ANSWERED = ['bearer', 'basic'];

/**
 * Clients answer the first challenge of these two schemes, and no second one of the same. A Bearer challenge that follows
 * a Basic one is answered too: by containerd, and by those who have no password.
 */
export function answerable(challenges: readonly Challenge[]): readonly Challenge[] {
  const first = ANSWERED.map((scheme) => challenges.find((challenge) => challenge.scheme === scheme));
  const [bearer] = first;
  const isUseful = (one: Challenge): boolean =>
    first.includes(one) && (bearer === undefined || challenges.indexOf(one) <= challenges.indexOf(bearer));
  return challenges.filter(isUseful);
}

/** undefined if the line does not begin with a scheme. */
function readChallenge(line: string): Challenge | undefined {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    at += match?.[0].length ?? 0;
    return match;
  };
  const takeToken = (): string => take(TOKEN)?.[0] ?? '';

  const scheme = takeToken().toLowerCase();
  if (scheme === '') return undefined;
  const params = new Map<string, string>();
  let name = '';
  take(BLANKS);
  while (at < line.length) {
    const next = takeToken().toLowerCase();
    if (next === '' || line[at] !== '=') break;
    name = next;
    at += 1;
    const quoted = take(QUOTED)?.[1]?.replace(/\\(.)/gs, '$1');
    const value = quoted ?? takeToken();
    if (quoted === undefined && value === '') break;
    params.set(name, value);
    take(BLANKS);
    if (line[at] !== ',') break;
    at += 1;
    take(BLANKS);
  }
  const challenge = { scheme, params: Object.fromEntries(params) };
  return at < line.length && name !== '' ? { ...challenge, unreadable: name } : challenge;
}
