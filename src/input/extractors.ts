// All extractors, in the order they are tried: the first whose name or content pattern matches reads the file.

import { ansibleExtractor } from './ansible.ts';
import { azurePipelinesExtractor } from './azure-pipelines.ts';
import { bakeExtractor } from './bake.ts';
import { bitbucketExtractor } from './bitbucket.ts';
import { buildkiteExtractor } from './buildkite.ts';
import { chartExtractor } from './chart.ts';
import { circleciExtractor } from './circleci.ts';
import { cloudBuildExtractor } from './cloud-build.ts';
import { composeExtractor } from './compose.ts';
import { devcontainerExtractor } from './devcontainer.ts';
import { dockerfileExtractor } from './dockerfile.ts';
import { ecsExtractor } from './ecs.ts';
import type { Extractor, InputFormat } from './extractor.ts';
import { githubWorkflowExtractor } from './github-workflow.ts';
import { gitlabCiExtractor } from './gitlab-ci.ts';
import { hasObject, kubernetesExtractor, yamlExtractor } from './kubernetes.ts';
import { quadletExtractor } from './quadlet.ts';
import { sbomExtractor } from './sbom.ts';
import { woodpeckerExtractor } from './woodpecker.ts';

/** A name is better evidence than content: formats recognized by name alone come first. */
const EXTRACTORS: Readonly<Record<Exclude<InputFormat, 'list'>, Extractor>> = {
  devcontainer: devcontainerExtractor,
  dockerfile: dockerfileExtractor,
  bake: bakeExtractor,
  chart: chartExtractor,
  circleci: circleciExtractor,
  bitbucket: bitbucketExtractor,
  'azure-pipelines': azurePipelinesExtractor,
  woodpecker: woodpeckerExtractor,
  'cloud-build': cloudBuildExtractor,
  buildkite: buildkiteExtractor,
  quadlet: quadletExtractor,
  ecs: ecsExtractor,
  sbom: sbomExtractor,
  ansible: ansibleExtractor,
  kubernetes: kubernetesExtractor,
  'github-workflow': githubWorkflowExtractor,
  'gitlab-ci': gitlabCiExtractor,
  compose: composeExtractor,
  yaml: yamlExtractor,
};

/** `head`: at least the beginning. With the path `-`, by content alone. */
export function extractorFor(path: string, head: string): Extractor | undefined {
  const extractors = Object.values(EXTRACTORS);
  const found = extractors.find((extractor) => extractor.matches(path, head));
  if (found !== kubernetesExtractor || hasObject(head)) return found;
  // A pipeline may contain an object in its scripts.
  return extractors.find((extractor) => extractor.matches(path, '')) ?? found;
}

export const extractorNamed = (format: Exclude<InputFormat, 'list'>): Extractor => EXTRACTORS[format];
