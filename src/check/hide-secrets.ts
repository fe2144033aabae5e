// Takes the secrets we sent out of a result, wherever a server managed to put them.

import type { Result } from '../core/result.ts';
import type { Secrets } from '../http/secrets.ts';

/** What no server has a hand in. */
const OURS = new Set<string>([
  'input',
  'foundAt',
  'reference',
  'credential',
  'verdict',
  'reason',
  'cause',
  'startedAt',
]);

export function hideSecrets(result: Result, secrets: Secrets): Result {
  const { reference, credential } = result;
  // Names that we put into sentences: a password that is part of one must not make them unreadable.
  const known = [
    ...(reference === null
      ? []
      : [reference.canonical, `${reference.registry}/${reference.repository}`, reference.registry]),
    ...(credential === null ? [] : [credential.username ?? '', credential.source]),
  ];
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return secrets.hide(value, known);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
  };
  const entries = Object.entries(result).map(([name, value]) => [name, OURS.has(name) ? value : clean(value)]);
  return Object.fromEntries(entries) as Result;
}
