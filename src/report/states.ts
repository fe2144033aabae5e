// Resources and their states on a terminal, laid out as the images of a check are.

import type { Verdict } from '../core/result.ts';
import { displayWidth, padToWidth } from './display-width.ts';
import { formatParagraph, hintParagraph } from './explanation.ts';
import { layoutFor, wrapName } from './headline.ts';
import type { ReporterOptions } from './reporter.ts';
import { createStyle } from './style.ts';

export interface StateRow {
  readonly name: string;
  readonly state: string;
  /** Whose symbol and color it has. */
  readonly look: Verdict;
  /** What is wrong; '' for nothing. */
  readonly message: string;
  readonly hint: string | null;
}

export function formatStates(
  rows: readonly StateRow[],
  options: Pick<ReporterOptions, 'color' | 'width' | 'unicode'>,
): string {
  const style = createStyle(options);
  const { paint, symbols, verdictColor } = style;
  const inputWidths = rows.map(({ name }) => displayWidth(name));
  const { nameColumns, indent } = layoutFor(style, { ...options, inputWidths, count: rows.length });
  return rows
    .flatMap(({ name, state, look, message, hint }) => {
      const color = verdictColor[look];
      const paintName = (text: string) => (look === 'pullable' ? text : paint.bold(text));
      const symbol = color(symbols[look]);
      const fits = displayWidth(name) <= nameColumns;
      return [
        ...(fits
          ? [`${symbol} ${padToWidth(paintName(name), nameColumns)}  ${color(state)}`]
          : [...wrapName(name, style, indent, symbol, paintName), indent + color(state)]),
        ...formatParagraph({ text: message }, style, indent),
        ...(hint === null ? [] : formatParagraph(hintParagraph(hint, style), style, indent)),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}
