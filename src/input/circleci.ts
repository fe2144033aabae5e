// Images in CircleCI configurations: the containers of jobs and executors. Images of virtual machines are not pulled.
// https://circleci.com/docs/reference/configuration-reference/#docker

import { extractImages } from './document-images.ts';
import type { Extractor, Found, Problem } from './extractor.ts';
import {
  createExpander,
  createRepeatFilter,
  type Expand,
  isYamlPath,
  pipelineImage,
  type Values,
} from './pipeline-image.ts';
import { createWorkBudget } from './work-budget.ts';
import { entriesAt, itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

const CONFIG_FILE = /(?:^|[\\/])\.circleci[\\/][^\\/]+\.ya?ml$/i;
const VERSION = /^["']?version["']?:[ \t]*["']?2(?:\.\d)?["']?[ \t\r]*(?:#.*)?$/m;
const SECTION = /^["']?(?:jobs|workflows|executors|orbs)["']?:/m;

export const circleciExtractor: Extractor = {
  name: 'circleci',
  matches: (path, head) => CONFIG_FILE.test(path) || (isYamlPath(path) && VERSION.test(head) && SECTION.test(head)),
  extract: (text, _, { signal }) => extractImages(text, configImages, { signal }),
};

/** << parameters.name >>, << pipeline.parameters.name >>, << matrix.name >> */
const PARAMETER = /<<\s*((?:pipeline\.)?(?:parameters|matrix)\.[\w-]+)\s*>>/g;
/** Images times the calls that can use them. */
const MAX_USES = 100_000;
/** Of one job or executor. */
const MAX_CALLS = 100;

/** A configuration, or an orb inside one. */
interface Scope {
  readonly node: YamlNode;
  /** `orb/` */
  readonly prefix: string;
  readonly path: string;
}

function* configImages(config: YamlNode): Generator<Found | Problem> {
  const scopes = [{ node: config, prefix: '', path: '' }, ...inlineOrbs(config)];
  const expand = createExpander(PARAMETER);
  const calls = collectCalls(config, scopes, expand);
  const isNew = createRepeatFilter();
  const plain = new Set<YamlNode>();
  const uses = createWorkBudget(MAX_USES);
  for (const { node, prefix, path } of scopes) {
    for (const section of ['executors', 'jobs']) {
      for (const [name, definition] of entriesAt(node, section)) {
        yield* containerImages(definition, `${path}${section}.${name}`, calls.get(`${section} ${prefix}${name}`));
        if (uses.isExceeded) return yield { message: `More than ${MAX_USES} image uses in jobs.` };
      }
    }
  }

  function* containerImages(definition: YamlNode, path: string, called: readonly Values[] | undefined) {
    const list = nodeAt(definition, 'docker');
    if (list === undefined || plain.has(list)) return;
    const images = itemsAt(list).map((container) => scalarAt(container, 'image'));
    if (!images.some((image) => image?.text.includes('<<'))) plain.add(list);
    const platform = /^arm\./.test(textAt(definition, 'resource_class')) ? { platform: 'linux/arm64' } : {};
    const contexts = called ?? [defaultsOf(definition, config)];
    for (const [index, image] of images.entries()) {
      if (image === undefined) continue;
      for (const valuesOf of image.text.includes('<<') ? contexts : contexts.slice(0, 1)) {
        if (!uses.spend(1)) return;
        for (const text of expand(image.text, valuesOf)) {
          const found = pipelineImage({ ...image, text }, { path: `${path}.docker[${index}].image`, ...platform });
          if (isNew(found)) yield found;
        }
      }
    }
  }
}

function inlineOrbs(config: YamlNode): Scope[] {
  return entriesAt(config, 'orbs')
    .filter(([, orb]) => orb.kind === 'map')
    .map(([name, node]) => ({ node, prefix: `${name}/`, path: `orbs.${name}.` }));
}

/** The values of parameters in each call, by `jobs name` and `executors name`. */
function collectCalls(
  config: YamlNode,
  scopes: readonly Scope[],
  expand: Expand,
): ReadonlyMap<string, readonly Values[]> {
  const calls = new Map<string, Values[]>();
  const definitions = new Map<string, YamlNode>();
  for (const { node, prefix } of scopes) {
    for (const section of ['executors', 'jobs']) {
      for (const [name, definition] of entriesAt(node, section))
        definitions.set(`${section} ${prefix}${name}`, definition);
    }
  }
  const seen = new Set<YamlNode>();
  for (const [, workflow] of entriesAt(config, 'workflows')) {
    const jobs = nodeAt(workflow, 'jobs');
    if (jobs === undefined || seen.has(jobs)) continue;
    seen.add(jobs);
    const caller = defaultsOf(workflow, config);
    for (const [name, call] of itemsAt(jobs).flatMap((job) => entriesAt(job))) add(`jobs ${name}`, call, caller);
  }
  for (const { node, prefix } of scopes) {
    for (const [name, job] of entriesAt(node, 'jobs')) {
      const executor = nodeAt(job, 'executor');
      const written = textAt(executor) || textAt(executor, 'name');
      if (executor === undefined || written === '') continue;
      for (const caller of calls.get(`jobs ${prefix}${name}`) ?? [defaultsOf(job, config)]) {
        for (const called of expand(written, caller)) {
          const key = [`executors ${prefix}${called}`, `executors ${called}`].find((each) => definitions.has(each));
          if (key !== undefined) add(key, executor, caller);
        }
      }
    }
  }
  return calls;

  function add(key: string, call: YamlNode, caller: Values): void {
    const definition = definitions.get(key);
    if (definition === undefined) return;
    const known = calls.get(key) ?? [];
    const defaults = defaultsOf(definition, config);
    if (known.length < MAX_CALLS) known.push(argumentsOf(call, defaults, (value) => expand(value, caller)));
    calls.set(key, known);
  }
}

/** A matrix has a list of values. */
function argumentsOf(call: YamlNode, defaults: Values, expand: (value: string) => readonly string[]): Values {
  const known = new Map<string, readonly string[] | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, find(name));
    return known.get(name);
  };

  function find(name: string): readonly string[] | undefined {
    const [, kind, parameter = ''] = /^(parameters|matrix)\.(.*)/.exec(name) ?? [];
    const given = kind === 'parameters' ? scalarAt(call, parameter) : undefined;
    const written = given ?? nodeAt(call, 'matrix', 'parameters', parameter);
    if (written === undefined) return defaults(name);
    const values = written.kind === 'list' ? written.items.slice(0, MAX_CALLS) : [written];
    return values.flatMap((value) => expand(textAt(value)));
  }
}

/** The defaults that a job, an executor and the pipeline declare. */
const defaultsOf =
  (definition: YamlNode, config: YamlNode): Values =>
  (name) => {
    const [, pipeline, parameter = ''] = /^(pipeline\.)?parameters\.(.*)/.exec(name) ?? [];
    const value = scalarAt(pipeline === undefined ? definition : config, 'parameters', parameter, 'default');
    return value === undefined ? undefined : [value.text];
  };
