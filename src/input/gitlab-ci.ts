// Images in GitLab pipelines: the image and the services of each job, from the job, its templates or the defaults.
// https://docs.gitlab.com/ci/yaml/#image

import { extractImages } from './document-images.ts';
import type { Extractor, Found, Problem } from './extractor.ts';
import { loadIncluded, mergePipelines } from './gitlab-include.ts';
import { pipelineScopes, type Scope } from './gitlab-scope.ts';
import { type Expanded, type GitlabVariables, predefinedVariables } from './gitlab-variable.ts';
import { type Outline, outlineOf } from './outline.ts';
import { createWorkBudget } from './work-budget.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const PIPELINE_FILE = /(?:^|[\\/.])gitlab-ci[^\\/]*\.ya?ml$|(?:^|[\\/])\.gitlab(?:-ci|[\\/]ci)[\\/].*\.ya?ml$/i;
const PIPELINE_KEYS = ['default', 'image', 'stages', 'workflow', 'include', 'before_script'];
/** Keys that may have a text or a list. Other keys of a pipeline are jobs, which are maps. */
const VALUE_KEYS = new Set([...PIPELINE_KEYS, 'services', 'after_script', 'cache', 'variables', 'types', 'spec', '<<']);
const JOB_KEYS = ['script', 'run', 'trigger', 'extends'];
/** What a job has beside its script, in files of jobs alone. */
const OTHER_JOB_KEYS = (
  'stage image services rules only except needs tags artifacts before_script after_script allow_failure when ' +
  'variables dependencies'
).split(' ');
/** Of Azure Pipelines, Travis, Bitbucket, charts. */
const FOREIGN_KEYS = ['trigger', 'pool', 'pr', 'jobs', 'version', 'steps', 'resources', 'pipelines', 'language'];
const IMAGE_KEYS = new Set(['name', 'entrypoint', 'docker', 'kubernetes', 'pull_policy', '<<']);
const JOB_KEY = /^[ \t]+["']?(?:script|run|trigger|extends)["']?:|[{,][ \t]*["']?(?:script|run|trigger|extends)["']?:/m;

export const gitlabCiExtractor: Extractor = {
  name: 'gitlab-ci',
  matches: (path, head) =>
    PIPELINE_FILE.test(path) ||
    ((path === '-' || /\.ya?ml$/i.test(path)) && JOB_KEY.test(head) && isPipeline(outlineOf(head))),
  async extract(text, source, options) {
    const included = await loadIncluded(text, source, options);
    const predefined = predefinedVariables(options.env);
    const imagesOf = (pipeline: YamlNode) => pipelineImages(mergePipelines(pipeline, included), predefined);
    const { found, problems } = await extractImages(text, imagesOf, {
      signal: options.signal,
    });
    const covers = included.files.length === 0 ? {} : { covers: included.files };
    return { found, problems: [...problems, ...included.problems], ...covers };
  },
};

/** Azure Pipelines, Travis, values of charts and Compose files look similar. */
function isPipeline({ entries }: Outline): boolean {
  const isJob = (job: Outline | undefined): boolean => JOB_KEYS.some((key) => job?.entries.has(key));
  const isForeign =
    FOREIGN_KEYS.some((key) => entries.has(key) && !isJob(entries.get(key))) ||
    // In Compose files services have names.
    entries.get('services')?.kind === 'map' ||
    [...(entries.get('image')?.entries.keys() ?? [])].some((key) => !IMAGE_KEYS.has(key));
  if (isForeign) return false;
  const others = [...entries].filter(([key]) => !VALUE_KEYS.has(key) && !key.startsWith('.'));
  if (others.some(([, { kind, text }]) => kind === 'list' || (kind === 'scalar' && !/^[*!]/.test(text)))) return false;
  const jobs = [...entries.values()].filter(isJob);
  const hasMore = jobs.some((job) => OTHER_JOB_KEYS.some((key) => job.entries.has(key)));
  return jobs.length > 0 && (hasMore || PIPELINE_KEYS.some((key) => entries.has(key)));
}

/** Images times the jobs that can use them. */
const MAX_USES = 100_000;
/** Variables of images, looked up for each job that uses them. */
const MAX_LOOKUPS = 2_000_000;

function* pipelineImages(pipeline: YamlNode, predefined: GitlabVariables): Generator<Found | Problem> {
  const yielded = new Set<string>();
  const used = new Set<YamlNode>();
  const lookups = createWorkBudget(MAX_LOOKUPS);
  let uses = 0;
  for (const scope of pipelineScopes(pipeline, predefined, lookups)) {
    for (const { node, path } of declaredImages(scope)) {
      uses += 1;
      if (uses > MAX_USES) return yield { message: `More than ${MAX_USES} image uses in jobs.` };
      const image = scalarAt(node) ?? scalarAt(node, 'name');
      if (image === undefined) continue;
      // Without variables it is the same for all jobs.
      if (used.has(node) && (scope.isFallback || !image.text.includes('$'))) continue;
      used.add(node);
      const use = describeUse(image, node, path, scope.expand(image.text));
      if (lookups.isExceeded) return yield { message: 'Too many variables in images of jobs.', line: image.line };
      const key = JSON.stringify([use.text, use.source, use.line, use.skip?.message]);
      if (!yielded.has(key)) yield use;
      yielded.add(key);
    }
  }
}

interface Declaration {
  /** Text, or a map with `name`. */
  readonly node: YamlNode;
  readonly path: string;
}

function* declaredImages({ holderOf }: Scope): Generator<Declaration> {
  const image = holderOf('image');
  const node = nodeAt(image?.node, 'image');
  if (image !== undefined && node !== undefined) yield { node, path: dotted(image.path, 'image') };
  const services = holderOf('services');
  for (const [index, service] of itemsAt(services?.node, 'services').entries()) {
    yield { node: service, path: dotted(services?.path ?? '', `services[${index}]`) };
  }
}

const dotted = (holder: string, key: string): string => (holder === '' ? key : `${holder}.${key}`);

function describeUse(
  { line, source }: YamlScalar,
  node: YamlNode,
  path: string,
  { text, unresolved }: Expanded,
): Found {
  const found: Found = { text, line, path, ...(source !== undefined && { source }) };
  if (unresolved !== undefined) {
    const message = `${unresolved} is only known at run time.${exemption(text, unresolved)}`;
    return { ...found, skip: { reason: 'unresolved-variable', message } };
  }
  const policies = [nodeAt(node, 'pull_policy'), ...itemsAt(node, 'pull_policy')].map((policy) => textAt(policy));
  if (policies.includes('never') && !policies.some((policy) => policy === 'always' || policy === 'if-not-present')) {
    const message = 'pull_policy is never: the image must already be on the runner.';
    return { ...found, skip: { reason: 'local-build', message } };
  }
  const platform = textAt(node, 'docker', 'platform');
  // GitLab omits the operating system.
  return platform === '' || platform.includes('$')
    ? found
    : { ...found, platform: /^(?:linux|windows)[(/]/.test(platform) ? platform : `linux/${platform}` };
}

/** What spares an image of the project itself from `--strict`: outside the pipeline its name is never known. */
function exemption(text: string, variable: string): string {
  if (!/^\$\{?CI_/.test(variable) || !/^[\w$./:{}@-]{1,200}$/.test(text)) return '';
  const pattern = text.startsWith(`${variable}/`) ? `${variable}/*` : text;
  return ` To leave it out: --ignore '${pattern}'.`;
}
