// One source of images, a file or standard input: told what it is from its name and beginning, then read as that.

import { parsePlatform } from '../core/platform.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { withDescriptor } from '../file/descriptor.ts';
import { absolutePath } from '../file/directories.ts';
import { readFileText, refusePipes } from '../file/read-file.ts';
import { readBeginning } from './beginning.ts';
import { isOwn } from './checked-folder.ts';
import type { ExtractOptions, Extractor, Found, ReadFile } from './extractor.ts';
import type { InputFormat } from './format.ts';
import { isKernelFile } from './kernel-file.ts';
import { readList } from './list.ts';
import type { PullSecrets } from './pull-secret.ts';
import { sourceOf } from './referred-file.ts';

export interface ReadOptions extends Omit<ExtractOptions, 'readFile'> {
  /** Unset: by name and content. */
  readonly format?: InputFormat | undefined;
  /** Told of the pull secrets in Kubernetes files, before the images of the file come. */
  readonly onPullSecrets?: ((found: PullSecrets, source: string) => void) | undefined;
  /** Ends what is read of files that a document refers to. */
  readonly signal?: AbortSignal | undefined;
}

/** A document is held in memory whole, and its parsed form is several times its size. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Of all files that one document refers to, which may be the same one again and again. */
const MAX_REFERRED_BYTES = 2 * MAX_DOCUMENT_BYTES;
/** What is wrong with one document, before the rest is only counted. */
const MAX_PROBLEMS = 100;
const NO_TEXT = 'It is not text in UTF-8.';
/** Its byte order mark, read as UTF-8; `>` of PowerShell writes it. */
const UTF_16 = /^\uFFFD\uFFFD/;
const HAVE_PULL_SECRETS: ReadonlySet<string> = new Set<InputFormat>(['kubernetes', 'yaml']);
const YAML_FILE = /\.(?:ya?ml|json)$/i;
/** A first line that only YAML or JSON has: a key, an item, a bracket, the start of a document. */
const YAML_LINE = /^(?:---|[{[]|- |["']?[\w./-]+["']?:(?:\s|$))/;

/**
 * Targets as they come: of a list while it is read, in bounded memory; of a document at its end. `folder`: the one in
 * which the file was come across, so that a file we know nothing of is left alone; unset: the file itself was named.
 */
export async function* readSource(
  chunks: AsyncIterable<Uint8Array | string>,
  source: string,
  { format, onPullSecrets, signal, ...options }: ReadOptions,
  onProblem: (problem: SourceProblem) => void,
  folder?: string,
): AsyncGenerator<readonly Target[]> {
  const { head, isList, whole, close } = await readBeginning(chunks);
  const isOneOfMany = folder !== undefined;
  const chosen = head.includes('\0') ? 'binary' : await choose(source, { head, isList, format, isOneOfMany });
  if (chosen === 'list') return yield* readList(whole, source);
  if (chosen === undefined || chosen === 'binary') {
    const isWanted = !isOneOfMany || (chosen === 'binary' && (await isNamedLikeOurs(source)));
    if (isWanted) onProblem({ source, message: UTF_16.test(head) ? 'It is in UTF-16; save it as UTF-8.' : NO_TEXT });
    return close();
  }
  const text = await readWhole(whole);
  if (text === undefined) {
    return onProblem({ source, message: `It is larger than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB; split it.` });
  }
  const { found, problems } = await chosen.extract(text, source, {
    ...options,
    signal,
    readFile: createReadFile({ source, folder, signal }),
  });
  let wrong = 0;
  const tell = (problem: SourceProblem): void => {
    wrong += 1;
    if (wrong <= MAX_PROBLEMS) onProblem(problem);
  };
  for (const problem of problems) tell({ source, ...problem });
  const targets = found.map((image) => targetOf(image, source, tell));
  const untold = wrong - MAX_PROBLEMS;
  if (untold > 0) onProblem({ source, message: `There are ${untold} more problems, which are not shown.` });
  if (onPullSecrets !== undefined && HAVE_PULL_SECRETS.has(chosen.name)) {
    const { findPullSecrets } = await withDescriptor(() => import('./pull-secret.ts'));
    onPullSecrets(findPullSecrets(text), source);
  }
  yield targets;
}

interface Beginning {
  readonly head: string;
  readonly isList: boolean;
  readonly format: InputFormat | undefined;
  readonly isOneOfMany: boolean;
}

/** Undefined for a file of a folder that is none of ours. */
async function choose(
  source: string,
  { head, isList, format, isOneOfMany }: Beginning,
): Promise<Extractor | 'list' | undefined> {
  if (format === 'list' || (format === undefined && isList && source === '-')) return 'list';
  // Parsers are loaded only for what is no plain list.
  const { extractorFor, extractorNamed } = await withDescriptor(() => import('./extractors.ts'));
  if (format !== undefined) {
    const named = extractorNamed(format);
    const isOurs = !isOneOfMany || named.matches(source, head) || (format === 'yaml' && YAML_FILE.test(source));
    return isOurs ? named : undefined;
  }
  const known = extractorFor(source, head);
  if (known !== undefined || isOneOfMany) return known;
  if (isList) return 'list';
  const firstLine = /^(?:[ \t\r]*(?:#.*)?\n)*(.*)/.exec(head)?.[1] ?? '';
  const isYaml = YAML_FILE.test(source) || YAML_LINE.test(firstLine);
  return extractorFor('-', head) ?? (isYaml ? extractorNamed('yaml') : 'list');
}

async function isNamedLikeOurs(source: string): Promise<boolean> {
  const { extractorFor } = await withDescriptor(() => import('./extractors.ts'));
  return YAML_FILE.test(source) || extractorFor(source, '') !== undefined;
}

/** Undefined when it is too large. */
async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_DOCUMENT_BYTES) return undefined;
    read.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(read));
}

interface Neighbourhood {
  /** The file that refers to others. */
  readonly source: string;
  /** The folder in which it was come across. */
  readonly folder: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files that another one refers to, from there. */
function createReadFile({ source, folder, signal }: Neighbourhood): ReadFile {
  let left = MAX_REFERRED_BYTES;
  return async (path) => {
    const file = absolutePath(sourceOf(source, path));
    if (await isKernelFile(file)) return undefined;
    const maxBytes = Math.min(MAX_DOCUMENT_BYTES, left);
    const text = await readFileText(file, { maxBytes, refuse: refusePipes, signal });
    if (!text.ok) return text.error.isMissing ? undefined : { problem: text.error.problem };
    left -= Buffer.byteLength(text.value);
    // NUL is in no text that is written by a person.
    if (text.value.includes('\0')) return { problem: 'it is not text' };
    return { text: text.value, isForeign: !(await isOwn(file, source, folder)) };
  };
}

function targetOf(
  { text, line, path, skip, platform, source: elsewhere }: Found,
  source: string,
  onProblem: (problem: SourceProblem) => void,
): Target {
  const place = {
    source: elsewhere ?? source,
    ...(line !== undefined && { line }),
    ...(path !== undefined && { path }),
  };
  const target: Target = { text, foundAt: [place], ...(skip !== undefined && { skip }) };
  if (platform === undefined || skip !== undefined) return target;
  const parsed = parsePlatform(platform);
  if (parsed.ok) return { ...target, platform };
  onProblem({ ...place, message: parsed.error.message });
  return target;
}
