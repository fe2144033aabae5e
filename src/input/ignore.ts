// Images that are not checked for now, by rules of the config file: a pattern, a reason, and possibly a last day.

import { DOCKER_HUB } from '../core/docker-hub.ts';
import { matchesGlob } from '../core/glob.ts';
import { parseReference, type Reference } from '../core/reference.ts';
import type { Target } from '../core/target.ts';

export interface IgnoreRule {
  /** An image as in files; without a tag it matches every tag, and `*` matches any characters. */
  readonly image: string;
  /** Shown in reports. */
  readonly reason: string;
  /** `YYYY-MM-DD`: the last day the rule applies, in UTC; unset: it does not expire. */
  readonly until?: string;
  /** `kairos-pull.yaml:3` */
  readonly location: string;
}

export const isExpired = ({ until }: IgnoreRule, nowMs: number): boolean =>
  until !== undefined && new Date(nowMs).toISOString().slice(0, until.length) > until;

/**
 * Marks a target as skipped if a rule matches that has not expired; the first one gives the reason. A target with a variable
 * that has no value is ignored as well: then it does not fail a run with `--strict`.
 */
export function createIgnore(rules: readonly IgnoreRule[], nowMs: number): (target: Target) => Target {
  const valid = rules.map((rule, index) => ({ ...rule, index })).filter((rule) => !isExpired(rule, nowMs));
  const patterns = valid.filter(({ image }) => image.includes('*'));
  // Names without patterns are looked up, however many there are.
  const plain = new Map(valid.toReversed().map((rule) => [rule.image, rule] as const));
  return (target) => {
    const isUnresolved = target.skip?.reason === 'unresolved-variable';
    if ((target.skip !== undefined && !isUnresolved) || valid.length === 0) return target;
    const names = namesOf(target.text);
    const pattern = patterns.find(({ image }) => names.some((name) => matchesGlob(image, name)));
    const matching = [pattern, ...names.map((name) => plain.get(name))].filter((rule) => rule !== undefined);
    if (matching.length === 0) return target;
    const { reason, until } = matching.reduce((first, other) => (other.index < first.index ? other : first));
    const message = until === undefined ? reason : `${reason} (until ${until})`;
    return { ...target, skip: { reason: 'ignored', message } };
  };
}

/** Every form a rule may use: as written, with and without tag and digest, short and full names on Docker Hub. */
function namesOf(text: string): readonly string[] {
  const parsed = parseReference(text);
  if (!parsed.ok) {
    // A tag or digest with a variable, as in `shop/web:${TAG}`.
    const bare = text.replace(/[:@][^/]*$/, '');
    return bare === text || bare === '' ? [text] : [text, ...namesOf(bare)];
  }
  const { tag, digest } = parsed.value;
  const endings = ['', `:${tag}`, `@${digest}`, `:${tag}@${digest}`];
  return [text, ...repositoryNamesOf(parsed.value).flatMap((name) => endings.map((ending) => name + ending))];
}

function repositoryNamesOf({ registry, repository }: Reference): readonly string[] {
  const full = `${registry}/${repository}`;
  if (registry !== DOCKER_HUB) return [full];
  return [full, repository, ...(repository.startsWith('library/') ? [repository.slice('library/'.length)] : [])];
}
