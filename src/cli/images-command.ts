// `kairos-pull images`: lists the images found, with their locations and the cost of a check. No network access.

import { readConfigFile } from '../config/config-file.ts';
import { ignoreRules, inputOptions } from '../config/input-options.ts';
import { resolveSettings } from '../config/resolve.ts';
import { INPUT_SETTINGS } from '../config/setting.ts';
import { createSettingParsers, type OutputChoice } from '../config/setting-parsers.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { formatCount } from '../core/quantity.ts';
import { parseReference } from '../core/reference.ts';
import { describeReference, judgementOf } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { NAME, VERSION } from '../core/version.ts';
import { type Collection, collect } from '../input/collect.ts';
import { formatColumns } from '../report/columns.ts';
import { formatLeftOut } from '../report/gaps.ts';
import { formatLocation } from '../report/location.ts';
import { formatReason } from '../report/reason.ts';
import { formatJson, problemDocument } from '../report/result-document.ts';
import { estimateCosts, type Range, type RegistryCost } from './cost.ts';
import { unknownVariables } from './doubtful-settings.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import { unbroken } from './message-lines.ts';
import { formatExpired, formatNoImages, formatProblem, NOTHING_TO_LIST } from './notes.ts';
import { readOperands } from './operands.ts';
import type { Flags, ImagesInvocation } from './program.ts';
import { withReadingLine } from './reading-line.ts';
import { takeShard } from './shard-collection.ts';
import { createStreamSink, openFileSink } from './sink.ts';
import { readStdin } from './stdin.ts';
import { widthOf } from './terminal.ts';

/**
 * The exit code is 2 if a file cannot be read, a text is not a reference, or there is no image. `isDryRun`: also if every
 * image is skipped.
 */
export async function listImages(invocation: ImagesInvocation, io: Io, { isDryRun = false } = {}): Promise<ExitCode> {
  const { images, flags, missing } = await readOperands(invocation);
  const inputs = { flags, env: io.env };
  const parsers = createSettingParsers(['text', 'json']);
  const { interruption } = io;
  const config = await unlessInterrupted(readConfigFile(inputs, io.cwd(), interruption), interruption);
  // The outputs in the config file are for checks.
  const { output: _, ...fileValues } = config?.values ?? {};
  const resolved = resolveSettings([...INPUT_SETTINGS, 'shard', 'output'], parsers, { ...inputs, fileValues });
  const { values } = resolved;
  if (!isDryRun) io.stderr.writeLines(...unknownVariables(io.env));
  const [first = { format: 'text' } satisfies OutputChoice, second] = values.output;
  const { format, path }: OutputChoice = first;
  if (images.length + missing.length + values.file.length === 0 && !interruption.aborted)
    throw new UsageError(...NOTHING_TO_LIST);
  if (second !== undefined) throw new UsageError('images takes only one --output.');
  const estimate = flags.cost === true ? readEstimate(flags, io) : undefined;

  const sink = path === undefined ? createStreamSink(io.stdout, format) : await openFileSink(path, io, { format });
  const stdin = () => readStdin(io, interruption);
  const options = inputOptions(resolved, io.env);
  const nowMs = io.clock.now();
  const rules = { ignore: ignoreRules(resolved, config?.ignore), search: config?.search, nowMs };
  const whole = await withReadingLine(io, (onProgress) =>
    collect({
      onProgress,
      images,
      files: values.file,
      missing,
      stdin,
      signal: interruption,
      ...rules,
      ...options,
    }),
  );
  // A list of images is whole: the variable is for checks.
  const collection = takeShard(whole, isDryRun ? values.shard : undefined);
  const targets = [...collection.known];
  for await (const target of collection.coming ?? []) targets.push(target);

  const found = targets.map(describe);
  io.stderr.writeLines(...formatExpired(config?.ignore, nowMs), ...collection.problems.map(formatProblem));
  for (const { input, foundAt, message } of found) {
    if (message === null) continue;
    const where = [foundAt.map(formatLocation).join(', '), cleanText(input)].filter(Boolean).join(': ');
    io.stderr.writeLines(`error: ${unbroken(where)}: ${message}`);
  }
  const costs = estimate?.(targets);
  const listed = targets.filter((_, index) => found[index]?.message === null);
  const width = path === undefined ? widthOf(io.stdout) : undefined;
  const text = () => formatImages(listed, width) + (costs === undefined ? '' : `\n${formatCosts(costs, width)}`);
  await sink.write(format === 'json' ? formatDocument(found, collection, costs, interruption.aborted) : text());
  await sink.close();
  if (interruption.aborted) {
    io.stderr.writeLines(`Interrupted: ${formatCount(found.length, 'image')} found.`);
    return EXIT.interrupted;
  }
  if (found.length === 0 && collection.elsewhere() === 0)
    io.stderr.writeLines(
      ...formatNoImages(values.file, collection.problems.length === 0 ? collection.readAs : undefined),
    );
  const hasProblems = collection.problems.length > 0 || found.some(({ message }) => message !== null);
  const isNothing = isDryRun
    ? found.every(({ skip }) => skip !== null) && collection.elsewhere() === 0
    : found.length === 0;
  const skipped = found.filter(({ skip }) => skip !== null);
  const unresolved = skipped.filter(({ skip }) => skip?.reason === 'unresolved-variable').length;
  if (format === 'text' && found.length > 1) {
    const skips = skipped.length === 0 ? '' : `, ${skipped.length} of them skipped`;
    io.stderr.writeLines(`${formatCount(found.length, 'image')}${skips}.`);
  }
  const leftOut = formatLeftOut(collection.leftOut);
  if (leftOut !== '') io.stderr.writeLines(`${leftOut}.`);
  if (isNothing && found.length > 0) io.stderr.writeLines('error: nothing would be checked: all images are skipped.');
  const isUnresolved = values.strict && unresolved > 0;
  if (isUnresolved) {
    const what = `${formatCount(unresolved, 'image')} could not be resolved`;
    io.stderr.writeLines(`error: ${what}, which fails with --strict.`);
  }
  return isNothing || hasProblems || isUnresolved ? EXIT.usage : EXIT.ok;
}

