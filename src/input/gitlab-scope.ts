// The jobs of a GitLab pipeline, each with what it inherits: templates (extends), defaults, variables.
// https://docs.gitlab.com/ci/yaml/#extends, https://docs.gitlab.com/ci/yaml/#inherit

import {
  createExpand,
  createVariablesOf,
  type Expanded,
  type GitlabVariables,
  type VariablesOf,
} from './gitlab-variable.ts';
import type { WorkBudget } from './work-budget.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** A part of the pipeline that can have `image` and `services`. */
export interface Holder {
  readonly node: YamlNode;
  /** The name of the job or template, `default`, or '' for the pipeline itself. */
  readonly path: string;
}

/** Where a job, a template or the defaults get their images and variables from. */
export interface Scope {
  /** Whether it only counts for images that no job uses: templates and defaults do not run on their own. */
  readonly isFallback: boolean;
  /** The holder that determines a key; undefined when it is not in this file. */
  readonly holderOf: (key: 'image' | 'services') => Holder | undefined;
  readonly expand: (text: string) => Expanded;
}

/** Keys of the pipeline that are not jobs. */
const GLOBAL_KEYS = new Set(
  'default include stages variables workflow image services cache before_script after_script spec'.split(' '),
);
/** Levels of `extends`; GitLab allows ten. Also items of lists, which many jobs may share. */
const MAX_SHARED = 50;

/** Jobs first, then templates, then the defaults. `expansions`: of variables in all of them. */
export function* pipelineScopes(
  pipeline: YamlNode,
  predefined: GitlabVariables,
  expansions: WorkBudget,
): Generator<Scope> {
  const variablesOf = createVariablesOf();
  const names = entriesAt(pipeline)
    .filter(([name, node]) => !GLOBAL_KEYS.has(name) && node.kind === 'map')
    .map(([name]) => name);
  const scope = (family: Family, isFallback: boolean): Scope =>
    createScope(family, pipeline, { isFallback, variablesOf, predefined, expansions });
  for (const name of names) {
    if (name.startsWith('.')) continue;
    const family = familyOf(pipeline, name);
    // A trigger starts another pipeline and pulls nothing.
    if (!family.members.some(({ node }) => nodeAt(node, 'trigger') !== undefined)) yield scope(family, false);
  }
  for (const name of names) if (name.startsWith('.')) yield scope(familyOf(pipeline, name), true);
  yield scope({ members: [], isComplete: true }, true);
}

interface Family {
  /** The job itself, then its templates, in order of precedence. */
  readonly members: readonly Holder[];
  /** Whether all of them are in this file. */
  readonly isComplete: boolean;
}

function familyOf(pipeline: YamlNode, name: string): Family {
  const members = new Map<string, Holder>();
  let isComplete = true;
  const add = (path: string): void => {
    if (members.has(path)) return;
    const node = nodeAt(pipeline, path);
    if (node === undefined || members.size === MAX_SHARED) {
      isComplete = false;
      return;
    }
    members.set(path, { node, path });
    const parents = [
      textAt(node, 'extends'),
      ...itemsAt(node, 'extends')
        .slice(-MAX_SHARED)
        .map((it) => textAt(it)),
    ];
    // The last of several takes precedence.
    for (const parent of parents.reverse()) if (parent !== '') add(parent);
  };
  add(name);
  return { members: [...members.values()], isComplete };
}

interface ScopeOptions extends Pick<Scope, 'isFallback'> {
  readonly variablesOf: VariablesOf;
  readonly predefined: GitlabVariables;
  readonly expansions: WorkBudget;
}

function createScope(
  { members, isComplete }: Family,
  pipeline: YamlNode,
  { isFallback, variablesOf, predefined, expansions }: ScopeOptions,
): Scope {
  const self = members[0]?.node;
  const defaults = nodeAt(pipeline, 'default');
  const holders: readonly Holder[] = [
    ...members,
    ...(defaults === undefined ? [] : [{ node: defaults, path: 'default' }]),
    { node: pipeline, path: '' },
  ];
  // A template in another file would take precedence over the defaults.
  const globals = isComplete && inherits(self, 'variables') ? variablesOf(pipeline) : [];
  return {
    isFallback,
    holderOf: (key) =>
      (isComplete && inherits(self, 'default', key) ? holders : members).find(({ node }) => nodeAt(node, key)),
    expand: createExpand([...members.flatMap(({ node }) => variablesOf(node)), ...globals], predefined, expansions),
  };
}

function inherits(job: YamlNode | undefined, what: 'default' | 'variables', name?: string): boolean {
  const inherit = nodeAt(job, 'inherit', what);
  if (inherit?.kind === 'list') return inherit.items.slice(0, MAX_SHARED).some((item) => textAt(item) === name);
  return inherit?.kind !== 'scalar' || inherit.value !== false;
}
