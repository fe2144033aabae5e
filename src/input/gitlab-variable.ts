// Variables of a GitLab pipeline, as far as the file alone determines them.
// https://docs.gitlab.com/ci/variables/#cicd-variable-precedence

import type { Env } from '../core/env.ts';
import { findVariable } from './image-text.ts';
import type { WorkBudget } from './work-budget.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** An undefined value is set when the pipeline runs. */
export type GitlabVariables = ReadonlyMap<string, string | undefined>;

/** Predefined by GitLab and its runner. */
const PREDEFINED = /^(?:CI|GITLAB|CHAT|TRIGGER_PAYLOAD)(?:_|$)/;
/**
 * Those that have the same value in every job of a pipeline and are no secret: not CI_JOB_TOKEN, CI_REGISTRY_PASSWORD,
 * CI_DEPLOY_PASSWORD or CI_REPOSITORY_URL, which has a token.
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
const SAME_IN_EVERY_JOB: ReadonlySet<string> = new Set(
  [
    'REGISTRY REGISTRY_IMAGE TEMPLATE_REGISTRY_HOST',
    'DEPENDENCY_PROXY_SERVER DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX',
    'COMMIT_SHA COMMIT_SHORT_SHA COMMIT_BEFORE_SHA COMMIT_TAG COMMIT_BRANCH COMMIT_REF_NAME COMMIT_REF_SLUG',
    'DEFAULT_BRANCH DEFAULT_BRANCH_SLUG PIPELINE_ID PIPELINE_IID PIPELINE_SOURCE',
    'PROJECT_ID PROJECT_NAME PROJECT_PATH PROJECT_PATH_SLUG PROJECT_NAMESPACE PROJECT_NAMESPACE_ID',
    'PROJECT_NAMESPACE_SLUG PROJECT_ROOT_NAMESPACE PAGES_DOMAIN SERVER_HOST SERVER_FQDN SERVER_PORT SERVER_VERSION',
    'MERGE_REQUEST_ID MERGE_REQUEST_IID MERGE_REQUEST_PROJECT_PATH MERGE_REQUEST_SOURCE_PROJECT_PATH',
    'MERGE_REQUEST_SOURCE_BRANCH_NAME MERGE_REQUEST_TARGET_BRANCH_NAME',
  ].flatMap((names) => names.split(' ').map((name) => `CI_${name}`)),
);
/** `$$` is a dollar sign. */
const USE = /\$\$|\$\{(\w+)\}|\$([A-Za-z_]\w*)/g;
const MAX_LENGTH = 4096;
/** Variables of variables of variables. */
const MAX_DEPTH = 20;

/** The variables of the pipeline, a template or a job, in order of precedence. */
export type VariablesOf = (holder: YamlNode | undefined) => readonly GitlabVariables[];

/** Aliases let many jobs share their variables, so each map and list of them is read once. */
export function createVariablesOf(): VariablesOf {
  const [ownOf, ruledOf, rowsOf] = [memoized(readVariables), memoized(setByRules), memoized(setByRows)];
  return (holder) => [
    ...ruledOf(nodeAt(holder, 'rules')),
    ...ruledOf(nodeAt(holder, 'workflow', 'rules')),
    ...rowsOf(nodeAt(holder, 'parallel', 'matrix')),
    ...ownOf(nodeAt(holder, 'variables')),
  ];
}

function memoized(
  read: (node: YamlNode) => GitlabVariables,
): (node: YamlNode | undefined) => readonly GitlabVariables[] {
  const known = new Map<YamlNode, GitlabVariables>();
  return (node) => {
    if (node === undefined) return [];
    const variables = known.get(node) ?? read(node);
    known.set(node, variables);
    return [variables];
  };
}

/** `NAME: value` or `NAME: { value, description }`. */
const readVariables = (map: YamlNode): GitlabVariables =>
  new Map(entriesAt(map).map(([name, node]) => [name, node.kind === 'scalar' ? node.text : textAt(node, 'value')]));

const setByRules = (rules: YamlNode): GitlabVariables =>
  setAtRunTime(itemsAt(rules).map((rule) => nodeAt(rule, 'variables')));

const setByRows = (rows: YamlNode): GitlabVariables => setAtRunTime(itemsAt(rows));

const setAtRunTime = (maps: readonly (YamlNode | undefined)[]): GitlabVariables =>
  new Map([...new Set(maps)].flatMap((map) => entriesAt(map).map(([name]) => [name, undefined] as const)));

/** What the pipeline in which this program runs knows of its variables; nothing outside GitLab. */
export function predefinedVariables(env: Env): GitlabVariables {
  if (env.GITLAB_CI !== 'true') return new Map();
  return new Map([...SAME_IN_EVERY_JOB].map((name) => [name, env[name]]));
}

export interface Expanded {
  readonly text: string;
  /** The first variable whose value the file does not determine, as written. */
  readonly unresolved?: string;
}

/** `scopes`: in order of precedence. Each variable is expanded once, which `budget` counts for all jobs. */
export function createExpand(
  scopes: readonly GitlabVariables[],
  predefined: GitlabVariables,
  budget: WorkBudget,
): (text: string) => Expanded {
  const values = new Map<string, string | undefined>();

  function resolveName(name: string, depth: number): string | undefined {
    if (!values.has(name)) {
      // Until it is known: a variable inside itself has no value.
      values.set(name, undefined);
      budget.spend(1 + scopes.length);
      const scope = scopes.find((scope) => scope.has(name));
      // A file that sets a predefined variable does not decide its value.
      const source = !PREDEFINED.test(name) ? scope : scope === undefined ? predefined : undefined;
      const value = budget.isExceeded ? undefined : source?.get(name);
      if (source === predefined) {
        values.set(name, value);
        return value;
      }
      const expanded = value === undefined || depth > MAX_DEPTH ? undefined : expand(value, depth + 1);
      values.set(name, expanded?.unresolved === undefined ? expanded?.text : undefined);
    }
    return values.get(name);
  }

  function expand(text: string, depth: number): Expanded {
    let unresolved: string | undefined;
    let length = 0;
    const expanded = text.slice(0, MAX_LENGTH).replace(USE, (use: string, braced?: string, bare?: string) => {
      const name = braced ?? bare;
      if (name === undefined || unresolved !== undefined) return use;
      const value = resolveName(name, depth);
      length += value?.length ?? 0;
      if (value !== undefined && length <= MAX_LENGTH) return value;
      unresolved = use;
      return use;
    });
    return unresolved === undefined ? { text: expanded } : { text: expanded, unresolved };
  }

  return (text) => {
    const { text: expanded, unresolved = findVariable(expanded.replaceAll('$$', '')) } = expand(text, 0);
    return unresolved === undefined ? { text: expanded.replaceAll('$$', '$') } : { text, unresolved };
  };
}
