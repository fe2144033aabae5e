// Validates the `monitor` section of a config file: its values, or every mistake with file, line and key.

import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { placeOf } from './misplaced.ts';
import type { Issue, Mistake, Path } from './mistake.ts';
import { pathsOf, SECRET } from './mistake.ts';
import { findConflicts } from './monitor-conflicts.ts';
import { type MonitorValues, monitorSchema } from './monitor-schema.ts';
import type { MonitorSource } from './parse-config.ts';
import { isKnownKey, knownKeys } from './schema-keys.ts';

export interface MonitorSection {
  readonly values: MonitorValues;
  readonly lineOf: (path: Path) => number;
  /** `monitor.resources[0].interval in kairos-pull.yaml:12` */
  readonly labelOf: (path: Path) => string;
}

/** `file`: as in messages. */
export function readMonitorSection(
  { value, lineOf }: MonitorSource,
  file: string,
): MonitorSection | { readonly mistakes: readonly Mistake[] } {
  const labelOf = (path: Path): string => `${nameOf(path)} in ${file}:${lineOf(path)}`;
  const mistakeAt = (path: Path, problem: () => string): Mistake => ({
    line: lineOf(path),
    message: () => `${labelOf(path)}: ${problem().replace(/\.?$/, '.')}`,
  });
  const mistakesOf = (issue: Issue): Mistake[] =>
    pathsOf(issue).map((path) => {
      if (issue.code !== 'unrecognized_keys') return mistakeAt(path, () => issue.message);
      if (SECRET.test(String(path.at(-1)))) return mistakeAt(path, () => noSecrets(path));
      const line = lineOf(path);
      const place = placeOf(['monitor', ...path], valueAt(value, path.slice(0, -1)));
      return { line, message: () => `${file}:${line}: ${unknownKey(path, value, place)}` };
    });

  const parsed = monitorSchema.safeParse(value);
  const mistakes = [
    ...(parsed.error?.issues.flatMap((issue) => innermost(issue, value)).flatMap(mistakesOf) ?? []),
    ...findConflicts(value, lineOf).map(({ path, problem }) => mistakeAt(path, () => problem)),
  ];
  if (mistakes.length > 0 || !parsed.success) return { mistakes };
  return { values: parsed.data, lineOf, labelOf };
}

/** With the keys that this part of the section has for them. */
const SECRET_KEYS: Readonly<Record<string, string>> = {
  auth: 'bearerTokenFile or basicFile',
  notify: 'urlFile or urlEnv',
};

function noSecrets(path: Path): string {
  const [part] = path;
  const where = part === 'resources' && !path.includes('credentials') ? 'credentials.' : '';
  const keys = SECRET_KEYS[String(part)] ?? `${where}passwordFile or ${where}authFile`;
  return `secrets are not allowed in this file; use ${keys}`;
}

/** `monitor.resources[0].interval` */
const nameOf = (path: Path): string =>
  ['monitor', ...path]
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${shown(step)}`))
    .join('');

const shown = (step: PropertyKey): string => cleanText(hideUserinfo(String(step)), 100);

function unknownKey(path: Path, root: unknown, place: string): string {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  // Another kind of entry has it.
  const isElsewhere = isKnownKey(monitorSchema, parent, key);
  const suggestion = isElsewhere || place !== '' ? place : suggest(key, knownKeys(monitorSchema, parent, root));
  return `unknown setting "${nameOf(path)}".${suggestion}`;
}

/**
 * Of an issue with a union: those of the alternative that the value resembles most. The issue itself if several are
 * equal, unless an unknown key is the cause.
 */
function innermost(issue: Issue, root: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const value = valueAt(root, issue.path);
  const ranked = issue.errors
    .map((issues) => ({ issues, distance: issues.reduce((sum, inner) => sum + distanceOf(inner, value), 0) }))
    .sort((a, b) => a.distance - b.distance);
  const [best, second] = ranked;
  if (best === undefined || best.distance >= ANOTHER_TYPE) return [issue];
  if (best.distance === second?.distance) return unknownToAll(issue, value) ?? [issue];
  return best.issues
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
    .flatMap((inner) => innermost(inner, root));
}

const ANOTHER_TYPE = 1000;

function distanceOf(issue: Issue, value: unknown): number {
  if (issue.code === 'invalid_type' && issue.path.length === 0) return ANOTHER_TYPE;
  if (issue.code === 'unrecognized_keys') return 10 * issue.keys.length;
  return valueAt(value, issue.path) === undefined ? 20 : 1;
}

function unknownToAll(issue: Issue, value: unknown): readonly Issue[] | undefined {
  const keys = Object.keys(value ?? {}).filter(
    (key) =>
      !isKnownKey(monitorSchema, issue.path, key) && suggest(key, knownKeys(monitorSchema, issue.path, {})) !== '',
  );
  return keys.length === 0 ? undefined : [{ code: 'unrecognized_keys', keys, path: [...issue.path], message: '' }];
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return value;
}
