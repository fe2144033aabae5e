// The secrets of a run, to mask them in everything that is quoted from a server.
//
// Each is added where it first appears: a credential when it is found, a token when it is issued, a proxy's credentials at
// the start. Credentials are kept. The number of tokens grows with the repositories: the oldest are dropped first.

import { setBounded } from '../core/bounded-map.ts';
import { bytesOfText, latin1OfInvalid } from '../core/byte-text.ts';
import { once } from '../core/once.ts';
import { userinfoOf } from '../core/userinfo.ts';
import { joinedTexts } from './broken-up-text.ts';
import { type DecodedText, decodedTexts } from './decoded-text.ts';
import { proxyAddress } from './proxy.ts';
import { createSecretForm, foldCase, indexForms, type SecretForm, type SecretIndex } from './secret-form.ts';
import { type Budget, findEndings, findSecrets, type Span } from './secret-match.ts';
import type { Beside } from './send.ts';

export interface KnownSecrets {
  /** A password, or an identity or registry token with the user name it was stored with. */
  addCredential(username: string, secret: string): void;
  /** A token that a token service issued. */
  addToken(token: string): void;
  /**
   * The text of a server with `***` for every secret added so far. `known`: texts that we sent in the clear, such as the
   * name of the image; they are kept even if a secret is part of them. `beside`: see `Quote`.
   */
  hide(text: string, known?: readonly string[], beside?: readonly Beside[]): string;
}

/** A shorter secret cannot be distinguished from ordinary text. */
const MIN_LENGTH = 4;
/** A shorter one may be in the words of a sentence without its blanks. */
const MIN_CERTAIN = 8;
/** Pieces of a longer secret are masked as well: servers quote parts of tokens. */
const MAX_WHOLE_LENGTH = 64;
/** Every second window is searched for, so a piece of two windows is always found. */
const WINDOW = 16;
const STEP = 8;
const RUN = /[\w.~+/=-]{16,}/g;
const MAX_TOKENS = 500;
/** Of one token. */
const MAX_TOKEN_LENGTH = 8 * 1024;
/** No more of a text is ever shown. */
const MAX_TEXT_LENGTH = 16 * 1024;

/** Of the texts beside a text, on each side. */
const MAX_BESIDE = 1024;

/** A quote of a quote of a quote. */
const MAX_DECODINGS = 3;
/** More than any real text needs, and some tenths of a second. A text that needs more is masked as a whole. */
const MAX_STEPS = 2_000_000;

/** What to search for to find one secret. */
interface SearchTerms {
  /** Created when a text is first searched: most tokens are never quoted. */
  readonly forms: () => readonly SecretForm[];
  /** Lower case; searched for in pieces. */
  readonly long: readonly string[];
}

/** `proxies`: settings of proxies, which may contain credentials. */
export function createKnownSecrets(proxies: readonly (string | undefined)[] = []): KnownSecrets {
  const credentials = new Map<string, SearchTerms>();
  const tokens = new Map<string, SearchTerms>();
  /** Created for the first text after a secret was added. */
  let search: Search | undefined;

  const addCredential = (username: string, secret: string): void => {
    const key = JSON.stringify([username, secret]);
    if (secret === '' || credentials.has(key)) return;
    credentials.set(key, termsOfCredential(username, secret));
    search = undefined;
  };
  for (const proxy of proxies) {
    const url = proxyAddress(proxy ?? '');
    if (url === undefined) continue;
    const { username, password } = userinfoOf(url);
    addCredential(username, password);
  }

  return {
    addCredential,
    addToken(token) {
      const key = token.slice(0, MAX_TOKEN_LENGTH);
      if (!tokens.has(key)) search = undefined;
      setBounded(tokens, key, tokens.get(key) ?? termsOfToken(key), MAX_TOKENS);
    },
    hide(text, known = [], beside = [['', '']]) {
      if (credentials.size === 0 && tokens.size === 0) return text;
      const shown = text.slice(0, MAX_TEXT_LENGTH);
      const budget: Budget = { left: MAX_STEPS };
      search ??= createSearch([...credentials.values(), ...tokens.values()]);
      const terms = search;
      const found = beside.flatMap(([before, after]) => {
        const start = Math.min(before.length, MAX_BESIDE);
        const whole = before.slice(-MAX_BESIDE) + shown + after.slice(0, MAX_BESIDE);
        return findAll(whole, terms, budget, MAX_DECODINGS).flatMap((span) => within(span, start, shown.length));
      });
      if (budget.left < 0) return '***';
      return found.length === 0 ? shown : mask(shown, found, spansOf(foldCase(shown), known));
    },
  };
}

