// `kairos-pull images`: the images found, each once, with where. No network.

import { resolveSettings } from '../config/resolve.ts';
import { createSchema } from '../config/schema.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { NAME, VERSION } from '../core/version.ts';
import { collect } from '../input/collect.ts';
import { formatPlace } from '../report/place.ts';
import { EXIT } from './exit-code.ts';
import { NOTHING_TO_LIST } from './help-text.ts';
import { type Io, readStdin } from './io.ts';
import type { Flags } from './program.ts';
import { createStreamSink, openFileSink } from './sink.ts';

/** Answers with the exit code: 2 when a text is no reference, or there is none. */
export async function listImages(
  { images, flags }: { images: readonly string[]; flags: Flags },
  io: Io,
): Promise<number> {
  const { values } = resolveSettings(['file', 'output'], createSchema(['text', 'json']), { flags, env: io.env });
  const [{ format, path } = { format: 'text', path: undefined }, second] = values.output;
  if (images.length === 0 && values.file.length === 0) throw new UsageError(NOTHING_TO_LIST);
  if (second !== undefined) throw new UsageError('images writes one format at a time; leave one --output out.');

  const sink = path === undefined ? createStreamSink(io.stdout) : await openFileSink(path);
  const stdin = () => readStdin(io, io.interruption);
  const { known, coming } = await collect({ images, files: values.file, stdin, signal: io.interruption });
  const found = known.map(listed);
  for await (const target of coming ?? []) found.push(listed(target));

  for (const { input, foundAt, message } of found) {
    if (message === null) continue;
    io.stderr.write(`error: ${[...foundAt.map(formatPlace), cleanText(input)].join(': ')}: ${message}\n`);
  }
  await sink.write(format === 'json' ? formatDocument(found) : found.map(formatLine).join(''));
  await sink.close();
  if (io.interruption.aborted) return EXIT.interrupted;
  if (found.length === 0) io.stderr.write(`${NOTHING_TO_LIST}\n`);
  return found.length === 0 || found.some(({ message }) => message !== null) ? EXIT.usage : EXIT.ok;
}

type Listed = ReturnType<typeof listed>;

function listed({ text, foundAt }: Target) {
  const outcome = parseReference(text);
  if (!outcome.ok) return { input: text, foundAt, reference: null, message: outcome.error.message };
  const { registry, repository, tag = null, digest = null } = outcome.value;
  const reference = { registry, repository, tag, digest, canonical: formatReference(outcome.value) };
  return { input: text, foundAt, reference, message: null };
}

function formatDocument(images: readonly Listed[]): string {
  return `${JSON.stringify({ schemaVersion: 1, tool: { name: NAME, version: VERSION }, images }, null, 2)}\n`;
}

/** The image, a tab, the places; a text that is no reference is not listed. */
function formatLine({ input, foundAt, reference }: Listed): string {
  if (reference === null) return '';
  const places = foundAt.map(formatPlace).join(', ');
  return `${input}${places === '' ? '' : `\t${cleanText(places, 1000)}`}\n`;
}
