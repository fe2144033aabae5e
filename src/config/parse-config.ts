// Parses a config file, YAML or JSON, into settings as text, each with its line.

import { suggest } from '../core/suggestion.ts';
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
import { placeOf } from './misplaced.ts';
import { type Issue, type Mistake, mistakesError, type Path, pathsOf, SECRET } from './mistake.ts';
import { type RegistrySection, readRegistrySection, type SectionValues } from './registry-section.ts';
import type { FileValues } from './resolve.ts';
import { isPath, type SettingName, settingOf } from './setting.ts';

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
  /** Takes the `monitor` section, which only the monitor reads; returns what is wrong in it. */
  readonly readMonitor?: ((section: MonitorSource) => readonly Mistake[]) | undefined;
}

/** The `monitor` section before it is validated. */
export interface MonitorSource {
  readonly value: unknown;
  /** Of a path inside the section. */
  readonly lineOf: (path: Path) => number;
}

type Value = string | number | boolean | readonly string[];

/** Throws a UsageError with file, line and key of every mistake. */
export function parseConfig(text: string, { name: file, locate, found, readMonitor }: ParseConfigOptions): Config {
  const { value, lineOf } = readYaml(text, file);
  const labelOf = (path: Path): string => (path.length === 0 ? file : `${nameOf(path)} in ${file}:${lineOf(path)}`);

  const parsed = configFileSchema.safeParse(value ?? {});
  const section = sectionOf(value, lineOf);
  const mistakes = [
    ...(parsed.error?.issues.flatMap(mistakesOf) ?? []),
    ...((section && readMonitor?.(section)) || []),
  ];
  if (mistakes.length > 0 || !parsed.success) throw mistakesError(mistakes);
  if (found !== undefined) refuseUntrusted(parsed.data, found, labelOf);
  const { registries = {}, ignore = [], search = [], $schema: _, monitor: __, ...settings } = parsed.data;

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

  function mistakesOf(issue: Issue): Mistake[] {
    return pathsOf(issue).map((path) => ({ line: lineOf(path), message: () => explain(issue, path) }));
  }

  function explain(issue: Issue, path: Path): string {
    if (issue.code !== 'unrecognized_keys') return `${labelOf(path)}: ${issue.message.replace(/\.$/, '')}.`;
    if (SECRET.test(String(path.at(-1)))) return `${labelOf(path)}: ${NO_SECRETS}`;
    return `${file}:${lineOf(path)}: ${unknownSetting(path)}${placeOf(path, undefined)}`;
  }
}

/** The section of the monitor, as it is in the file; undefined if there is none. */
function sectionOf(value: unknown, lineOf: Document['lineOf']): MonitorSource | undefined {
  if (typeof value !== 'object' || value === null || !('monitor' in value)) return undefined;
  return { value: value.monitor, lineOf: (path) => lineOf(['monitor', ...path]) };
}

const NO_SECRETS = 'secrets are not allowed in this file. Use docker login, or set authFile.';

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

function unknownSetting(path: Path): string {
  const known = {
    ignore: IGNORE_FIELDS,
    search: SEARCH_FIELDS,
    registries: [...Object.keys(REGISTRY_SETTINGS), 'mirrors', 'realms'],
    '': [...FILE_SETTING_NAMES, 'ignore', 'search', 'registries', 'monitor'],
  }[String(path.length === 1 ? '' : path[0]) as 'ignore' | 'search' | 'registries' | ''];
  return `unknown setting "${nameOf(path)}".${suggest(String(path.at(-1)), known)}`;
}

/** Paths in the file are relative to the file. */
function locateIn(name: SettingName, text: string, locate: ParseConfigOptions['locate']): string {
  if (name === 'output') return text.replace(/(?<==).+$/s, (path) => locate(path));
  return isPath(name) ? locate(text) : text;
}
