// `kairos-pull images`: the images found, each once, with where, and what a check of them would cost. No network.

import { readConfigFile } from '../config/config-file.ts';
import { inputOptions } from '../config/input-options.ts';
import { resolveSettings } from '../config/resolve.ts';
import { INPUT_SETTINGS } from '../config/setting.ts';
import { createSettingParsers, type OutputChoice } from '../config/setting-parsers.ts';
import { formatCount } from '../core/quantity.ts';
import { parseReference } from '../core/reference.ts';
import { describeReference } from '../core/result.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { NAME, VERSION } from '../core/version.ts';
import { collect } from '../input/collect.ts';
import { formatLocation } from '../report/location.ts';
import { formatJson, problemDocument } from '../report/result-document.ts';
import { estimateCosts, type RegistryCost } from './cost.ts';
import { EXIT } from './exit-code.ts';
import { NOTHING_TO_LIST, nothingIn } from './help-text.ts';
import { formatCosts, formatImages } from './image-list.ts';
import { unlessInterrupted } from './interruption.ts';
import { type Io, readStdin } from './io.ts';
import { formatExpired, formatProblem } from './problem.ts';
import type { Flags } from './program.ts';
import { createStreamSink, openFileSink } from './sink.ts';

/**
 * Answers with the exit code: 2 when something cannot be read or is no reference, or there is none; `isDryRun`: or none
 * that would be checked.
 */
export async function listImages(
  { images, flags }: { images: readonly string[]; flags: Flags },
  io: Io,
  { isDryRun = false } = {},
): Promise<number> {
  const given = { flags, env: io.env };
  const schema = createSettingParsers(['text', 'json']);
  const { interruption } = io;
  const config = await unlessInterrupted(readConfigFile(given, io.folder(), interruption), interruption);
  // The reports that the config file asks for are those of checks.
  const { output: _, ...fileValues } = config?.values ?? {};
  const resolved = resolveSettings([...INPUT_SETTINGS, 'output'], schema, { ...given, fileValues });
  const { values } = resolved;
  const [first = { format: 'text' } satisfies OutputChoice, second] = values.output;
  const { format, path }: OutputChoice = first;
  if (images.length === 0 && values.file.length === 0 && !interruption.aborted)
    throw new UsageError(...NOTHING_TO_LIST);
  if (second !== undefined) throw new UsageError('A list is written in one format at a time; leave one --output out.');
  const estimate = flags.cost === true ? readEstimate(flags, io) : undefined;

  const sink = path === undefined ? createStreamSink(io.stdout, format) : await openFileSink(path, io, { format });
  const stdin = () => readStdin(io, interruption);
  const options = inputOptions(resolved, io.env);
  const nowMs = io.clock.now();
  const rules = { ignore: config?.ignore, search: config?.search, nowMs };
  const collection = await collect({
    images,
    files: values.file,
    stdin,
    signal: interruption,
    ...rules,
    ...options,
  });
  const targets = [...collection.known];
  for await (const target of collection.coming ?? []) targets.push(target);

  const found = targets.map(describe);
  io.stderr.writeLines(...formatExpired(config?.ignore, nowMs), ...collection.problems.map(formatProblem));
  for (const { input, foundAt, message } of found) {
    if (message === null) continue;
    const where = [foundAt.map(formatLocation).join(', '), cleanText(input)].filter(Boolean).join(': ');
    io.stderr.writeLines(`error: ${where}: ${message}`);
  }
  const costs = estimate?.(targets);
  const listed = targets.filter((_, index) => found[index]?.message === null);
  const text = () => formatImages(listed) + (costs === undefined ? '' : `\n${formatCosts(costs)}`);
  await sink.write(
    format === 'json' ? formatDocument(found, collection.problems, costs, interruption.aborted) : text(),
  );
  await sink.close();
  if (interruption.aborted) {
    io.stderr.writeLines(`Interrupted; ${formatCount(found.length, 'image')} had been found.`);
    return EXIT.interrupted;
  }
  if (found.length === 0) io.stderr.writeLines(nothingIn(values.file));
  const isFlawed = collection.problems.length > 0 || found.some(({ message }) => message !== null);
  const isNothing = isDryRun ? found.every(({ skip }) => skip !== null) : found.length === 0;
  if (isNothing && found.length > 0) io.stderr.writeLines('Nothing would be checked: all are skipped.');
  return isNothing || isFlawed ? EXIT.usage : EXIT.ok;
}

/** The settings of a check are read only for its cost: otherwise they are none of this command's business. */
function readEstimate(flags: Flags, { env }: Io): (targets: readonly Target[]) => RegistryCost[] {
  const { values } = resolveSettings(['platform', 'proof', 'layers'], createSettingParsers([]), { flags, env });
  const proof = values.layers ? 'layers' : values.proof;
  return (targets) => estimateCosts(targets, { proof, platforms: values.platform });
}

type Described = ReturnType<typeof describe>;

/** An element of `images`; `message` says why a text that is to be checked is no reference. */
function describe({ text, foundAt, skip, platform }: Target) {
  const outcome = parseReference(text);
  const found = { input: text, foundAt, platform: platform ?? null, skip: skip ?? null };
  if (!outcome.ok) return { ...found, reference: null, message: skip === undefined ? outcome.error.message : null };
  return { ...found, reference: describeReference(outcome.value), message: null };
}

function formatDocument(
  images: readonly Described[],
  unread: readonly SourceProblem[],
  cost: readonly RegistryCost[] | undefined,
  interrupted: boolean,
): string {
  const tool = { name: NAME, version: VERSION };
  const problems = unread.map(problemDocument);
  return `${formatJson({ schemaVersion: 1, tool, interrupted, images, problems, ...(cost !== undefined && { cost }) }, 2)}\n`;
}
