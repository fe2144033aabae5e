// Reads WWW-Authenticate: RFC 9110 section 11.
//
//   WWW-Authenticate = #challenge
//   challenge        = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//   auth-param       = token BWS "=" BWS ( token / quoted-string )
//   token68          = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
//
// Several challenges may share a line, several lines may come, and list elements may be empty (section 5.6.1), so
// a comma alone does not say whether a parameter or a challenge follows: a token with "=" behind it is a parameter.
// Registries also send what the grammar forbids: values without quotes that hold ":" and "/" (IBM), parameters
// parted by blanks. Those are read as meant. Nothing throws; what makes no sense is passed over.

export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Names in lower case, values as sent. */
  readonly params: Readonly<Record<string, string>>;
  readonly token68?: string;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const BLANKS = /[ \t]*/y;
const BETWEEN = /[ \t,;]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const UNQUOTED = /[^\s,"]*/y;
const REST = /[^,]*/y;

/** Every challenge of every field line, in the order sent. Parameters that are cut off or repeated are left out. */
export function parseChallenges(fieldValues: string | readonly string[]): Challenge[] {
  const lines = typeof fieldValues === 'string' ? [fieldValues] : fieldValues;
  return lines.flatMap(parseLine);
}

function parseLine(line: string): Challenge[] {
  const challenges: Challenge[] = [];
  let params: Map<string, string> | undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  let scheme: string | undefined;
  const close = (): void => {
    if (scheme !== undefined) challenges.push({ scheme, params: Object.fromEntries(params ?? []) });
    scheme = undefined;
  };

  while (at < line.length) {
    take(BETWEEN);
    const name = take(TOKEN)?.[0]?.toLowerCase();
    if (name === undefined) {
      take(REST);
      continue;
    }
    const afterName = at;
    take(BLANKS);
    if (line[at] === '=') {
      at += 1;
      take(BLANKS);
      const value = line[at] === '"' ? unquote(take(QUOTED)?.[1]) : take(UNQUOTED)?.[0];
      // A quote that never closes: what follows cannot be told apart from the value.
      if (value === undefined) at = line.length;
      else if (params !== undefined && !params.has(name)) params.set(name, value);
      continue;
    }
    close();
    scheme = name;
    params = new Map();
    const credentials = at > afterName ? take(TOKEN68)?.[0] : undefined;
    if (credentials !== undefined) {
      challenges.push({ scheme, params: {}, token68: credentials });
      scheme = undefined;
      params = undefined;
    }
  }
  close();
  return challenges;
}

/** quoted-pair = "\" ( HTAB / SP / VCHAR / obs-text ), RFC 9110 section 5.6.4. */
const unquote = (text: string | undefined): string | undefined => text?.replace(/\\(.)/gs, '$1');
