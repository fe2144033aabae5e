// The text of a config file, YAML and so JSON too, to settings as text, each with the line it stands on.

import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { parseFieldPath } from '../input/field-path.ts';
import type { IgnoreRule } from '../input/ignore.ts';
import type { SearchRule } from '../input/search-rule.ts';
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
    const problems = parsed.error.issues.map(problemOf).sort((a, b) => lineOf(a.path) - lineOf(b.path));
    throw new UsageError(problems.map(({ path, words }) => `${labelOf(path)}: ${words}`)[0]);
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

function readYaml(text: string, file: string): { value: unknown; lineOf: (path: Path) => number } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const words = error.code === 'MULTIPLE_DOCS' ? 'expected one document, here begins another' : error.message;
    throw new UsageError(`${file}:${lineCounter.linePos(error.pos[0]).line}: ${cleanText(words)}.`);
  }
  const lineOf = (path: Path): number => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
        offset = (pair?.key as Node | undefined)?.range?.[0] ?? offset;
        node = pair?.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = (node as Node | undefined)?.range?.[0] ?? offset;
      }
    }
    return lineCounter.linePos(offset).line;
  };
  try {
    // A key without a value is as good as none.
    const value = document.toJS({ reviver: (_key, value) => (value === null ? undefined : value) });
    return { value, lineOf };
  } catch (error) {
    throw new UsageError(`${file}: ${cleanText((error as Error).message)}.`);
  }
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

function problemOf(issue: z.core.$ZodIssue): { path: Path; words: string } {
  if (issue.code !== 'unrecognized_keys') return { path: issue.path, words: `${issue.message}.` };
  const key = issue.keys[0] ?? '';
  const path = [...issue.path, key];
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