/** Reads the settings of a check, which only `--cost` needs. */
function readEstimate(flags: Flags, { env }: Io): (targets: readonly Target[]) => RegistryCost[] {
  const { values } = resolveSettings(['platform', 'proof', 'layers'], createSettingParsers([]), { flags, env });
  const proof = values.layers ? 'layers' : values.proof;
  return (targets) => estimateCosts(targets, { proof, platforms: values.platform });
}

type Described = ReturnType<typeof describe>;

/** An element of `images`; `message` is the error of a text that is not a reference. */
function describe({ text, foundAt, skip, platform }: Target) {
  const outcome = parseReference(text);
  const found = { input: text, foundAt, platform: platform ?? null, skip: skip ?? null };
  if (!outcome.ok) return { ...found, reference: null, message: skip === undefined ? outcome.error.message : null };
  return { ...found, reference: describeReference(outcome.value), message: null };
}

function formatDocument(
  images: readonly Described[],
  { problems: sourceProblems, leftOut }: Pick<Collection, 'problems' | 'leftOut'>,
  cost: readonly RegistryCost[] | undefined,
  interrupted: boolean,
): string {
  const tool = { name: NAME, version: VERSION };
  const problems = sourceProblems.map(problemDocument);
  return `${formatJson({ schemaVersion: 1, tool, interrupted, images, problems, leftOut, ...(cost !== undefined && { cost }) }, 2)}\n`;
}

const MAX_LOCATIONS_LENGTH = 1000;

/** A line per image, or more on a terminal: the image and its locations. */
export function formatImages(targets: readonly Target[], width?: number): string {
  return formatColumns(
    targets.map((target) => [cleanText(target.text, 4096), cleanText(detailsOf(target), MAX_LOCATIONS_LENGTH)]),
    width,
  );
}

function detailsOf({ foundAt, skip, platform }: Target): string {
  const locations = foundAt.map(formatLocation).join(', ');
  const note =
    skip !== undefined
      ? `${formatReason(judgementOf(skip.reason, skip.cause))}: ${skip.message}`
      : platform && `for ${platform}`;
  return [locations, note].filter(Boolean).join('; ');
}

/** A line per registry. */
function formatCosts(costs: readonly RegistryCost[], width?: number): string {
  const rows = costs.map(({ registry, images, requests, pulls }) => [
    registry,
    formatCount(images, 'image'),
    `${formatRange(requests)} ${requests.most === 1 ? 'request' : 'requests'}`,
    `${formatRange(pulls)} ${pulls.most === 1 ? 'pull' : 'pulls'}`,
  ]);
  return `A check would cost:\n${formatColumns(rows, width)}`;
}

function formatRange({ least, most }: Range): string {
  if (most === null) return `at least ${least}`;
  return least === most ? `${most}` : `up to ${most}`;
}
