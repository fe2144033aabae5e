// The log of a running monitor, on standard output: a line of text or of JSON for each thing that happened.

import { LOG_FORMATS, type LogFormat } from '../config/monitor-setting.ts';
import type { Clock } from '../core/clock.ts';
import { cleanLine } from '../core/text.ts';
import { hideUserinfoIn } from '../core/userinfo.ts';
import type { OutputStream } from './output-stream.ts';

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
    const time = new Date(clock.now()).toISOString();
    if (format === 'text') {
      // A line of a log stays one line, also on a terminal.
      void stream.writeText(`${clean(`${time.slice(0, 19)}Z  ${level.padEnd(7)}  ${message}`)}\n`);
      return;
    }
    const line = { time, level, event, message: clean(message), ...cleanFields(fields) };
    void stream.writeDocument(`${JSON.stringify(line)}\n`);
  };
}

const clean = (text: string): string => cleanLine(hideUserinfoIn(text));

const cleanFields = (fields: Readonly<Record<string, string | number | null>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value]),
  );
