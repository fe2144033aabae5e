// Container images of a development container (devcontainer.json): its image, its Dockerfile or its Compose files.
// Features are OCI artifacts, not images.

import { basename } from 'node:path';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { extractCompose } from './compose.ts';
import type { ComposeFile } from './compose-project.ts';
import { extractDockerfile } from './dockerfile.ts';
import type { BuildArguments, Extraction, ExtractOptions, Extractor, Found, Problem } from './extractor.ts';
import { parseJsonFile } from './json.ts';
import { cannotRead, FOREIGN, problemIn, sourceOf } from './linked-file.ts';
import {
  createLookup,
  describeMissing,
  isWithheld,
  joinTexts,
  type Lookup,
  plainText,
  type ResolvedText,
} from './resolved-text.ts';
import { entriesAt, nodeAt, stringAt, type YamlMap, type YamlString } from './yaml-node.ts';

/** `${localEnv:NAME}` or `${localEnv:NAME:default}`; others are paths in the container. */
const VARIABLE = /\$\{([^${}]*)\}/g;
const ENVIRONMENT = /^(?:localEnv|env):([^:]*)(?::(.*))?$/s;

export const devcontainerExtractor: Extractor = {
  name: 'devcontainer',
  matches: (path) => /^\.?devcontainer\.json$/i.test(basename(path)),
  async extract(text, source, options) {
    const { roots, problems } = parseJsonFile(text);
    const [document] = roots;
    if (document?.kind !== 'map') {
      const nothing = { message: 'A devcontainer.json must be a mapping.' };
      return { found: [], problems: problems.length > 0 ? problems : [nothing] };
    }
    const variables = createLookup(options);
    const parts = [
      extractImage(document, variables),
      await extractBuild(document, source, options, variables),
      await extractProject(document, source, options, variables),
    ];
    return {
      found: parts.flatMap(({ found }) => found),
      problems: [...problems, ...parts.flatMap((part) => part.problems)],
    };
  },
};

const NOTHING: Extraction = { found: [], problems: [] };
/** Compose files of one container, which may be the same file many times. */
const MAX_FILES = 100;

function extractImage(document: YamlMap, variables: Lookup): Extraction {
  const named = stringAt(document, 'image');
  if (named === undefined) return NOTHING;
  const { text, missing } = resolve(named.value, variables);
  const message = describeMissing(missing, 'no value here');
  const image: Found = { text, line: named.line, path: 'image' };
  if (missing.length === 0) return { found: [image], problems: [] };
  return { found: [{ ...image, text: named.value, skip: { reason: 'unresolved-variable', message } }], problems: [] };
}

async function extractBuild(
  document: YamlMap,
  source: string,
  options: ExtractOptions,
  variables: Lookup,
): Promise<Extraction> {
  const build = nodeAt(document, 'build');
  const section = build?.kind === 'map' ? build : document;
  const dockerfile = stringAt(section, 'dockerfile') ?? stringAt(document, 'dockerFile');
  if (dockerfile === undefined) return NOTHING;
  const opened = await open(dockerfile, options, variables);
  if (!opened.ok) return { found: [], problems: [opened.error] };
  const { path, text, isForeign } = opened.value;
  const target = stringAt(section, 'target');
  const { found, problems } = extractDockerfile(text, {
    buildArgs: { ...readArgs(section, variables), ...options.buildArgs },
    target: target && resolve(target.value, variables).text,
  });
  const file = sourceOf(source, path);
  const reported = isForeign ? problems.slice(0, 1).map((problem) => ({ ...problem, message: FOREIGN })) : problems;
  return {
    found: found.map((image) => ({ ...image, source: file })),
    problems: reported.map((problem) => problemIn(file, problem)),
  };
}

async function extractProject(
  document: YamlMap,
  source: string,
  options: ExtractOptions,
  variables: Lookup,
): Promise<Extraction> {
  const entry = nodeAt(document, 'dockerComposeFile');
  const paths = (entry?.kind === 'list' ? entry.items : [entry]).flatMap((node) => stringAt(node) ?? []);
  const opened: Outcome<ComposeFile, Problem>[] = [];
  for (const path of paths.slice(0, MAX_FILES)) opened.push(await open(path, options, variables));
  const files = opened.flatMap((file) => (file.ok ? [file.value] : []));
  const problems = opened.flatMap((file) => (file.ok ? [] : [file.error]));
  const more = paths[MAX_FILES];
  if (more !== undefined) problems.push({ message: `More than ${MAX_FILES} files.`, line: more.line });
  if (files.length === 0) return { found: [], problems };
  const extraction = await extractCompose(files, source, options);
  return { found: extraction.found, problems: [...problems, ...extraction.problems] };
}

async function open(
  { value, line }: YamlString,
  { readFile }: ExtractOptions,
  variables: Lookup,
): Promise<Outcome<ComposeFile, Problem>> {
  const path = resolve(value, variables);
  if (isWithheld(path))
    return failure({ message: `${value}: ${describeMissing(path.missing, 'no value here')}`, line });
  const file = await readFile(path.text);
  if (file !== undefined && 'text' in file) return success({ path: path.text, ...file });
  return failure({ message: cannotRead(path.text, file), line });
}

function readArgs(section: YamlMap, variables: Lookup): BuildArguments {
  const values = entriesAt(section, 'args').flatMap(([name, node]) => {
    const value = stringAt(node)?.value;
    return value === undefined ? [] : [[name, resolve(value, variables)] as const];
  });
  return Object.fromEntries(values);
}

function resolve(text: string, variables: Lookup): ResolvedText {
  const parts: ResolvedText[] = [];
  let at = 0;
  for (const { 0: whole, 1: name = '', index } of text.matchAll(VARIABLE)) {
    const [, variable, standard] = ENVIRONMENT.exec(name) ?? [];
    const value = variable === undefined ? undefined : variables(variable);
    parts.push(plainText(text.slice(at, index)));
    parts.push(
      value ?? (standard === undefined ? { text: '', missing: [{ name: variable ?? name }] } : plainText(standard)),
    );
    at = index + whole.length;
  }
  return joinTexts([...parts, plainText(text.slice(at))]);
}
