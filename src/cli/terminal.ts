// What a terminal can show: colors, width, Unicode. NO_COLOR as in no-color.org, FORCE_COLOR as Node reads it.

import type { ColorSupportLevel } from 'chalk';
import type { Env } from '../core/env.ts';

export type When = 'auto' | 'always' | 'never';

/** An output stream, of the process or ours. */
interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
}

/** 0 none, 1 sixteen colors, 2 256 colors, 3 true color. */
export function colorLevel(when: When, env: Env, screen?: Screen): ColorSupportLevel {
  if (when === 'never') return 0;
  if (when === 'always') return Math.max(1, levelOf(env)) as ColorSupportLevel;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return FORCED[forced] ?? 1;
  if (env.NO_COLOR || env.TERM === 'dumb' || !screen?.isTTY) return 0;
  return levelOf(env);
}

const FORCED: Readonly<Record<string, ColorSupportLevel>> = { '0': 0, false: 0, '1': 1, true: 1, '2': 2, '3': 3 };

function levelOf({ COLORTERM = '', TERM = '' }: Env): ColorSupportLevel {
  if (/^(?:truecolor|24bit)$/.test(COLORTERM)) return 3;
  return /256(?:color)?$/.test(TERM) ? 2 : 1;
}

/** Columns of a terminal; undefined for a pipe or a file. */
export const widthOf = ({ isTTY, columns }: Screen): number | undefined => (isTTY ? (columns ?? 80) : undefined);

/** A locale other than UTF-8 decides; without any locale (containers, CI) UTF-8 is assumed. */
export function supportsUnicode(env: Env, platform: string): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM || env.CI);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}
