// The jobs of a GitLab pipeline, each with what it inherits: templates (extends), defaults, variables.
// https://docs.gitlab.com/ci/yaml/#extends, https://docs.gitlab.com/ci/yaml/#inherit

import { createExpand, createVariablesOf, type Expanded, type VariablesOf } from './gitlab-variable.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** Something of the pipeline that can hold `image` and `services`. */
export interface Holder {
  readonly node: YamlNode;
  /** The name of the job or template, `default`, or '' for the pipeline itself. */
  readonly path: string;
}

/** Where one job, template or the defaults get their images and variables from. */
export interface Scope {
  /** Whether it counts only for what no job has used: templates and defaults do not run by themselves. */
  readonly isFallback: boolean;
  /** Who decides a key; undefined when it is nobody in this file. */
  readonly holderOf: (key: 'image' | 'services') => Holder | undefined;
  readonly expand: (text: string) => Expanded;
}

/** Keys of the pipeline that are no jobs. */
const GLOBAL_KEYS = new Set(
  'default include stages variables workflow image services cache before_script after_script spec'.split(' '),
);
/** GitLab allows ten, one in the other. Longer lists of anything that jobs share would be read once a job. */
const MAX_SHARED = 50;

/** Jobs first, then templates, then the defaults. */
export function* pipelineScopes(pipeline: YamlNode): Generator<Scope> {
  const variablesOf = createVariablesOf();
  const names = entriesAt(pipeline)
    .filter(([name, node]) => !GLOBAL_KEYS.has(name) && node.kind === 'map')
    .map(([name]) => name);
  const scope = (family: Family, isFallback: boolean): Scope => createScope(family, pipeline, isFallback, variablesOf);
  for (const name of names) {
    if (name.startsWith('.')) continue;
    const family = familyOf(pipeline, name);
    // A trigger starts another pipeline and pulls nothing.
    if (!family.members.some(({ node }) => nodeAt(node, 'trigger') !== undefined)) yield scope(family, false);
  }
  for (const name of names) if (name.startsWith('.')) yield scope(familyOf(pipeline, name), true);
  yield scope({ members: [], isWhole: true }, true);
}

interface Family {
  /** The job itself, then its templates, the deciding ones first. */
  readonly members: readonly Holder[];
  /** Whether this file has all of them. */
  readonly isWhole: boolean;
}

function familyOf(pipeline: YamlNode, name: string): Family {
  const members = new Map<string, Holder>();
  let isWhole = true;
  const add = (path: string): void => {
    if (members.has(path)) return;
    const node = nodeAt(pipeline, path);
    if (node === undefined || members.size === MAX_SHARED) {
      isWhole = false;
      return;
    }
    members.set(path, { node, path });
    const parents = [
      textAt(node, 'extends'),
      ...itemsAt(node, 'extends')
        .slice(-MAX_SHARED)
        .map((it) => textAt(it)),
    ];
    // The last of several decides.
    for (const parent of parents.reverse()) if (parent !== '') add(parent);
  };
  add(name);
  return { members: [...members.values()], isWhole };
}

function createScope(
  { members, isWhole }: Family,
  pipeline: YamlNode,
  isFallback: boolean,
  variablesOf: VariablesOf,
): Scope {
  const self = members[0]?.node;
  const defaults = nodeAt(pipeline, 'default');
  const holders: readonly Holder[] = [
    ...members,
    ...(defaults === undefined ? [] : [{ node: defaults, path: 'default' }]),
    { node: pipeline, path: '' },
  ];
  // What a template of another file brings along would come before the defaults.
  const globals = isWhole && inherits(self, 'variables') ? variablesOf(pipeline) : [];
  return {
    isFallback,
    holderOf: (key) =>
      (isWhole && inherits(self, 'default', key) ? holders : members).find(({ node }) => nodeAt(node, key)),
    expand: createExpand([...members.flatMap(({ node }) => variablesOf(node)), ...globals]),
  };
}

function inherits(job: YamlNode | undefined, what: 'default' | 'variables', name?: string): boolean {
  const inherit = nodeAt(job, 'inherit', what);
  if (inherit?.kind === 'list') return inherit.items.slice(0, MAX_SHARED).some((item) => textAt(item) === name);
  return inherit?.kind !== 'scalar' || inherit.value !== false;
}
