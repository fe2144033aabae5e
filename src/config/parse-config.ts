// Parses a config file, YAML or JSON, into settings as text, each with its line.

import type { z } from 'zod';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import type { SearchRule } from '../input/extractor.ts';
import { parseFieldPath } from '../input/field-path.ts';
import type { IgnoreRule } from '../input/ignore.ts';
import { parseYamlFile } from '../input/yaml.ts';
import type { YamlNode } from '../input/yaml-node.ts';
import {
  configFileSchema,
  FILE_SETTING_NAMES,
  IGNORE_FIELDS,
  REGISTRY_SETTINGS,
  SEARCH_FIELDS,
} from './config-file-schema.ts';
import { type FoundFile, refuseUntrusted } from './found-file.ts';
import { type RegistrySection, readRegistrySection, type SectionValues } from './registry-section.ts';
import type { FileValues } from './resolve.ts';
import { isPath, type SettingName, settingOf } from './setting.ts';
import { suggest } from './suggestion.ts';

export interface Config {
  readonly values: FileValues;
  readonly registries: readonly RegistrySection[];
  readonly ignore: readonly IgnoreRule[];
  readonly search: readonly SearchRule[];
}

export interface ParseConfigOptions {
  /** Of the file, as in messages. */
  readonly name: string;
  /** Resolves a path in the file. */
  readonly locate: (path: string) => string;
  /** Set for a file that was found, not named. */
  readonly found?: FoundFile | undefined;
}

type Path = readonly PropertyKey[];
type Value = string | number | boolean | readonly string[];

/** Throws a UsageError with file, line and key. */
export function parseConfig(text: string, { name: file, locate, found }: ParseConfigOptions): Config {
  const { value, lineOf } = readYaml(text, file);
  const labelOf = (path: Path): string => (path.length === 0 ? file : `${nameOf(path)} in ${file}:${lineOf(path)}`);

  const parsed = configFileSchema.safeParse(value ?? {});
  if (!parsed.success) {
    const issue = firstIssue(parsed.error.issues, lineOf);
    const path = pathOf(issue);
    const unknown = issue.code === 'unrecognized_keys' && !SECRET.test(issue.keys[0] ?? '');
    throw new UsageError(
      unknown ? `${file}:${lineOf(path)}: ${unknownSetting(path)}` : `${labelOf(path)}: ${problemOf(issue)}`,
    );
  }
  if (found !== undefined) refuseUntrusted(parsed.data, found, labelOf);
  const { registries = {}, ignore = [], search = [], $schema: _, ...settings } = parsed.data;

  const values = Object.entries(settings as Partial<Record<SettingName, Value>>).map(([key, value]) => {
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
    location: `${file}:${lineOf(['ignore', index])}`,
  }));
  const searches = search.map(({ kind, group, path, skip = false }, index) => ({
    kind: kind.trim(),
    ...(group !== undefined && { group: group.trim() }),
    ...(path !== undefined && { path: parseFieldPath(path) }),
    skip,
    location: `${file}:${lineOf(['search', index])}`,
  }));
  return { values: Object.fromEntries(values), registries: sections, ignore: rules, search: searches };
}

interface Document {
  readonly value: unknown;
  readonly lineOf: (path: Path) => number;
}

function readYaml(text: string, file: string): Document {
  const { roots, problems } = parseYamlFile(text);
  const fail = (line: number | undefined, message: string): never => {
    throw new UsageError(`${file}${line === undefined ? '' : `:${line}`}: ${cleanText(message)}`);
  };
  const [problem] = problems;
  if (problem !== undefined) fail(problem.line, problem.message);
  const [root, second] = roots;
  if (second !== undefined) fail(second.line, 'expected a single YAML document.');
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

/** A key without a value is ignored. */
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

/** In the order of the file. */
function firstIssue(issues: readonly z.core.$ZodIssue[], lineOf: Document['lineOf']): z.core.$ZodIssue {
  const withLines = issues.map((issue) => ({ issue, line: lineOf(pathOf(issue)) }));
  return withLines.reduce((first, other) => (other.line < first.line ? other : first)).issue;
}

const pathOf = (issue: z.core.$ZodIssue): Path =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;

const problemOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? 'secrets are not allowed in this file. Use docker login, or set authFile.'
    : `${issue.message}.`;

function unknownSetting(path: Path): string {
  const known = {
    ignore: IGNORE_FIELDS,
    search: SEARCH_FIELDS,
    registries: [...Object.keys(REGISTRY_SETTINGS), 'mirrors', 'realms'],
    '': [...FILE_SETTING_NAMES, 'ignore', 'search', 'registries'],
  }[String(path.length === 1 ? '' : path[0]) as 'ignore' | 'search' | 'registries' | ''];
  return `unknown setting "${nameOf(path)}".${suggest(String(path.at(-1)), known)}`;
}

/** Paths in the file are relative to the file. */
function locateIn(name: SettingName, text: string, locate: ParseConfigOptions['locate']): string {
  if (name === 'output') return text.replace(/(?<==).+$/s, (path) => locate(path));
  return isPath(name) ? locate(text) : text;
}
