// Regular expressions and label selectors of kustomize, as far as they need little time for any text.

import type { WorkBudget } from './work-budget.ts';

const MAX_LENGTH = 300;
const SPECIAL = /[*+?()[\]{}|^$\\]/;
/** Go has none of the first two; the others can take exponential time. */
const UNSAFE = /\\[1-9]|\(\?|\)[*+{]|[*+}][*+{]/;
const MAX_REPEATS = 3;

/** Whether the pattern matches the whole text. `budget` is shared by the patterns of a kustomization. */
export function matchesPattern(pattern: string, text: string, budget: WorkBudget, suffix = ''): boolean {
  if (pattern === text) return true;
  if (!SPECIAL.test(pattern) || UNSAFE.test(pattern)) return false;
  const repeats = [...pattern.matchAll(/[*+{]/g)].length;
  if (pattern.length > MAX_LENGTH || text.length > MAX_LENGTH || repeats > MAX_REPEATS) return false;
  if (!budget.spend(10 + text.length ** repeats)) return false;
  try {
    return new RegExp(`^(?:${pattern})${suffix}$`).test(text);
  } catch {
    return false;
  }
}

const TERM = /[^,(]+(?:\([^)]*\))?/g;
const SET = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/;
const EQUALITY = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/;

/** `a=b,c!=d,e in (f,g),!h` */
export function matchesSelector(selector: string, labelOf: (name: string) => string | undefined): boolean {
  return (selector.slice(0, MAX_LENGTH).match(TERM) ?? []).every((written) => {
    const term = written.trim();
    const [, key = '', operator = '', values = ''] = SET.exec(term) ?? [];
    if (operator !== '') {
      const isIn = values.split(',').some((value) => value.trim() === labelOf(key));
      return operator === 'in' ? isIn : !isIn;
    }
    const [, name = '', sign = '', value = ''] = EQUALITY.exec(term) ?? [];
    if (sign !== '') return (labelOf(name) === value) === (sign !== '!=');
    return term.startsWith('!') ? labelOf(term.slice(1).trim()) === undefined : labelOf(term) !== undefined;
  });
}
