// Reads WWW-Authenticate by RFC 9110 section 11.6.1, for users of the library; the check reads less (challenge.ts).
//
//   WWW-Authenticate = #challenge
//   challenge        = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//   auth-param       = token BWS "=" BWS ( token / quoted-string )
//   token68          = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
//   quoted-string    = DQUOTE *( qdtext / quoted-pair ) DQUOTE
//   quoted-pair      = "\" ( HTAB / SP / VCHAR / obs-text )
//
// A line may contain several challenges, there may be several lines, and list elements may be empty (section 5.6.1).
// So a comma alone does not say whether a parameter or a challenge follows: a token before "=" is a parameter.
// Registries also send what the grammar forbids: unquoted values that contain ":" and "/" (IBM), parameters
// separated by spaces. Those are read as meant. Nothing throws; everything else is ignored.

export interface RfcChallenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Names in lower case, values as sent; the first of duplicates. */
  readonly params: Readonly<Record<string, string>>;
  readonly token68?: string;
}

const SEPARATORS = /[ \t,;]*/y;
const BLANKS = /[ \t]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const UNQUOTED_VALUE = /[^\s,"]*/y;
const NONSENSE = /[^,"]*/y;

/** Every challenge of every field line, in order. RFC 9110 section 11. */
export function parseChallenges(fieldValues: string | readonly string[]): RfcChallenge[] {
  const lines = typeof fieldValues === 'string' ? [fieldValues] : fieldValues;
  return lines.flatMap(parseLine);
}

function parseLine(line: string): RfcChallenge[] {
  const challenges: { scheme: string; params: Map<string, string>; token68: string }[] = [];
  let at = 0;

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const text = pattern.exec(line)?.[0] ?? '';
    at += text.length;
    return text;
  };

  /** undefined when the quote never closes; then the whole line was read. */
  const takeQuoted = (): string | undefined => {
    let text = '';
    for (at += 1; at < line.length; at += 1) {
      if (line[at] === '"') {
        at += 1;
        return text;
      }
      if (line[at] === '\\') at += 1;
      text += line[at] ?? '';
    }
    return undefined;
  };

  while (at < line.length) {
    const isApart = take(SEPARATORS) !== '' || at === 0;
    const name = take(TOKEN).toLowerCase();
    if (name === '') {
      if (line[at] === '"') takeQuoted();
      else take(NONSENSE);
      continue;
    }
    const hasBlanks = take(BLANKS) !== '';
    if (line[at] === '=') {
      at += 1;
      take(BLANKS);
      const value = line[at] === '"' ? takeQuoted() : take(UNQUOTED_VALUE);
      const params = challenges.at(-1)?.params;
      if (value !== undefined && params !== undefined && !params.has(name)) params.set(name, value);
    } else if (isApart) {
      challenges.push({ scheme: name, params: new Map(), token68: hasBlanks ? take(TOKEN68) : '' });
    }
  }
  return challenges.map(({ scheme, params, token68 }) => ({
    scheme,
    params: Object.fromEntries(params),
    ...(token68 !== '' && { token68 }),
  }));
}
