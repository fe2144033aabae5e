// Reads one source, a file or standard input: detects its format by name and content, then extracts its targets.

import { basename, join, relative, sep } from 'node:path';
import { parsePlatform } from '../core/platform.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { absolutePath } from '../file/directories.ts';
import { retryAtOpenFileLimit } from '../file/open-file-limit.ts';
import { readFileText, refusePipes } from '../file/read-file.ts';
import { isOwn, isVirtualFile, walkDirectory } from './directory.ts';
import type { ExtractOptions, Extractor, Found, InputFormat, Problem, ReadFile } from './extractor.ts';
import { findPlaceholder } from './image-text.ts';
import { sourceOf } from './linked-file.ts';
import { findNoList, readList } from './list.ts';
import { peek } from './peek.ts';
import { languageOf } from './program-file.ts';
import type { PullSecrets } from './pull-secret.ts';
import { chartOf, templateMessage } from './template.ts';

export interface SourceOptions extends Omit<ExtractOptions, 'readFile' | 'listFiles' | 'readsToo'> {
  /** Unset: detected by name and content. */
  readonly format?: InputFormat | undefined;
  /** Called with the pull secrets in a Kubernetes file, before its targets are yielded. */
  readonly onPullSecrets?: ((found: PullSecrets, source: string) => void) | undefined;
  /** Called with the format that the source is read as, and whether there is nothing in it. */
  readonly onFormat?: ((format: InputFormat, isEmpty: boolean) => void) | undefined;
  /** Called with a file that the source contains as a whole. */
  readonly onCovered?: ((file: string) => void) | undefined;
  /** Called with a file of unknown format in a directory that is broken and has no image. */
  readonly onSkipped?: ((problem: SourceProblem) => void) | undefined;
  /** Whether the user passed a file as well, by its name or its directory. */
  readonly readsToo?: ((file: string) => boolean) | undefined;
  /** Stops reading files that a document refers to. */
  readonly signal?: AbortSignal | undefined;
}

/** A problem with its file. */
export type LocatedProblem = SourceProblem & Pick<Problem, 'isLinked'>;

