// Loads a Compose project from its files: documents, overrides, extends and include, as compose-go's loader/loader.go,
// extends.go and include.go do it. Variables are inserted per file, before anything is merged.

import { posix } from 'node:path';
import { createMerge } from './compose-merge.ts';
import type { ComposeLocation, ComposeMap, ComposeNode } from './compose-node.ts';
import { openText, readServices, readTexts, type ServiceReader } from './compose-service.ts';
import { createInserted, parseDotenv } from './dotenv.ts';
import type { LinkedFile, Problem, ReadFile } from './extractor.ts';
import { cannotRead } from './linked-file.ts';
import { createLookup, type Environment, insertionCost, type Lookup } from './resolved-text.ts';
import { createWorkBudget } from './work-budget.ts';
import { parseYamlFile, type YamlFile } from './yaml.ts';
import { itemsAt, nodeAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface ComposeFile extends LinkedFile {
  /** Relative to the document that refers to it; paths in it are relative to its directory. */
  readonly path: string;
}

export interface Project {
  readonly services: ComposeMap | undefined;
  /** The variables of the first file. */
  readonly lookup: Lookup;
  readonly problems: readonly (Problem & { readonly source: string })[];
  /** The paths of files that do not belong to the checked file. */
  readonly foreign: ReadonlySet<string>;
  /** Paths of files that are not valid YAML: what seems wrong in them may only be unread. */
  readonly broken: ReadonlySet<string>;
}

interface Context {
  readonly lookup: Lookup;
  /** Paths are relative to it. */
  readonly directory: string;
  /** The files that include each other, down to this one. */
  readonly trail: readonly string[];
  /** The files that services extend, by path. */
  readonly bases: Map<string, Promise<Base | undefined>>;
  /** Keys of what was included. */
  readonly included: Set<string>;
}

interface Document {
  readonly root: YamlMap;
  readonly source: string;
}

/** The services of a file, not yet extended. */
interface Base {
  readonly services: ComposeMap | undefined;
  readonly context: Context;
}

export interface ProjectOptions extends Environment {
  readonly readFile: ReadFile;
}

/** Files that include each other twice double with each. */
const MAX_FILES = 500;
const MAX_EXTENDS = 100;
/** Variables of all .env files. */
const MAX_VARIABLES = 500_000;
/** Entries and items that merging copies, and services read: files include one again and again. */
const MAX_MERGED = 1_000_000;

/** The first file, with those after it as its overrides. */
export async function loadProject(files: readonly ComposeFile[], options: ProjectOptions): Promise<Project> {
  const problems: (Problem & { source: string })[] = [];
  const foreign = new Set(files.filter(({ isForeign }) => isForeign).map(({ path }) => path));
  const extended = new Map<ComposeMap, ComposeNode>();
  let read = 0;
  const inserted = createInserted();
  const insertedInFiles = createInserted();
  const variables = createWorkBudget(MAX_VARIABLES);
  const merged = createWorkBudget(MAX_MERGED);
  const { mergeAll, mergeNodes } = createMerge(merged);
  const parsed = new Map<string, YamlFile>();
  /** Files that are not valid YAML. */
  const broken = new Set<string>();
  const report = ({ source, line, template }: ComposeLocation, message: string) => {
    if (broken.has(source)) return;
    problems.push({
      source,
      message,
      ...(line !== undefined && { line }),
      ...(template !== undefined && { template }),
    });
  };

  async function readFile(path: string): ReturnType<ReadFile> {
    const file = await options.readFile(path);
    if (file !== undefined && 'text' in file && file.isForeign) foreign.add(path);
    return file;
  }

  async function openFile(path: string, location: ComposeLocation): Promise<ComposeFile | undefined> {
    read += 1;
    if (read === MAX_FILES) report(location, `More than ${MAX_FILES} files.`);
    if (read >= MAX_FILES) return undefined;
    const file = await readFile(path);
    if (file !== undefined && 'text' in file) return { path, ...file };
    report(location, cannotRead(path, file));
    return undefined;
  }

  /** The variables of `outer`, then those of .env files, a later file first. */
  async function readEnvironment(outer: Lookup, paths: readonly string[]): Promise<Lookup> {
    const values = new Map<string, ReturnType<Lookup>>();
    for (const path of paths) {
      const file = await readFile(path);
      if (file === undefined) continue;
      if ('problem' in file) {
        report({ source: path }, `Cannot be read: ${file.problem}.`);
        continue;
      }
      const dotenv = parseDotenv(file.text, {
        outer: (name) => outer(name) ?? values.get(name),
        allowEnv: file.isForeign ? (options.allowEnv ?? []) : undefined,
        inserted: insertedInFiles,
      });
      const wasExceeded = variables.isExceeded;
      if (!variables.spend(dotenv.values.size)) {
        if (!wasExceeded) report({ source: path }, `More than ${MAX_VARIABLES} variables in all .env files.`);
        break;
      }
      if (dotenv.problem !== undefined) report({ source: path, ...dotenv.problem }, dotenv.problem.message);
      for (const [name, value] of dotenv.values) values.set(name, value);
    }
    return (name) => outer(name) ?? values.get(name);
  }

  async function loadFiles(all: readonly ComposeFile[], context: Context): Promise<ComposeMap | undefined> {
    const documents: (ComposeMap | undefined)[] = [];
    for (const document of all.flatMap(parseFile)) documents.push(await loadDocument(document, context));
    return mergeAll(documents);
  }

  const readerFor = (source: string, { lookup }: Context): ServiceReader => ({
    source,
    report,
    lookup: (name) => {
      const value = lookup(name);
      return inserted.spend(insertionCost(value)) ? value : undefined;
    },
  });

  function parseFile({ text, path: source }: ComposeFile): Document[] {
    // Files include one again and again.
    const file = parsed.get(text) ?? parseYamlFile(text);
    parsed.set(text, file);
    for (const problem of file.problems) report({ source, ...problem }, problem.message);
    if (file.isBroken) broken.add(source);
    return file.roots.flatMap((root) => {
      if (root.kind === 'map') return [{ root, source }];
      const isEmpty = root.kind === 'scalar' && root.value === null;
      if (!isEmpty) report({ ...root, source }, 'A Compose file must be a mapping.');
      return [];
    });
  }

  async function loadDocument({ root, source }: Document, context: Context): Promise<ComposeMap | undefined> {
    const own = readServices(nodeAt(root, 'services'), readerFor(source, context));
    merged.spend(own?.entries.size ?? 0);
    const extended = own && (await extendAll(own, context));
    const included: (ComposeMap | undefined)[] = [];
    const include = nodeAt(root, 'include');
    if (include !== undefined && include.kind !== 'list') report({ ...include, source }, 'include is not a list.');
    for (const entry of itemsAt(include)) {
      // No file can be opened: each of the many would only go through its own many again.
      if (read >= MAX_FILES) break;
      included.push(await loadInclude(entry, source, context));
    }
    return mergeAll([...included, extended]);
  }

  async function loadInclude(entry: YamlNode, source: string, context: Context): Promise<ComposeMap | undefined> {
    const reader = readerFor(source, context);
    const location = { source, line: entry.line };
    const pathsIn = (node: YamlNode | undefined) =>
      readTexts(node, 'include', reader).map((path) => resolvePath(context.directory, path));
    const paths = pathsIn(entry.kind === 'map' ? nodeAt(entry, 'path') : entry);
    const [main] = paths;
    if (main === undefined) return undefined;
    if (context.trail.includes(main)) {
      report(location, `${main} includes itself.`);
      return undefined;
    }
    const directory = pathsIn(nodeAt(entry, 'project_directory'))[0] ?? posix.dirname(main);
    const envFile = nodeAt(entry, 'env_file');
    const environments = envFile === undefined ? [resolvePath(directory, '.env')] : pathsIn(envFile);
    // Including the same again changes nothing.
    const key = JSON.stringify([paths, directory, environments]);
    if (context.included.has(key)) return undefined;
    context.included.add(key);
    const files: ComposeFile[] = [];
    for (const path of paths) {
      const file = await openFile(path, location);
      if (file !== undefined) files.push(file);
    }
    if (files.length === 0) return undefined;
    const lookup = await readEnvironment(context.lookup, environments);
    const trail = [...context.trail, main];
    return loadFiles(files, { lookup, directory, trail, bases: new Map(), included: new Set() });
  }

  async function extendAll(services: ComposeMap, context: Context): Promise<ComposeMap> {
    const entries = new Map<string, ComposeNode>();
    for (const name of services.entries.keys()) {
      const service = await extend(name, services, context, []);
      if (service !== undefined) entries.set(name, service);
    }
    return { ...services, entries };
  }

  /** The service merged over the service it extends, which is merged over the service that one extends, and so on. */
  async function extend(name: string, services: ComposeMap, context: Context, trail: readonly ComposeNode[]) {
    const service = services.entries.get(name);
    if (service?.kind !== 'map') return service;
    const known = extended.get(service);
    if (known !== undefined) return known;
    const base = trail.includes(service) ? 'extends itself' : await findBase(service, services, context, trail);
    if (typeof base === 'string') report(service.entries.get('extends') ?? service, `services.${name} ${base}.`);
    const entries = new Map(service.entries);
    entries.delete('extends');
    const own: ComposeMap = { ...service, entries };
    const whole = base === undefined || typeof base === 'string' ? own : mergeNodes(base, own);
    extended.set(service, whole);
    return whole;
  }

  /** The extended service, with all that it extends in turn; or what is wrong with it. */
  async function findBase(
    service: ComposeMap,
    services: ComposeMap,
    context: Context,
    trail: readonly ComposeNode[],
  ): Promise<ComposeNode | string | undefined> {
    const section = service.entries.get('extends');
    if (section?.kind !== 'map') return undefined;
    if (trail.length >= MAX_EXTENDS) return `has more than ${MAX_EXTENDS} levels of extends`;
    const textOf = (key: string): string | undefined => {
      const node = section.entries.get(key);
      return node?.kind === 'scalar' ? openText(node, `extends.${key}`, { report })[0] : undefined;
    };
    const [base, path] = [textOf('service'), textOf('file')];
    const file =
      path === undefined
        ? { services, context }
        : await openBase(resolvePath(context.directory, path), section, context);
    if (file === undefined) return undefined;
    if (base === undefined || file.services?.entries.has(base) !== true)
      return `extends ${base ?? 'a service'}, which does not exist`;
    return extend(base, file.services, file.context, [...trail, service]);
  }

  function openBase(path: string, location: ComposeLocation, context: Context): Promise<Base | undefined> {
    const base = context.bases.get(path) ?? loadBase(path, location, context);
    context.bases.set(path, base);
    return base;
  }

  async function loadBase(path: string, location: ComposeLocation, context: Context): Promise<Base | undefined> {
    const file = await openFile(path, location);
    if (file === undefined) return undefined;
    const reader = readerFor(path, context);
    const services = mergeAll(parseFile(file).map(({ root }) => readServices(nodeAt(root, 'services'), reader)));
    return { services, context: { ...context, directory: posix.dirname(path) } };
  }

  const [first] = files;
  const directory = first === undefined ? '.' : posix.dirname(first.path);
  const lookup = await readEnvironment(createLookup(options), [resolvePath(directory, '.env')]);
  const trail = files.map(({ path }) => path);
  const services = await loadFiles(files, { lookup, directory, trail, bases: new Map(), included: new Set() });
  if (first !== undefined && inserted.isExceeded)
    report({ source: first.path }, 'Too large once variables are inserted.');
  if (first !== undefined && merged.isExceeded)
    report({ source: first.path }, 'Too large once what services extend and files include is merged.');
  return { services, lookup, problems, foreign, broken };
}

const resolvePath = (directory: string, path: string): string =>
  posix.isAbsolute(path) ? path : posix.join(directory, path);
