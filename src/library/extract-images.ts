// Finds the images in files and texts, as `kairos-pull images` does. No network.

import type { Env } from '../core/env.ts';
import { success } from '../core/outcome.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { collect } from '../input/collect.ts';
import { INPUT_FORMATS, type InputFormat } from '../input/extractor.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import {
  abortSignal,
  boolean,
  environment,
  listOf,
  oneOf,
  type Read,
  readOptions,
  recordOf,
  text,
} from './read-options.ts';

/** The options of {@link extractImages}, named after the flags of `kairos-pull images`. */
export interface ExtractImagesOptions {
  /**
   * The format of every file or of the text.
   *
   * @defaultValue found by name and content
   */
  readonly format?: InputFormat | undefined;
  /**
   * Build arguments of Dockerfiles.
   *
   * @defaultValue none
   */
  readonly buildArg?: Readonly<Record<string, string>> | undefined;
  /**
   * Profiles of Compose files, or `*` for all.
   *
   * @defaultValue none
   */
  readonly profile?: readonly string[] | undefined;
  /**
   * Patterns of files to leave out of directories, in the syntax of .gitignore.
   *
   * @defaultValue none
   */
  readonly exclude?: readonly string[] | undefined;
  /**
   * Read what .gitignore excludes.
   *
   * @defaultValue `false`
   */
  readonly noGitignore?: boolean | undefined;
  /**
   * Images to skip: a name without a tag is every tag of it, and `*` matches any characters.
   *
   * @defaultValue none
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * The values of variables in the files. Those whose names look like secrets are withheld.
   *
   * @defaultValue `process.env`
   */
  readonly env?: Env | undefined;
  /**
   * Variables that are inserted although their names look like secrets.
   *
   * @defaultValue none
   */
  readonly allowEnv?: readonly string[] | undefined;
  /** Stops reading: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The content of a file that need not exist. */
export interface TextSource {
  readonly text: string;
  /**
   * Its path, by which the format is found and relative to which it refers to other files.
   *
   * @defaultValue `-`, as for standard input
   */
  readonly name?: string | undefined;
}

export interface ExtractedImages {
  /** Each image once, with every location, in order of first appearance: the inputs of `checkAll`. */
  readonly images: readonly Target[];
  /** What could not be read or is invalid. An empty list: everything was understood. */
  readonly problems: readonly SourceProblem[];
}

const READERS = {
  format: oneOf(INPUT_FORMATS),
  buildArg: recordOf((value) => success(String(value))),
  profile: listOf(text),
  exclude: listOf(text),
  noGitignore: boolean,
  ignore: listOf(text),
  env: environment,
  allowEnv: listOf(text),
  signal: abortSignal,
} satisfies { readonly [Name in keyof ExtractImagesOptions]-?: Read<unknown> };

/**
 * Finds the images in files, or in a text: Compose files, Kubernetes manifests, Dockerfiles, CI pipelines, Helm charts,
 * plain lists and more (docs/inputs.md).
 *
 * @param source - the path of a file or a directory, several of them, or a text
 * @throws {@link InvalidOptionError} for an invalid option; the reason of `signal` if that aborts. A file that cannot be
 * read is in `problems`.
 */
export async function extractImages(
  source: string | readonly string[] | TextSource,
  options: ExtractImagesOptions = {},
): Promise<ExtractedImages> {
  const { paths, given } = sourcesOf(source);
  const values = readOptions('extractImages', options, READERS);
  const { signal = new AbortController().signal } = values;
  signal.throwIfAborted();
  const collection = await collect({
    images: [],
    files: given === undefined ? paths : ['-'],
    stdin: async function* () {
      yield given?.text ?? '';
    },
    stdinName: given?.name,
    keepsUnreadable: true,
    format: values.format,
    buildArgs: values.buildArg ?? {},
    profiles: values.profile ?? [],
    allowEnv: values.allowEnv ?? [],
    env: values.env ?? process.env,
    leaveOut: { exclude: values.exclude ?? [], useGitignore: values.noGitignore !== true },
    ignore: (values.ignore ?? []).map((image) => ({ image, reason: `Matches ignore ${image}.`, location: 'ignore' })),
    nowMs: Date.now(),
    signal,
  });
  const images = [...collection.known];
  for await (const image of collection.coming ?? []) images.push(image);
  signal.throwIfAborted();
  return {
    images: images.map(({ skip, ...image }) =>
      skip === undefined ? image : { ...image, skip: { ...skip, message: inLibraryWords(skip.message) } },
    ),
    problems: collection.problems.map((problem) => ({ ...problem, message: inLibraryWords(problem.message) })),
  };
}

function sourcesOf(source: unknown): { readonly paths: readonly string[]; readonly given?: TextSource } {
  const paths = typeof source === 'string' ? [source] : source;
  if (Array.isArray(paths) && paths.every((path) => typeof path === 'string' && path !== '')) return { paths };
  if (typeof source === 'object' && source !== null && 'text' in source && typeof source.text === 'string') {
    const { text, name } = source as TextSource;
    if (name === undefined || (typeof name === 'string' && name !== '')) return { paths: [], given: { text, name } };
  }
  throw new InvalidOptionError('extractImages', 'source', 'expected a path, an array of paths, or { text, name }.');
}

/** `--allow-env A --allow-env B` */
function allowEnv(flags: string): string {
  const names = flags.split(' ').filter((word) => word !== '--allow-env');
  return `allowEnv: [${names.map((name) => `'${name}'`).join(', ')}]`;
}

/** What the readers of files advise, in the terms of the library: they name flags and commands of the command line. */
const inLibraryWords = (message: string): string =>
  message
    .replace(/--allow-env \S+(?: --allow-env \S+)*(?= allows? (?:it|them))/g, allowEnv)
    .replace(/--ignore ('[^']*')/g, 'ignore: [$1]')
    .replace(/\buse --format list\b/g, "set format to 'list'")
    .replace(/ to `kairos-pull check -f -`/g, ' as { text }')
    .replace(/: `kairos-pull check IMAGE`/g, ' to check them');