/** A document is in memory as a whole, and its parsed form is several times its size. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Of all files that one document refers to, which may be the same file many times. */
const MAX_LINKED_BYTES = 2 * MAX_DOCUMENT_BYTES;
/** Of one document; further problems are only counted. */
const MAX_PROBLEMS = 100;
/** Of a directory in which a document looks for files. */
const MAX_LISTED = 5000;
const NOT_TEXT = 'Not UTF-8 text.';
/** A byte order mark, decoded as UTF-8; `>` of PowerShell writes it. */
const UTF_16 = /^\uFFFD\uFFFD/;
const MAY_HAVE_PULL_SECRETS: ReadonlySet<string> = new Set<InputFormat>(['kubernetes', 'yaml']);
const YAML_FILE = /\.(?:ya?ml|json)$/i;
/** The key `image` with a value that may be a reference, not the address of a picture. */
const IMAGE_LINE = /^[ \t{[-]*["']?image["']?[ \t]*:[ \t]+(?!["']?https?:)["']?[\w$]/m;
const namesImage = (text: string): boolean => IMAGE_LINE.test(text);
/** A first line that only YAML or JSON has: a key, an item, a bracket, a document start. */
const YAML_LINE = /^(?:---|[{[]|- |["']?[\w./-]+["']?:(?:\s|$))/;

/** How the user passed a source. */
export interface SourcePlace {
  /** The directory that the user named and in which the file was found. */
  readonly directory?: string | undefined;
  /** False: files of unknown formats are skipped. */
  readonly isNamed: boolean;
}

/** Yields the targets of a list while it is read, in bounded memory, and those of a document at its end. */
export async function* readSource(
  chunks: AsyncIterable<Uint8Array | string>,
  source: string,
  { format, onPullSecrets, onFormat, onCovered, onSkipped, readsToo, signal, ...options }: SourceOptions,
  onProblem: (problem: LocatedProblem) => void,
  { directory, isNamed }: SourcePlace = { isNamed: true },
): AsyncGenerator<readonly Target[]> {
  const { head: beginning, isList, whole, close } = await peek(chunks);
  const fromDirectory = !isNamed;
  const isBinary = beginning.includes('\0');
  // What a document is may be known only at its end.
  const read = !isBinary && mayBeYaml(source, beginning, { isList, format }) ? await readWhole(whole) : undefined;
  const head = read?.text ?? beginning;
  const chosen = isBinary ? 'binary' : await detect(source, { head, isList, format, fromDirectory });
  const language = format === undefined && chosen !== 'binary' ? languageOf(source) : undefined;
  if (language !== undefined) {
    const { text, isWhole } = read ?? (await readWhole(whole));
    if (!fromDirectory) return onProblem({ source, message: language.advice });
    if (isWhole && !language.mayHaveImages.test(text)) return;
    // Unlike a problem, it does not fail a directory that was never checked for this file.
    const skip = { reason: 'unresolved-variable', cause: 'not-rendered', message: language.advice } as const;
    return yield [{ text: basename(source), foundAt: [{ source }], skip }];
  }
  const noList = chosen === 'list' && format === undefined ? findNoList(beginning) : undefined;
  if (noList !== undefined) {
    const message = 'Not a list of images: most lines are not image references. If it is a list, use --format list.';
    onProblem({ source, line: noList, message });
    return close();
  }
  if (chosen !== undefined && chosen !== 'binary') {
    onFormat?.(chosen === 'list' ? chosen : (chosen.name as InputFormat), !/^[ \t\r]*[^\s#]/m.test(head));
  }
  if (chosen === 'list' && read?.isWhole !== false) return yield* readList(read?.again() ?? whole, source);
  if (chosen === undefined && read?.isWhole === true && (onSkipped !== undefined || namesImage(head))) {
    const { findFault } = await retryAtOpenFileLimit(() => import('./unknown-file.ts'));
    const fault = findFault(head, source);
    const report = namesImage(head) ? onProblem : onSkipped;
    if (fault !== undefined) report?.({ source, ...fault });
    return;
  }
  if (chosen === undefined || chosen === 'binary') {
    const isWanted = !fromDirectory || (chosen === 'binary' && (await hasKnownName(source)));
    if (isWanted) onProblem({ source, message: UTF_16.test(head) ? 'UTF-16 text; save it as UTF-8.' : NOT_TEXT });
    return close();
  }
  const { text, isWhole } = read ?? (await readWhole(whole));
  if (!isWhole || chosen === 'list') {
    return onProblem({ source, message: `Larger than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB; split it.` });
  }
  const {
    found,
    problems,
    covers = [],
  } = await chosen.extract(text, source, {
    ...options,
    signal,
    readFile: createReadFile({ source, directory, signal }),
    listFiles: (path) => listFiles(path, source),
    readsToo: readsToo && ((path) => readsToo(sourceOf(source, path))),
  });
  for (const path of covers) onCovered?.(sourceOf(source, path));
  let count = 0;
  const report = (problem: LocatedProblem): void => {
    count += 1;
    if (count <= MAX_PROBLEMS) onProblem(problem);
  };
  const chart = chartOf(source);
  const isInChart = chart !== undefined && readsToo?.(chart) === true;
  const skips = new Map<string, Target>();
  for (const problem of problems) {
    const { template } = problem;
    if (template === undefined) report({ source, ...problem });
    else if (!isInChart) {
      const place = template.source ?? source;
      const message = await templateMessage(problem, place);
      const skip = { reason: 'unresolved-variable', cause: 'not-rendered', message } as const;
      const line = template.line === undefined ? {} : { line: template.line };
      if (!skips.has(place)) skips.set(place, { text: basename(place), foundAt: [{ source: place, ...line }], skip });
    }
  }
  const ofFile = isInChart
    ? found.filter(({ skip, text: image }) => skip === undefined || !image.includes('{{'))
    : found;
  const targets = [...skips.values(), ...ofFile.map((image) => targetOf(image, source, report))];
  const omitted = count - MAX_PROBLEMS;
  if (omitted > 0) onProblem({ source, message: `${omitted} more problems omitted.` });
  if (onPullSecrets !== undefined && MAY_HAVE_PULL_SECRETS.has(chosen.name)) {
    const { findPullSecrets } = await retryAtOpenFileLimit(() => import('./pull-secret.ts'));
    onPullSecrets(findPullSecrets(text), source);
  }
  yield targets;
}

/** Whether a text may be YAML or JSON, by its name and beginning. */
function mayBeYaml(source: string, head: string, { isList, format }: Pick<Detection, 'isList' | 'format'>): boolean {
  if (format === 'list' || (format === undefined && isList && source === '-')) return false;
  const line = firstLineOf(head);
  return YAML_FILE.test(source) || (source === '-' && (YAML_LINE.test(line) || line.startsWith('#')));
}

/** Without comments; the beginning of one if there is nothing else. */
const firstLineOf = (head: string): string => /^(?:[ \t\r]*(?:#.*)?\n)*(.*)/.exec(head)?.[1] ?? '';

interface Detection {
  readonly head: string;
  readonly isList: boolean;
  readonly format: InputFormat | undefined;
  readonly fromDirectory: boolean;
}

/** Undefined for a file of unknown format in a directory. */
async function detect(
  source: string,
  { head, isList, format, fromDirectory }: Detection,
): Promise<Extractor | 'list' | undefined> {
  if (format === 'list' || (format === undefined && isList && source === '-')) return 'list';
  // A plain list is read without loading any parser.
  const { extractorFor, extractorNamed } = await retryAtOpenFileLimit(() => import('./extractors.ts'));
  if (format !== undefined) {
    const named = extractorNamed(format);
    const isWanted = !fromDirectory || named.matches(source, head) || (format === 'yaml' && YAML_FILE.test(source));
    return isWanted ? named : undefined;
  }
  const known = extractorFor(source, head);
  if (known !== undefined || fromDirectory) return known;
  if (isList) return 'list';
  const isYaml = YAML_FILE.test(source) || YAML_LINE.test(firstLineOf(head));
  return extractorFor('-', head) ?? (isYaml ? extractorNamed('yaml') : 'list');
}

async function hasKnownName(source: string): Promise<boolean> {
  const { extractorFor } = await retryAtOpenFileLimit(() => import('./extractors.ts'));
  return YAML_FILE.test(source) || extractorFor(source, '') !== undefined;
}

interface ReadText {
  /** Only the beginning of a text that is too large. */
  readonly text: string;
  readonly isWhole: boolean;
  readonly again: () => AsyncIterable<string>;
}

/** Of a text that is too large; what its format is must be known by then. */
const MAX_BEGINNING_BYTES = 1024 * 1024;

async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<ReadText> {
  const read: Uint8Array[] = [];
  const result = (data: Uint8Array, isWhole: boolean): ReadText => {
    const text = new TextDecoder().decode(data);
    const again = async function* () {
      yield text;
    };
    return { text, isWhole, again };
  };
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    read.push(chunk);
    if (bytes > MAX_DOCUMENT_BYTES) {
      return result(Buffer.concat(read).subarray(0, MAX_BEGINNING_BYTES), false);
    }
  }
  return result(Buffer.concat(read), true);
}

interface LinkSource {
  /** The file that refers to others. */
  readonly source: string;
  /** The directory in which it was found. */
  readonly directory: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

function createReadFile({ source, directory, signal }: LinkSource): ReadFile {
  let left = MAX_LINKED_BYTES;
  return async (path) => {
    const file = absolutePath(sourceOf(source, path));
    if (await isVirtualFile(file)) return undefined;
    const maxBytes = Math.min(MAX_DOCUMENT_BYTES, left);
    const text = await readFileText(file, { maxBytes, refuse: refusePipes, signal });
    if (!text.ok) return text.error.isMissing ? undefined : { problem: text.error.problem };
    left -= Buffer.byteLength(text.value);
    if (text.value.includes('\0')) return { problem: 'it is not text' };
    return { text: text.value, isForeign: !(await isOwn(file, source, directory)) };
  };
}

async function listFiles(path: string, source: string): Promise<readonly string[]> {
  const files: string[] = [];
  const root = sourceOf(source, path);
  for await (const { path: file, problem } of walkDirectory(root)) {
    if (files.length >= MAX_LISTED) break;
    if (problem === undefined) files.push(toPosix(join(path, relative(root, file))));
  }
  return files;
}

const toPosix = (path: string): string => path.split(sep).join('/');

function targetOf(
  { text, line, path, skip, platform, source: linked }: Found,
  source: string,
  onProblem: (problem: SourceProblem) => void,
): Target {
  const location = {
    source: linked ?? source,
    ...(line !== undefined && { line }),
    ...(path !== undefined && { path }),
  };
  const placeholder = skip === undefined ? findPlaceholder(text) : undefined;
  if (placeholder !== undefined) {
    const message = `${placeholder} is not resolved.`;
    return { text, foundAt: [location], skip: { reason: 'unresolved-variable', message } };
  }
  const target: Target = { text, foundAt: [location], ...(skip !== undefined && { skip }) };
  if (platform === undefined || skip !== undefined) return target;
  const parsed = parsePlatform(platform);
  if (parsed.ok) return { ...target, platform };
  onProblem({ ...location, message: parsed.error.message });
  return target;
}
