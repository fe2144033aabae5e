// Container images of a development container (devcontainer.json): its image, its Dockerfile or its Compose files.
// Features are OCI artifacts, not images.

import { basename } from 'node:path';
import { extractCompose } from './compose.ts';
import { extractDockerfile } from './dockerfile.ts';
import type { Extraction, ExtractOptions, Extractor, Found, Problem } from './extractor.ts';
import { parseJsonTrees } from './json-tree.ts';
import { problemIn, sourceOf } from './referred-file.ts';
import { describeMissing, joinTexts, plainText, type ResolvedText, UNKNOWN } from './resolved-text.ts';
import type { Leaf, Mapping, Tree } from './yaml-tree.ts';

type Env = ExtractOptions['env'];

/** `${localEnv:NAME}` or `${localEnv:NAME:default}`; others name places in the container. */
const VARIABLE = /\$\{([^${}]*)\}/g;
const ENVIRONMENT = /^(?:localEnv|env):([^:]*)(?::(.*))?$/s;

export const devcontainerExtractor: Extractor = {
  name: 'devcontainer',
  matches: (path) => /^\.?devcontainer\.json$/i.test(basename(path)),
  async extract(text, source, options) {
    const { trees, problems } = await parseJsonTrees(text, source);
    const [document] = trees;
    if (document?.kind !== 'mapping') {
      const nothing = { message: 'This is not a mapping, as a devcontainer.json is.' };
      return { found: [], problems: problems.length > 0 ? problems : [nothing] };
    }
    const parts = [
      extractImage(document, options.env),
      await extractBuild(document, source, options),
      await extractProject(document, source, options),
    ];
    return {
      found: parts.flatMap(({ found }) => found),
      problems: [...problems, ...parts.flatMap((part) => part.problems)],
    };
  },
};

const NOTHING: Extraction = { found: [], problems: [] };

function extractImage(document: Mapping, env: Env): Extraction {
  const leaf = textAt(document, 'image');
  if (leaf === undefined) return NOTHING;
  const { text, missing } = resolve(leaf.value, env);
  const message = `${describeMissing(missing)} here.`;
  const image: Found = { text, line: leaf.line, path: 'image' };
  if (missing.length === 0) return { found: [image], problems: [] };
  return { found: [{ ...image, text: leaf.value, skip: { reason: 'unresolved-variable', message } }], problems: [] };
}

async function extractBuild(document: Mapping, source: string, options: ExtractOptions): Promise<Extraction> {
  const build = document.entries.get('build');
  const section = build?.kind === 'mapping' ? build : document;
  const leaf = textAt(section, 'dockerfile') ?? textAt(document, 'dockerFile');
  if (leaf === undefined) return NOTHING;
  const path = resolve(leaf.value, options.env).text;
  const text = await options.readFile(path);
  if (text === undefined) return { found: [], problems: [unreadable(path, leaf.line)] };
  const args = readArgs(section, options.env);
  const target = textAt(section, 'target');
  const { found, problems } = extractDockerfile(text, {
    buildArgs: { ...args.values, ...options.buildArgs },
    unknown: args.missing,
    target: target && resolve(target.value, options.env).text,
  });
  const file = sourceOf(source, path);
  return {
    found: found.map((image) => ({ ...image, source: file })),
    problems: problems.map((problem) => problemIn(file, problem)),
  };
}

async function extractProject(document: Mapping, source: string, options: ExtractOptions): Promise<Extraction> {
  const entry = document.entries.get('dockerComposeFile');
  const leaves = (entry?.kind === 'sequence' ? entry.items : [entry]).flatMap((tree) => asText(tree) ?? []);
  const problems: Problem[] = [];
  const files = await Promise.all(
    leaves.map(async ({ value, line }) => {
      const path = resolve(value, options.env).text;
      const text = await options.readFile(path);
      if (text === undefined) problems.push(unreadable(path, line));
      return text === undefined ? [] : [{ path, text }];
    }),
  );
  if (files.flat().length === 0) return { found: [], problems };
  const extraction = await extractCompose(files.flat(), source, options);
  return { found: extraction.found, problems: [...problems, ...extraction.problems] };
}

function readArgs(section: Mapping, env: Env) {
  const args = section.entries.get('args');
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, tree] of args?.kind === 'mapping' ? args.entries : []) {
    const value = asText(tree)?.value;
    if (value === undefined) continue;
    const resolved = resolve(value, env);
    values[name] = resolved.missing.length > 0 ? UNKNOWN : resolved.text;
    for (const variable of resolved.missing) missing.push(variable);
  }
  return { values, missing };
}

function resolve(text: string, env: Env): ResolvedText {
  const parts: ResolvedText[] = [];
  let at = 0;
  for (const { 0: whole, 1: name = '', index } of text.matchAll(VARIABLE)) {
    const [, variable, standard] = ENVIRONMENT.exec(name) ?? [];
    const value = variable === undefined || !Object.hasOwn(env, variable) ? undefined : env[variable];
    const given = value ?? standard;
    parts.push(plainText(text.slice(at, index)));
    parts.push(given === undefined ? { text: '', missing: [variable ?? name] } : plainText(given));
    at = index + whole.length;
  }
  return joinTexts([...parts, plainText(text.slice(at))]);
}

type TextLeaf = Leaf & { readonly value: string };

const asText = (tree: Tree | undefined): TextLeaf | undefined =>
  tree?.kind === 'leaf' && typeof tree.value === 'string' ? { ...tree, value: tree.value } : undefined;

const textAt = (mapping: Mapping, key: string): TextLeaf | undefined => asText(mapping.entries.get(key));

const unreadable = (path: string, line: number): Problem => ({ message: `${path} cannot be read.`, line });
