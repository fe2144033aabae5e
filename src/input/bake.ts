// Container images in the output of `docker buildx bake --print`: named contexts and inline Dockerfiles of its targets.
// Base images are in Dockerfiles, which are files of their own.

import { basename } from 'node:path';
import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { extractDockerfile } from './dockerfile.ts';
import { createExpansionBudget } from './dockerfile-argument.ts';
import type { BuildArguments, Extraction, Extractor, Found, Problem } from './extractor.ts';
import { parseJsonFile } from './json.ts';
import { isOtherText } from './other-file.ts';
import { createWorkBudget, type WorkBudget } from './work-budget.ts';
import { entriesAt, itemsAt, nodeAt, stringAt, type YamlNode } from './yaml-node.ts';

const NAME = /^docker-bake(?:\..+)?\.json$/i;
const TARGETS = /^\s*\{[\s\S]*"target"\s*:\s*\{/;
const FIELDS = /"(?:context|contexts|dockerfile|dockerfile-inline)"\s*:/;
const IMAGE_CONTEXT = 'docker-image://';
/** Every named context is extracted for each. */
const MAX_PLATFORMS = 30;
/** Characters of inline Dockerfiles, which are read for each platform. */
const MAX_INLINE = 2_000_000;
/** Found in files that were written by hand. */
const EXPRESSION = /[$%]\{([^{}]*)\}/;

export const bakeExtractor: Extractor = {
  name: 'bake',
  matches: (path, head) => NAME.test(basename(path)) || (!isOtherText(path) && TARGETS.test(head) && FIELDS.test(head)),
  async extract(text, _, { buildArgs }): Promise<Extraction> {
    const { roots, problems } = parseJsonFile(text);
    const reader = { buildArgs, inlined: createWorkBudget(MAX_INLINE), expansions: createExpansionBudget() };
    const targets = entriesAt(roots[0], 'target').map(([name, target]) =>
      extractTarget(`target.${name}`, target, reader),
    );
    return {
      found: targets.flatMap(({ found }) => found),
      problems: [...problems, ...targets.flatMap((target) => target.problems)],
    };
  },
};

interface TargetReader {
  readonly buildArgs: BuildArguments;
  readonly inlined: WorkBudget;
  readonly expansions: WorkBudget;
}

function extractTarget(path: string, target: YamlNode, { buildArgs, inlined, expansions }: TargetReader): Extraction {
  const problems: Problem[] = [];
  const platforms = readPlatforms(target, path, problems);
  const contexts = entriesAt(target, 'contexts');
  const images = contexts.flatMap(([name, context]): Found[] => {
    const value = stringAt(context)?.value;
    if (value?.startsWith(IMAGE_CONTEXT) !== true) return [];
    const [, expression] = EXPRESSION.exec(value) ?? [];
    const message = `\${${expression}} is not evaluated; pass the output of \`docker buildx bake --print\`.`;
    return platforms.map((platform) => ({
      text: value.slice(IMAGE_CONTEXT.length),
      line: context.line,
      path: `${path}.contexts.${name}`,
      ...(expression !== undefined && { skip: { reason: 'unresolved-variable', message } }),
      ...(platform !== undefined && { platform }),
    }));
  });

  const inline = stringAt(target, 'dockerfile-inline');
  if (inline === undefined) return { found: images, problems };
  const args = entriesAt(target, 'args').flatMap(([name, node]) => {
    const value = stringAt(node)?.value;
    return value === undefined ? [] : [[name, value] as const];
  });
  const stage = stringAt(target, 'target')?.value;
  const at = { line: inline.line, path: `${path}.dockerfile-inline` };
  if (!inlined.spend(platforms.length * inline.value.length)) {
    problems.push({ message: `${at.path} is too long for so many platforms.`, line: at.line });
    return { found: images, problems };
  }
  const extractions = platforms.map((platform) =>
    extractDockerfile(inline.value, {
      buildArgs: { ...Object.fromEntries(args), ...buildArgs },
      contexts: contexts.map(([name]) => name),
      target: stage,
      platform,
      budget: expansions,
    }),
  );
  const found = extractions.flatMap((extraction) => extraction.found.map((image) => ({ ...image, ...at })));
  const [first] = extractions;
  const inlineProblems = (first?.problems ?? []).map(({ message, line }) => ({
    message: `${at.path}${line === undefined ? '' : `, line ${line}`}: ${message}`,
    line: at.line,
  }));
  return { found: [...images, ...found], problems: [...problems, ...inlineProblems] };
}

/** A single undefined means the platform of the builder. */
function readPlatforms(target: YamlNode, path: string, problems: Problem[]): (string | undefined)[] {
  const list = nodeAt(target, 'platforms');
  const platforms = itemsAt(list).flatMap((item) => {
    const parsed = parsePlatform(stringAt(item)?.value ?? '');
    if (parsed.ok) return [formatPlatform(parsed.value)];
    problems.push({ message: `${path}.platforms: ${parsed.error.message}`, line: item.line });
    return [];
  });
  const distinct = [...new Set(platforms)];
  if (list !== undefined && distinct.length > MAX_PLATFORMS) {
    problems.push({ message: `${path}.platforms: more than ${MAX_PLATFORMS} platforms.`, line: list.line });
  }
  return distinct.length === 0 ? [undefined] : distinct.slice(0, MAX_PLATFORMS);
}
