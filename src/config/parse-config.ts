// The text of a config file, YAML and so JSON too, to settings as text, each with the line it stands on.

import type { z } from 'zod';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { parseFieldPath } from '../input/field-path.ts';
import type { IgnoreRule } from '../input/ignore.ts';
import type { SearchRule } from '../input/search-rule.ts';
import { parseYamlFile } from '../input/yaml.ts';
import type { YamlNode } from '../input/yaml-node.ts';
import { FILE_SETTING_NAMES, fileShape, IGNORE_FIELDS, REGISTRY_SETTINGS, SEARCH_FIELDS } from './file-shape.ts';
import { type FoundFile, refuseUntrusted } from './found-file.ts';
import { type RegistrySection, readRegistrySection, type SectionValues } from './registry-section.ts';
import type { Written } from './resolve.ts';
import { isPath, type SettingName, settingOf } from './setting.ts';
import { suggest } from './suggestion.ts';

export interface Config {
  readonly written: Readonly<Partial<Record<SettingName, Written>>>;
  readonly registries: readonly RegistrySection[];
  readonly ignore: readonly IgnoreRule[];
  readonly search: readonly SearchRule[];
}

export interface ConfigPlace {
  /** As messages name the file. */
  readonly name: string;
  /** From a path as it stands in the file to one that can be opened. */
  readonly locate: (path: string) => string;
  /** Set for a file that was found, not named. */
  readonly found?: FoundFile | undefined;
}

type Path = readonly PropertyKey[];
type Value = string | number | boolean | readonly string[];

/** Throws a UsageError that names file, line and key. */
export function parseConfig(text: string, { name: file, locate, found }: ConfigPlace): Config {
  const { value, lineOf } = readYaml(text, file);
  const labelOf = (path: Path): string => (path.length === 0 ? file : `${nameOf(path)} in ${file}:${lineOf(path)}`);

  const parsed = fileShape.safeParse(value ?? {});
  if (!parsed.success) {
    const { path, words } = firstProblem(parsed.error.issues, lineOf);
    throw new UsageError(`${labelOf(path)}: ${words}`);
  }
  if (found !== undefined) refuseUntrusted(parsed.data, found, labelOf);
  const { registries = {}, ignore = [], search = [], $schema: _, ...settings } = parsed.data;

  const written = Object.entries(settings as Partial<Record<SettingName, Value>>).map(([key, value]) => {
    const name = key as SettingName;
    const texts = [value].flat().map((item) => locateIn(name, String(item), locate));
    return [name, { raw: settingOf(name).repeatable ? texts : texts[0], label: labelOf([name]) }];
  });
  const sections = Object.entries(registries as Record<string, SectionValues>).map(([key, section]) =>
    readRegistrySection(key, section, (...name) => labelOf(['registries', key, ...name]), locate),
  );
  const rules = ignore.map(({ image, reason, until }, index) => ({
    image: image.trim(),
    reason: cleanText(reason.trim(), 300),
    ...(until !== undefined && { until }),
    place: `${file}:${lineOf(['ignore', index])}`,
  }));
  const searches = search.map(({ kind, group, path, skip = false }, index) => ({
    kind: kind.trim(),
    ...(group !== undefined && { group: group.trim() }),
    ...(path !== undefined && { path: parseFieldPath(path) }),
    skip,
    place: `${file}:${lineOf(['search', index])}`,
  }));
  return { written: Object.fromEntries(written), registries: sections, ignore: rules, search: searches };
}

interface Document {
  readonly value: unknown;
  readonly lineOf: (path: Path) => number;
}

function readYaml(text: string, file: string): Document {
  const { roots, problems } = parseYamlFile(text);
  const refuse = (line: number | undefined, words: string): never => {
    throw new UsageError(`${file}${line === undefined ? '' : `:${line}`}: ${cleanText(words)}`);
  };
  const [problem] = problems;
  if (problem !== undefined) refuse(problem.line, problem.message);
  const [root, second] = roots;
  if (second !== undefined) refuse(second.line, 'expected one document, here begins another.');
  const lineOf = (path: Path): number => {
    let node = root;
    let line = 1;
    for (const step of path) {
      if (node?.kind === 'map') node = node.entries.get(String(step));
      else node = node?.kind === 'list' ? node.items[Number(step)] : undefined;
      line = node?.line ?? line;
    }
    return line;
  };
  return { value: root && plain(root), lineOf };
}

/** A key without a value is as good as none. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value ?? undefined;
  if (node.kind === 'list') return node.items.map(plain);
  const entries = [...node.entries].map(([key, value]) => [key, plain(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** `timeout`, `localhost:5000`, `caFile of localhost:5000`, `reason of ignore` */
function nameOf([first, registry, name]: Path): string {
  if (first === 'ignore' || first === 'search') {
    return name === undefined ? first : cleanText(`${shown(name)} of ${first}`);
  }
  const own = first === 'registries' ? (name ?? registry ?? first) : first;
  return cleanText(name === undefined ? shown(own) : `${shown(own)} of ${shown(registry)}`);
}

const shown = (step: PropertyKey | undefined): string => hideUserinfo(String(step));

const SECRET = /^(?:auths?|credentials?|pass(?:word|wd)?|secret|\w*token)$/i;

/** The one that stands first in the file. */
function firstProblem(issues: readonly z.core.$ZodIssue[], lineOf: Document['lineOf']): { path: Path; words: string } {
  const placed = issues.map((issue) => ({ issue, line: lineOf(placeOf(issue)) }));
  const first = placed.reduce((one, other) => (other.line < one.line ? other : one));
  return problemOf(first.issue);
}

const placeOf = (issue: z.core.$ZodIssue): Path =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;

function problemOf(issue: z.core.$ZodIssue): { path: Path; words: string } {
  const path = placeOf(issue);
  if (issue.code !== 'unrecognized_keys') return { path, words: `${issue.message}.` };
  const key = issue.keys[0] ?? '';
  if (SECRET.test(key)) {
    const words = 'a secret has no place in this file. Log in with docker login, or name a login file: authFile.';
    return { path, words };
  }
  const known = {
    ignore: IGNORE_FIELDS,
    search: SEARCH_FIELDS,
    registries: [...Object.keys(REGISTRY_SETTINGS), 'mirrors', 'realms'],
    '': [...FILE_SETTING_NAMES, 'ignore', 'search', 'registries'],
  }[String(issue.path[0] ?? '') as 'ignore' | 'search' | 'registries' | ''];
  return { path, words: `there is no such setting.${suggest(key, known)}` };
}

/** Paths in the file are meant from where it lies. */
function locateIn(name: SettingName, text: string, locate: ConfigPlace['locate']): string {
  if (name === 'output') return text.replace(/(?<==).+$/s, (path) => locate(path));
  return isPath(name) ? locate(text) : text;
}
