// Knows the secrets of a run, so that nothing a server repeats of them is shown.
//
// Secrets are noted where they are made: a login when it is found, a token when it is issued, a proxy's login at the
// start. Logins are never forgotten. Tokens come and go with repositories: the oldest leave first.

import { once } from '../core/once.ts';
import { userinfoOf } from '../core/userinfo.ts';
import { type Budget, createSecretForm, findSecret, foldCase, type SecretForm, type Span } from './secret-match.ts';

export interface Secrets {
  /** A password, or an identity or registry token with the user name it was stored with. */
  noteLogin(username: string, secret: string): void;
  /** A token that a token service issued. */
  noteToken(token: string): void;
  /**
   * The text, as a server wrote it, with `***` for every secret noted so far. `known`: texts that we sent openly, such as
   * the name of the image; they stay as they are, although a secret may be a part of them.
   */
  hide(text: string, known?: readonly string[]): string;
}

/** A shorter secret cannot be told from ordinary text. */
const SHORTEST = 4;
/** A longer one is known by its pieces too: servers quote tokens in part. */
const LONGEST_WORD = 64;
/** The shortest piece that is known for certain spans two windows, since every second one is looked for. */
const WINDOW = 16;
const STEP = 8;
const RUN = /[\w.~+/=-]{16,}/g;
const MAX_TOKENS = 500;
/** Of one token. */
const MAX_TOKEN_LENGTH = 8 * 1024;
/** More of a text is never shown. */
const MAX_TEXT_LENGTH = 16 * 1024;

/** More than any honest text takes, and a tenth of a second. */
const MAX_STEPS = 1_000_000;

/** What is looked for on behalf of one secret. */
interface Noted {
  /** Made when a text is first searched: most tokens are never repeated. */
  readonly forms: () => readonly SecretForm[];
  /** In lower case. */
  readonly long: readonly string[];
}

/** `addresses`: URLs that may hold a login of their own, those of proxies. */
export function createSecrets(addresses: readonly (string | undefined)[] = []): Secrets {
  const logins = new Map<string, Noted>();
  const tokens = new Map<string, Noted>();

  const noteLogin = (username: string, secret: string): void => {
    const key = JSON.stringify([username, secret]);
    if (secret !== '' && !logins.has(key)) logins.set(key, loginOf(username, secret));
  };
  for (const address of addresses) {
    const login = loginIn(address);
    if (login !== undefined) noteLogin(login.username, login.password);
  }

  return {
    noteLogin,
    noteToken(token) {
      const kept = token.slice(0, MAX_TOKEN_LENGTH);
      const noted = tokens.get(kept) ?? tokenOf(kept);
      tokens.delete(kept);
      tokens.set(kept, noted);
      if (tokens.size > MAX_TOKENS) tokens.delete(tokens.keys().next().value ?? '');
    },
    hide(text, known = []) {
      if (logins.size === 0 && tokens.size === 0) return text;
      const shown = text.slice(0, MAX_TEXT_LENGTH);
      const folded = foldCase(shown);
      const budget: Budget = { left: MAX_STEPS };
      const noted = [...logins.values(), ...tokens.values()];
      const found = [
        ...noted.flatMap(({ forms }) => forms().flatMap((form) => findSecret(folded, form, budget))),
        ...findPieces(
          folded,
          noted.flatMap(({ long }) => long),
        ),
      ];
      return found.length === 0 ? shown : mask(shown, found, spansOf(folded, known));
    },
  };
}

function loginOf(username: string, secret: string): Noted {
  const encoded = encodingsOf(username, secret).filter(({ length }) => length >= SHORTEST);
  // Servers normalize Unicode, some one way and some the other.
  const own = [...new Set([secret, secret.normalize('NFC'), secret.normalize('NFD')])];
  const texts = secret.length >= SHORTEST ? [...own, ...encoded] : encoded;
  return {
    forms: formsOf(texts),
    long: texts.filter(({ length }) => length > LONGEST_WORD / 2).map(foldCase),
  };
}

const tokenOf = (token: string): Noted =>
  token.length > LONGEST_WORD ? { forms: () => [], long: [foldCase(token)] } : { forms: formsOf([token]), long: [] };

const formsOf = (texts: readonly string[]): Noted['forms'] =>
  once(() => texts.flatMap((text) => createSecretForm(text, SHORTEST) ?? []));

/** Base64 and hexadecimal, of the secret alone and as RFC 7617 sends it; without the padding, which a quote may leave out. */
function encodingsOf(username: string, secret: string): string[] {
  const pair = Buffer.from(`${username}:${secret}`);
  const own = Buffer.from(secret);
  const plain = [own, pair].flatMap((bytes) => [
    bytes.toString('hex'),
    ...(['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).replace(/=+$/, '')),
  ]);
  return [...new Set([...plain, ...withinBase64(own)])];
}

/**
 * What base64 makes of the secret inside a longer text: one form for each alignment to three bytes, without the characters
 * that its neighbors have a part in.
 */
function withinBase64(secret: Buffer): string[] {
  if (secret.length < 8) return [];
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret])
      .toString('base64')
      .replace(/=+$/, '');
    const begin = before === 0 ? 0 : before + 1;
    return text.slice(begin, (secret.length + before) % 3 === 0 ? undefined : -1);
  });
}

/** Runs of a token's characters (RFC 6750 `b64token`) that have a piece in common with a long secret. */
function findPieces(text: string, long: readonly string[]): Span[] {
  if (long.length === 0) return [];
  return [...text.matchAll(RUN)].flatMap(({ 0: run, index }): Span[] => {
    for (let at = 0; at + WINDOW <= run.length; at += STEP) {
      const piece = run.slice(at, at + WINDOW);
      if (long.some((secret) => secret.includes(piece))) return [[index, index + run.length]];
    }
    return [];
  });
}

function spansOf(text: string, known: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const name of known.map(foldCase)) {
    if (name === '') continue;
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
      spans.push([at, at + name.length]);
    }
  }
  return spans;
}

function mask(text: string, found: readonly Span[], kept: readonly Span[]): string {
  const spans = found
    .filter(([start, end]) => !kept.some(([from, to]) => from <= start && end <= to))
    .sort(([a], [b]) => a - b);
  let shown = '';
  let at = 0;
  for (const [start, end] of spans) {
    if (start >= at) shown += `${text.slice(at, start)}***`;
    at = Math.max(at, end);
  }
  return shown + text.slice(at);
}

function loginIn(address: string | undefined): { username: string; password: string } | undefined {
  const text = address === undefined || address.includes('://') ? address : `http://${address}`;
  if (text === undefined || !URL.canParse(text)) return undefined;
  return userinfoOf(new URL(text));
}
