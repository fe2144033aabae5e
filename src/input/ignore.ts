// Images that are not to be checked for now: rules of patterns, each with its reason and maybe its last day.

import { DOCKER_HUB } from '../core/docker-hub.ts';
import { matchesGlob } from '../core/glob.ts';
import { parseReference, type Reference } from '../core/reference.ts';
import type { Target } from '../core/target.ts';

export interface IgnoreRule {
  /** An image as files name it; without a tag it means every tag, and `*` stands for any characters. */
  readonly image: string;
  /** Why, in the words of a report. */
  readonly reason: string;
  /** `YYYY-MM-DD`: the last day it holds, in UTC; unset: for good. */
  readonly until?: string;
  /** Where it stands: `kairos-pull.yaml:3`. */
  readonly place: string;
}

export const isExpired = ({ until }: IgnoreRule, nowMs: number): boolean =>
  until !== undefined && new Date(nowMs).toISOString().slice(0, until.length) > until;

/** The target, to be skipped when a rule matches that has not expired; the first one says why. */
export function createIgnore(rules: readonly IgnoreRule[], nowMs: number): (target: Target) => Target {
  const valid = rules.map((rule, index) => ({ ...rule, index })).filter((rule) => !isExpired(rule, nowMs));
  const patterns = valid.filter(({ image }) => image.includes('*'));
  // A plain name is looked up, however many there are.
  const plain = new Map(valid.toReversed().map((rule) => [rule.image, rule] as const));
  return (target) => {
    if (target.skip !== undefined || valid.length === 0) return target;
    const names = namesOf(target.text);
    const pattern = patterns.find(({ image }) => names.some((name) => matchesGlob(image, name)));
    const matching = [pattern, ...names.map((name) => plain.get(name))].filter((rule) => rule !== undefined);
    if (matching.length === 0) return target;
    const { reason, until } = matching.reduce((first, other) => (other.index < first.index ? other : first));
    const message = until === undefined ? reason : `${reason} (until ${until})`;
    return { ...target, skip: { reason: 'ignored', message } };
  };
}

/** Every way a person may name it: as written, with and without tag and digest, on Docker Hub in short and in full. */
function namesOf(text: string): readonly string[] {
  const parsed = parseReference(text);
  if (!parsed.ok) return [text];
  const { tag, digest } = parsed.value;
  const endings = ['', `:${tag}`, `@${digest}`, `:${tag}@${digest}`];
  return [text, ...repositoryNamesOf(parsed.value).flatMap((name) => endings.map((ending) => name + ending))];
}

function repositoryNamesOf({ registry, repository }: Reference): readonly string[] {
  const full = `${registry}/${repository}`;
  if (registry !== DOCKER_HUB) return [full];
  return [full, repository, ...(repository.startsWith('library/') ? [repository.slice('library/'.length)] : [])];
}
