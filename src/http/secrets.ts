// Knows the secrets that were sent, so that nothing a server repeats of them is shown.

import type { Middleware } from './send.ts';

export interface Secrets {
  /** Remembers what identifies us in each request that passes. */
  readonly remember: Middleware;
  /** The text with `***` in place of every secret sent so far. */
  hide(text: string, options?: HideOptions): string;
}

export interface HideOptions {
  /** Texts that stay as they are, although a secret may be a part of them. */
  readonly known?: readonly string[];
  /** Length from which secrets are hidden; unset: 4. */
  readonly shortest?: number;
}

/** A shorter one cannot be told from ordinary text. */
const SHORTEST = 4;
/** The beginning of a secret, where a text was cut off, counts from this length on. */
const SHORTEST_BEGINNING = 8;
/** A longer one is a token: known by its beginning, which the tokens of one service share. */
const LONGEST = 64;
const TOKEN_BEGINNING = 24;
const REST_OF_TOKEN = '[\\w.~+/=-]*';
/** Tokens come and go with repositories; what was sent long ago is forgotten first. */
const MAX_SECRETS = 500;

/** `logins`: URLs that hold a login of their own, those of proxies. */
export function createSecrets(logins: readonly (string | undefined)[] = []): Secrets {
  const secrets = new Set<string>();
  /** By the length from which secrets are hidden. */
  const patterns = new Map<number, RegExp>();

  const patternFor = (shortest: number): RegExp => {
    const kept = patterns.get(shortest);
    if (kept !== undefined) return kept;
    const pattern = new RegExp(alternatives([...secrets].filter(({ length }) => length >= shortest)) || '(?!)', 'gi');
    patterns.set(shortest, pattern);
    return pattern;
  };

  const add = (text: string): void => {
    const secret = text.length > LONGEST ? text.slice(0, TOKEN_BEGINNING) : text;
    if (secret.length < SHORTEST || secrets.has(secret)) return;
    secrets.add(secret);
    if (secrets.size > MAX_SECRETS) secrets.delete(secrets.values().next().value ?? '');
    patterns.clear();
  };
  const addLogin = (username: string, password: string): void => {
    for (const text of [password, `${username}:${password}`]) {
      const bytes = Buffer.from(text);
      for (const form of [text, encodeURIComponent(text), bytes.toString('hex')]) add(form);
      // With and without the padding that a quote may leave out.
      for (const encoding of ['base64', 'base64url'] as const) add(bytes.toString(encoding).replace(/=+$/, ''));
    }
  };
  for (const login of logins) {
    if (!login || !URL.canParse(login)) continue;
    const { username, password } = new URL(login);
    if (password !== '') addLogin(decode(username), decode(password));
  }

  return {
    remember: (next) => (request) => {
      const [scheme = '', value = ''] = request.headers.authorization?.split(' ') ?? [];
      if (scheme === 'Basic') {
        const [, username = '', password = ''] = /^(.*?):(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
        addLogin(username, password);
      } else if (value.length > LONGEST) add(value);
      else if (value !== '') addLogin('', value);
      const refreshToken = new URLSearchParams(request.body).get('refresh_token');
      if (refreshToken) addLogin('', refreshToken);
      return next(request);
    },
    hide(text, { known = [], shortest = SHORTEST } = {}) {
      if (secrets.size === 0) return text;
      const pattern = patternFor(shortest);
      const found = text.search(pattern) >= 0;
      const kept = known.filter((one) => one !== '');
      const whole = kept.length === 0 ? pattern : new RegExp(`(${alternatives(kept)})|${pattern.source}`, 'gi');
      const hidden = found
        ? text.replace(whole, (match, isKnown: unknown) => (typeof isKnown === 'string' ? match : '***'))
        : text;
      return hidden.endsWith('…') ? withoutBeginning(hidden, secrets) : hidden;
    },
  };
}

/** As it is where it is not percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Longest first: a secret may hold another. */
const alternatives = (texts: Iterable<string>): string =>
  [...texts]
    .sort((a, b) => b.length - a.length)
    .map(
      (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') + (text.length === TOKEN_BEGINNING ? REST_OF_TOKEN : ''),
    )
    .join('|');

/** A text that was cut may end in the middle of a secret. */
function withoutBeginning(text: string, secrets: Iterable<string>): string {
  const end = text.slice(0, -1).toLowerCase();
  for (const secret of secrets) {
    const folded = secret.toLowerCase();
    for (let length = folded.length - 1; length >= SHORTEST_BEGINNING; length -= 1) {
      if (end.endsWith(folded.slice(0, length))) return `${text.slice(0, end.length - length)}***…`;
    }
  }
  return text;
}
