// Variables of a GitLab pipeline, as far as the file alone determines them.
// https://docs.gitlab.com/ci/variables/#cicd-variable-precedence

import { findVariable } from './image-text.ts';
import type { WorkBudget } from './work-budget.ts';
import { entriesAt, itemsAt, nodeAt, textAt, type YamlNode } from './yaml-node.ts';

/** An undefined value is set when the pipeline runs. */
export type GitlabVariables = ReadonlyMap<string, string | undefined>;

/** Predefined by GitLab and its runner. */
const PREDEFINED = /^(?:CI|GITLAB|CHAT|TRIGGER_PAYLOAD)(?:_|$)/;
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

export interface Expanded {
  readonly text: string;
  /** The first variable whose value the file does not determine, as written. */
  readonly unresolved?: string;
}

/** `scopes`: in order of precedence. Each variable is expanded once, which `budget` counts for all jobs. */
export function createExpand(scopes: readonly GitlabVariables[], budget: WorkBudget): (text: string) => Expanded {
  const values = new Map<string, string | undefined>();

  function resolveName(name: string, depth: number): string | undefined {
    if (!values.has(name)) {
      // Until it is known: a variable inside itself has no value.
      values.set(name, undefined);
      budget.spend(1 + scopes.length);
      const value =
        budget.isExceeded || PREDEFINED.test(name) ? undefined : scopes.find((scope) => scope.has(name))?.get(name);
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
