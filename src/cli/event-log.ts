// --verbose: writes each step to standard error as it happens.

import type { CheckEvent, OnEvent } from '../core/check-event.ts';
import { formatCount } from '../core/quantity.ts';
import type { Target } from '../core/target.ts';
import { NAME, VERSION } from '../core/version.ts';
import { createEventLines } from '../report/event-lines.ts';
import type { Io } from './io.ts';
import type { CheckPlan } from './prepare.ts';
import { colorLevel, supportsUnicode, widthOf } from './terminal.ts';

export interface EventLog {
  readonly onEvent: OnEvent;
  readonly close: () => void;
}

/** A request without a response for so long is reported: the program has not stopped. */
const SILENCE_MS = 2000;

/** Undefined unless `verbose` is set: then no event is built. */
export function createEventLog(
  { settings, configFile, operandFiles, collection }: CheckPlan,
  io: Io,
): EventLog | undefined {
  const { verbose = 0, color } = settings;
  if (verbose === 0) return undefined;
  const { stderr, clock } = io;
  const lines = createEventLines({
    verbosity: verbose === 1 ? 1 : 2,
    color: colorLevel(color, io.env, stderr),
    width: widthOf(stderr),
    unicode: supportsUnicode(io.env, io.platform),
  });
  const put = (text: string): void => {
    if (text !== '') void stderr.writeText(text);
  };
  put(lines.opening(clock.now(), [`${NAME} ${VERSION}`, `Node.js ${process.versions.node}`, io.platform]));

  const running = new Map<number, NodeJS.Timeout>();
  const onEvent = (event: CheckEvent): void => {
    if (event.type === 'request') {
      const onSilence = (): void => put(lines.line('…', `${event.method} ${event.url}: no response yet`, clock.now()));
      running.set(event.id, setTimeout(onSilence, SILENCE_MS).unref());
    }
    if (event.type === 'response') {
      clearTimeout(running.get(event.id));
      running.delete(event.id);
    }
    put(lines.format(event, clock.now()));
  };

  const operands = operandFiles.map((file) => (file === '-' ? 'standard input' : file));
  const asOperands = operands.length === 0 ? undefined : operands.join(', ');
  const { caFile, cert, key, authFile, mirrorsFrom } = settings;
  const files: readonly (readonly [string | undefined, string])[] = [
    [configFile?.name, 'settings'],
    [caFile, 'CA certificates'],
    [cert, 'client certificate'],
    [key, 'private key'],
    [authFile, 'credentials'],
    [mirrorsFrom, 'mirrors'],
    [asOperands, 'read as with --file'],
    ...imagesByFile(collection.known),
  ];
  for (const [path, content] of files) if (path !== undefined) onEvent({ type: 'file', path, content });
  return {
    onEvent,
    close: () => {
      for (const timer of running.values()) clearTimeout(timer);
    },
  };
}

function imagesByFile(targets: readonly Target[]): [string, string][] {
  const counts = new Map<string, number>();
  for (const { foundAt } of targets) {
    for (const source of new Set(foundAt.map(({ source }) => source)))
      counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return [...counts].map(([source, count]) => [source, formatCount(count, 'image')]);
}
