// The look of the text report: colors, symbols, width, and how texts from elsewhere are made safe.

import { Chalk, type ChalkInstance } from 'chalk';
import type { Verdict } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { ReporterOptions } from './reporter.ts';

interface Symbols extends Record<Verdict, string> {
  readonly arrow: string;
  readonly warning: string;
  readonly dot: string;
}

const UNICODE: Symbols = {
  pullable: '✔',
  unpullable: '✖',
  undetermined: '?',
  skipped: '–',
  arrow: '→',
  warning: '⚠',
  dot: '·',
};
const ASCII: Symbols = {
  pullable: '+',
  unpullable: 'x',
  undetermined: '?',
  skipped: '-',
  arrow: '->',
  warning: '!',
  dot: '-',
};

const PLAIN_PUNCTUATION: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '→': '->',
  '·': '-',
};

export interface Style {
  readonly paint: ChalkInstance;
  readonly symbols: Symbols;
  /** Columns; Infinity for a pipe. */
  readonly width: number;
  readonly verdictColor: Readonly<Record<Verdict, (text: string) => string>>;
  /** The text as one line without control characters. */
  readonly show: (text: string, maxLength?: number) => string;
}

export function createStyle({ color, width, unicode }: Pick<ReporterOptions, 'color' | 'width' | 'unicode'>): Style {
  const paint = new Chalk({ level: color });
  return {
    paint,
    symbols: unicode ? UNICODE : ASCII,
    width: width || Number.POSITIVE_INFINITY,
    verdictColor: { pullable: paint.green, unpullable: paint.red, undetermined: paint.yellow, skipped: paint.dim },
    show(text, maxLength) {
      const line = cleanText(text, maxLength);
      return unicode ? line : line.replace(/[‘’“”–—…→·]/g, (character) => PLAIN_PUNCTUATION[character] ?? '');
    },
  };
}