function termsOfCredential(username: string, secret: string): SearchTerms {
  // A shorter secret can be distinguished from ordinary text only as RFC 7617 sends it.
  const sent = secret.length >= MIN_LENGTH ? secret : `${username}:${secret}`;
  // Servers normalize Unicode, some one way and some the other.
  const texts = [...new Set([sent, latin1OfInvalid(sent), sent.normalize('NFC'), sent.normalize('NFD')])];
  return {
    forms: formsOf(texts),
    long: [...texts, ...encodingsOf(username, secret)]
      .filter(({ length }) => length > MAX_WHOLE_LENGTH / 2)
      .map(foldCase),
  };
}

const termsOfToken = (token: string): SearchTerms =>
  token.length > MAX_WHOLE_LENGTH
    ? { forms: () => [], long: [foldCase(token)] }
    : { forms: formsOf([token]), long: [] };

const formsOf = (texts: readonly string[]): SearchTerms['forms'] =>
  once(() => texts.flatMap((text) => createSecretForm(text, MIN_LENGTH) ?? []));

/** Of the secret alone and as RFC 7617 sends it: a piece of these may be quoted that decodes to nothing. */
const encodingsOf = (username: string, secret: string): string[] =>
  [secret, `${username}:${secret}`].flatMap((text) =>
    (['hex', 'base64', 'base64url'] as const).map((encoding) => bytesOfText(text).toString(encoding)),
  );

/** What to search for to find any of them. */
interface Search {
  readonly forms: readonly SecretForm[];
  readonly index: SecretIndex;
  /** Without the secrets that joined words may contain. */
  readonly certain: SecretIndex;
  readonly long: readonly string[];
}

function createSearch(terms: readonly SearchTerms[]): Search {
  const forms = terms.flatMap((one) => one.forms());
  return {
    forms,
    index: indexForms(forms),
    certain: indexForms(forms.filter(({ items }) => items.length >= MIN_CERTAIN)),
    long: terms.flatMap(({ long }) => long),
  };
}

/** In the text, and in what it may encode. */
function findAll(text: string, search: Search, budget: Budget, maxDecodings: number): Span[] {
  const folded = foldCase(text);
  const spans = [
    ...findSecrets(folded, search.index, budget),
    ...findEndings(folded, search.forms, budget),
    ...findPieces(folded, search.long),
  ];
  const take = ({ starts, ends }: DecodedText, found: readonly Span[]): void => {
    for (const [start, end] of found) spans.push([starts[start] ?? 0, ends[end - 1] ?? text.length]);
  };
  for (const joined of joinedTexts(text)) {
    budget.left -= joined.text.length;
    if (budget.left < 0) break;
    take(joined, findSecrets(foldCase(joined.text), joined.joinsWords ? search.certain : search.index, budget));
  }
  if (maxDecodings === 0) return spans;
  for (const decoded of decodedTexts(text)) {
    budget.left -= decoded.text.length;
    if (budget.left < 0) break;
    take(decoded, findAll(decoded.text, search, budget, maxDecodings - 1));
  }
  return spans;
}

/** Runs of token characters (RFC 6750 `b64token`) that share a piece with a long secret. */
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

/** The part of a span in the text that starts there, from the start of that text. */
function within([from, to]: Span, start: number, length: number): Span[] {
  const [first, end] = [Math.max(0, from - start), Math.min(length, to - start)];
  return first < end ? [[first, end]] : [];
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
