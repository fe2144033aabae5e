// How a text reads without what breaks words up: folded lines, invisible characters, styles, or signs between the letters.

import { once } from '../core/once.ts';
import { type DecodedText, decodeMatches } from './decoded-text.ts';

export interface JoinedText extends DecodedText {
  /** Words that were apart are joined: a short secret could be found in any sentence. */
  readonly joinsWords: boolean;
}

// The tables of Unicode are searched when such an expression is created, and few texts need one.

/** Styles of a terminal, control characters but blanks, format characters, tags, soft hyphens and continued lines. */
const unseen = once(
  () =>
    /\p{Cc}\[[\d;]{0,20}m|[^\P{Cc}\s]|\p{Cf}|<\/?[a-z][^<>]{0,60}>|&(?:shy|zwj|zwnj|zerowidthspace|nobreak|#173|#xad|#8203|#x200b);|[\\=]\r?\n[ \t]{0,60}/giu,
);
const BLANKS = /\s+/gu;
/** The same signs after each character: `Z.q.9`, `["Z", "q", "9"]`. */
const spelled = once(() => /[\s\S]([^\p{L}\p{N}]{1,6})(?:[\s\S]\1){2,}[\s\S]/gu);
/** Full-width and mathematical letters, and letters with marks. */
const STYLED = /\P{ASCII}+/gu;

/** Nothing is returned where nothing would change. */
export function* joinedTexts(text: string): Generator<JoinedText> {
  yield* without(text, text.matchAll(unseen()), false);
  yield* without(text, signsIn(text), false);
  for (const plain of decodeMatches(text, STYLED, ([it]) => it.normalize('NFKD').replace(/\p{M}/gu, ''))) {
    yield { ...plain, joinsWords: false };
  }
  yield* without(text, text.matchAll(BLANKS), true);
}

interface Sign {
  readonly index: number;
  readonly 0: string;
}

/** The signs after each character of what is spelled. */
function* signsIn(text: string): Generator<Sign> {
  for (const { 0: whole, 1: sign = '', index } of text.matchAll(spelled())) {
    for (let at = 0; at < whole.length; at += sign.length) {
      at += String.fromCodePoint(whole.codePointAt(at) ?? 0).length;
      if (at < whole.length) yield { index: index + at, 0: sign };
    }
  }
}

function* without(text: string, signs: Iterable<Sign>, joinsWords: boolean): Generator<JoinedText> {
  const pieces: string[] = [];
  const starts: number[] = [];
  let at = 0;
  const copyTo = (end: number): void => {
    pieces.push(text.slice(at, end));
    for (; at < end; at += 1) starts.push(at);
  };
  for (const { 0: sign, index } of signs) {
    copyTo(index);
    at = index + sign.length;
  }
  if (pieces.length === 0) return;
  copyTo(text.length);
  yield { text: pieces.join(''), starts, ends: starts.map((start) => start + 1), joinsWords };
}
