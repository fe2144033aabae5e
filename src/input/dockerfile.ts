// Container images in Dockerfiles: those that a build of the last stage pulls, and the frontend of `# syntax=`.

import { basename } from 'node:path';
import { createExpansionBudget, readVariables } from './dockerfile-argument.ts';
import { type BuildOptions, resolveImages } from './dockerfile-image.ts';
import { parseInstructions } from './dockerfile-instruction.ts';
import { readStages } from './dockerfile-stage.ts';
import { TOO_MUCH } from './dockerfile-word.ts';
import type { BuildArguments, Extraction, Extractor, Found, Problem } from './extractor.ts';
import { SOURCE_CODE } from './other-file.ts';
import type { Missing } from './resolved-text.ts';
import { templateProblem } from './template.ts';
import type { WorkBudget } from './work-budget.ts';

export interface DockerfileOptions extends BuildOptions {
  readonly buildArgs: BuildArguments;
  /** The variables that are UNKNOWN in the text. */
  readonly unknown?: readonly Missing[] | undefined;
  /** Whether Buildah reads it, and not BuildKit. */
  readonly isContainerfile?: boolean | undefined;
  /** Shared by the Dockerfiles of one file. */
  readonly budget?: WorkBudget | undefined;
}

const NAME = /^(?:docker|container)file(?:\..+)?$|\.(?:docker|container)file$/i;
const OTHER_NAME = /\.(?:dockerignore|md|txt|json|ya?ml)$|(?:^|\.)modelfile$/i;
/** `Dockerfile-web`, `Dockerfile_web`. */
const SIMILAR_NAME = /^(?:docker|container)file[-_]/i;
/** FROM with an image, behind comments, blank lines and ARGs; `\` or `` ` `` continues a line. */
const BEGINNING = new RegExp(
  [
    /^\uFEFF?/,
    /(?:[ \t]*(?:#.*)?\r?\n|[ \t]*ARG[ \t](?:.*[\\`][ \t]*\r?\n)*(?!.*[\\`][ \t]*\r?\n).*\n)*/,
    /[ \t]*FROM[ \t]+(?:[\\`][ \t]*\r?\n|(?:--\S+[ \t]+)*[^\s\\`]\S*(?:[ \t]+[Aa][Ss][ \t]+\S+)?[ \t]*(?:[\\`][ \t]*)?\r?(?:\n|$))/,
  ]
    .map(({ source }) => source)
    .join(''),
);
const BEGINNING_ANY_CASE = new RegExp(BEGINNING, 'i');
/** Of an Ollama Modelfile, which begins with FROM as well. */
const MODEL = /^(?:PARAMETER|TEMPLATE|SYSTEM|ADAPTER|LICENSE|MESSAGE)[ \t]/im;

export const dockerfileExtractor: Extractor = {
  name: 'dockerfile',
  matches(path, head) {
    const name = basename(path);
    if (OTHER_NAME.test(name)) return false;
    if (NAME.test(name) && !SOURCE_CODE.test(name)) return true;
    return (SIMILAR_NAME.test(name) ? BEGINNING_ANY_CASE : BEGINNING).test(head) && !MODEL.test(head);
  },
  async extract(text, source, { buildArgs }) {
    const isContainerfile = /^containerfile|\.containerfile$/i.test(basename(source));
    const { found, problems } = extractDockerfile(text, { buildArgs, isContainerfile });
    const line = problems.length === 0 ? -1 : text.split('\n').findIndex((each) => TEMPLATE.test(each));
    if (line < 0) return { found, problems };
    return { found, problems: [templateProblem('', line + 1, 'Dockerfile')] };
  },
};

/** A line that a program expands or removes. */
const TEMPLATE = /^[ \t]*(?:\{\{|\{%|<%)|^[ \t]*(?:FROM|ARG|ENV|COPY|ADD|RUN|LABEL)\b[^'"]*(?:\{\{|\{%|<%)/i;

export function extractDockerfile(text: string, options: DockerfileOptions): Extraction {
  const { instructions, syntax, escapeChar, problems } = parseInstructions(text);
  const {
    args,
    stages,
    problems: stageProblems,
  } = readStages(instructions, {
    allowsVariables: options.isContainerfile,
  });
  const { buildArgs, unknown = [], target, budget = createExpansionBudget() } = options;
  const variables = readVariables(args, {
    buildArgs,
    escapeChar,
    unknown,
    target: target ?? stages.at(-1)?.name,
    budget,
  });
  const images = resolveImages(stages, variables, options);
  const frontend = syntax === undefined ? [] : [{ ...syntax, path: '# syntax' }];
  const isEmpty = stages.length === 0 && problems.length + stageProblems.length === 0;
  return {
    found: [...frontend, ...images.found].sort(byLine),
    problems: [
      ...problems,
      ...stageProblems,
      ...firstTooMuch([...variables.problems, ...images.problems]),
      ...(isEmpty ? [{ message: 'No FROM instruction.' }] : []),
    ].sort(byLine),
  };
}

/** Once no variable is inserted, every word with a variable has the same problem. */
function firstTooMuch(problems: readonly Problem[]): readonly Problem[] {
  const isTooMuch = ({ message }: Problem) => message.includes(TOO_MUCH);
  const first = problems.findIndex(isTooMuch);
  return problems.filter((problem, index) => index <= first || !isTooMuch(problem));
}

const byLine = (a: Found | Problem, b: Found | Problem): number => (a.line ?? 0) - (b.line ?? 0);
