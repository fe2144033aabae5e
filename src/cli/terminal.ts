// What a stream can show: colours and width. NO_COLOR as in no-color.org, FORCE_COLOR as Node reads it.

import type { ColorSupportLevel } from 'chalk';
import type { Io } from './io.ts';
import type { OutputStream } from './output-stream.ts';

export type When = 'auto' | 'always' | 'never';

/** 0 none, 1 sixteen colours, 2 256 colours, 3 all of them. */
type Screen = Partial<Pick<OutputStream, 'isTTY' | 'columns'>>;

export function colorLevel(when: When, env: Io['env'], screen?: Screen): ColorSupportLevel {
  if (when === 'never') return 0;
  if (when === 'always') return Math.max(1, levelOf(env)) as ColorSupportLevel;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return FORCED[forced] ?? 1;
  if (env.NO_COLOR || env.TERM === 'dumb' || !screen?.isTTY) return 0;
  return levelOf(env);
}

const FORCED: Readonly<Record<string, ColorSupportLevel>> = { '0': 0, false: 0, '1': 1, true: 1, '2': 2, '3': 3 };

function levelOf({ COLORTERM = '', TERM = '' }: Io['env']): ColorSupportLevel {
  if (/^(?:truecolor|24bit)$/.test(COLORTERM)) return 3;
  return /256(?:color)?$/.test(TERM) ? 2 : 1;
}

/** Columns of a terminal; undefined for a pipe or a file. */
export const widthOf = ({ isTTY, columns }: Screen): number | undefined => (isTTY ? (columns ?? 80) : undefined);
