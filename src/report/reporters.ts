// The report formats by name: a new one is one file and one line here.

import { createJsonReporter } from './json.ts';
import { createNdjsonReporter } from './ndjson.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createTextReporter } from './text.ts';

const REPORTERS = {
  text: createTextReporter,
  json: createJsonReporter,
  ndjson: createNdjsonReporter,
} satisfies Record<string, (options: ReporterOptions) => Reporter>;

export type Format = keyof typeof REPORTERS;

export const FORMATS = Object.keys(REPORTERS) as readonly Format[];

export const isFormat = (name: string): name is Format => Object.hasOwn(REPORTERS, name);

export function createReporter(format: Format, options: ReporterOptions): Reporter {
  return REPORTERS[format](options);
}
