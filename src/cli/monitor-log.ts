// The log of a running monitor, on standard output: a line of text, wrapped on a terminal, or of JSON for each thing that
// happened.

import { LOG_FORMATS, type LogFormat } from '../config/monitor-setting.ts';
import type { Clock } from '../core/clock.ts';
import { formatInstant } from '../core/quantity.ts';
import { cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import { splitWords, wrapWords } from '../report/wrap.ts';
import type { OutputStream } from './output-stream.ts';
import { widthOf } from './terminal.ts';

export type LogLevel = 'info' | 'warning' | 'error';

export interface LogLine {
  readonly level: LogLevel;
  /** What happened, for machines: `started`, `outage`, `reload`. */
  readonly event: string;
  /** A sentence; it may quote others. */
  readonly message: string;
  /** Further fields of JSON. */
  readonly [field: string]: string | number | null;
}

/** Columns of a terminal on which a message is wrapped beside its time. */
const MIN_BESIDE = 80;

export type Log = (line: LogLine) => void;

/** `format`: unset, text on a terminal, else JSON. */
export function createLog(
  stream: OutputStream,
  {
    format = stream.isTTY ? LOG_FORMATS[0] : LOG_FORMATS[1],
    clock,
  }: { readonly format: LogFormat | undefined; readonly clock: Clock },
): Log {
  return ({ level, event, message, ...fields }) => {
    const nowMs = clock.now();
    if (format === 'text') {
      const first = `${formatInstant(nowMs)}  ${level.padEnd(7)}  `;
      const width = widthOf(stream) ?? Number.POSITIVE_INFINITY;
      // On a narrow terminal the message has the most room below the time.
      const rest = ' '.repeat(width < MIN_BESIDE ? 2 : first.length);
      const lines = wrapWords(splitWords(clean(message)), { width, first, rest });
      void stream.writeText(lines.map((line) => `${line}\n`).join(''));
      return;
    }
    const line = { time: new Date(nowMs).toISOString(), level, event, message: clean(message), ...cleanFields(fields) };
    void stream.writeDocument(`${JSON.stringify(line)}\n`);
  };
}

const clean = (text: string): string => cleanLine(hideUserinfoIn(text));

const cleanFields = (fields: Readonly<Record<string, string | number | null>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value]),
  );
