// Every extractor, in the order they are tried: the first that knows a file by its name and beginning has it.

import { bakeExtractor } from './bake.ts';
import { chartExtractor } from './chart.ts';
import { composeExtractor } from './compose.ts';
import { devcontainerExtractor } from './devcontainer.ts';
import { dockerfileExtractor } from './dockerfile.ts';
import type { Extractor } from './extractor.ts';
import type { InputFormat } from './format.ts';
import { githubWorkflowExtractor } from './github-workflow.ts';
import { gitlabCiExtractor } from './gitlab-ci.ts';
import { kubernetesExtractor, yamlExtractor } from './kubernetes.ts';

/** Names say more than contents: what is known by its name alone comes first. */
const EXTRACTORS: Readonly<Record<Exclude<InputFormat, 'list'>, Extractor>> = {
  devcontainer: devcontainerExtractor,
  dockerfile: dockerfileExtractor,
  bake: bakeExtractor,
  chart: chartExtractor,
  kubernetes: kubernetesExtractor,
  'github-workflow': githubWorkflowExtractor,
  'gitlab-ci': gitlabCiExtractor,
  compose: composeExtractor,
  yaml: yamlExtractor,
};

/** A path `-` asks for the content alone. */
export const extractorFor = (path: string, head: string): Extractor | undefined =>
  Object.values(EXTRACTORS).find((extractor) => extractor.matches(path, head));

export const extractorNamed = (format: Exclude<InputFormat, 'list'>): Extractor => EXTRACTORS[format];
