// A Compose project put together from its files: documents, overrides, extends and include, as compose-go's
// loader/loader.go, extends.go and include.go do it. Variables are put in per file, before anything is merged.

import { posix } from 'node:path';
import { mergeAll, mergeTrees } from './compose-merge.ts';
import { openText, readServices, readTexts, type ServiceReader } from './compose-service.ts';
import { parseDotenv } from './dotenv.ts';
import { createLookup, type Environment } from './environment.ts';
import type { Problem, ReadFile, ReferredFile } from './extractor.ts';
import { cannotRead } from './referred-file.ts';
import type { Lookup } from './resolved-text.ts';
import { type Mapping, parseYamlTrees, type Tree } from './yaml-tree.ts';

export interface ComposeFile extends ReferredFile {
  /** Relative to the document that refers to it; paths in it are relative to its folder. */
  readonly path: string;
}

export interface Project {
  readonly services: Mapping | undefined;
  /** The variables of the first file. */
  readonly lookup: Lookup;
  readonly problems: readonly (Problem & { readonly source: string })[];
  /** The paths of files that are not the checked one's own. */
  readonly foreign: ReadonlySet<string>;
}

interface Context {
  readonly lookup: Lookup;
  /** Paths are relative to it. */
  readonly folder: string;
  /** The files that included each other down to here. */
  readonly trail: readonly string[];
  /** The files that services extend, by path. */
  readonly bases: Map<string, Promise<Base | undefined>>;
  /** What was included. */
  readonly included: Set<string>;
}

/** Services as they stand in their file, not yet extended. */
interface Base {
  readonly services: Mapping | undefined;
  readonly context: Context;
}

export interface ProjectOptions extends Environment {
  readonly readFile: ReadFile;
}

/** More files than a person writes; files that include each other twice double with each. */
const MAX_FILES = 500;
const MAX_EXTENDS = 100;
const MAX_DOCUMENTS = 1000;
/** Characters that variables put in: files use one again and again. */
const MAX_PUT_IN = 4_000_000;

/** The first file, with those after it as its overrides. */
export async function loadProject(files: readonly ComposeFile[], options: ProjectOptions): Promise<Project> {
  const problems: (Problem & { source: string })[] = [];
  const foreign = new Set(files.filter(({ isForeign }) => isForeign).map(({ path }) => path));
  const extended = new Map<Mapping, Tree>();
  let read = 0;
  let putIn = 0;
  const report = ({ source, line }: { source: string; line?: number }, message: string) => {
    problems.push({ source, message, ...(line !== undefined && { line }) });
  };

  async function readFile(path: string): ReturnType<ReadFile> {
    const file = await options.readFile(path);
    if (file !== undefined && 'text' in file && file.isForeign) foreign.add(path);
    return file;
  }

  async function openFile(path: string, place: Tree): Promise<ComposeFile | undefined> {
    read += 1;
    if (read === MAX_FILES) report(place, `There are more than ${MAX_FILES} files.`);
    if (read >= MAX_FILES) return undefined;
    const file = await readFile(path);
    if (file !== undefined && 'text' in file) return { path, ...file };
    report(place, cannotRead(path, file));
    return undefined;
  }

  /** The variables of `outer`, and below them those of .env files, a later one before an earlier. */
  async function readEnvironment(outer: Lookup, paths: readonly string[]): Promise<Lookup> {
    const values = new Map<string, ReturnType<Lookup>>();
    for (const path of paths) {
      const file = await readFile(path);
      if (file === undefined) continue;
      if ('problem' in file) {
        report({ source: path }, `It cannot be read: ${file.problem}.`);
        continue;
      }
      const dotenv = parseDotenv(file.text, {
        outer: (name) => outer(name) ?? values.get(name),
        allowEnv: file.isForeign ? (options.allowEnv ?? []) : undefined,
      });
      if (dotenv.problem !== undefined) report({ source: path, ...dotenv.problem }, dotenv.problem.message);
      for (const [name, value] of dotenv.values) values.set(name, value);
    }
    return (name) => outer(name) ?? values.get(name);
  }

  async function loadFiles(all: readonly ComposeFile[], context: Context): Promise<Mapping | undefined> {
    const documents: (Mapping | undefined)[] = [];
    for (const document of all.flatMap(parseFile)) documents.push(await loadDocument(document, context));
    return mergeAll(documents);
  }

  const readerFor = ({ lookup }: Context): ServiceReader => ({
    report,
    lookup: (name) => {
      const value = lookup(name);
      putIn += value?.text.length ?? 0;
      return putIn > MAX_PUT_IN ? undefined : value;
    },
  });

  function parseFile({ text, path }: ComposeFile): Mapping[] {
    const { trees, problems: wrong } = parseYamlTrees(text, path);
    for (const { line, message } of wrong) report({ source: path, ...(line !== undefined && { line }) }, message);
    const more = trees[MAX_DOCUMENTS];
    if (more !== undefined) report(more, `There are more than ${MAX_DOCUMENTS} documents.`);
    return trees.slice(0, MAX_DOCUMENTS).flatMap((tree) => {
      if (tree.kind === 'mapping') return [tree];
      if (tree.kind !== 'leaf' || tree.value !== null) report(tree, 'This is not a mapping, as a Compose file is.');
      return [];
    });
  }

  async function loadDocument(document: Mapping, context: Context): Promise<Mapping | undefined> {
    const own = readServices(document.entries.get('services'), readerFor(context));
    const extended = own && (await extendAll(own, context));
    const included: (Mapping | undefined)[] = [];
    const include = document.entries.get('include');
    if (include !== undefined && include.kind !== 'sequence') report(include, 'include is not a list.');
    for (const entry of include?.kind === 'sequence' ? include.items : []) {
      included.push(await loadInclude(entry, context));
    }
    return mergeAll([...included, extended]);
  }

  async function loadInclude(entry: Tree, context: Context): Promise<Mapping | undefined> {
    const reader = readerFor(context);
    const field = (name: string) => (entry.kind === 'mapping' ? entry.entries.get(name) : undefined);
    const textsOf = (tree: Tree | undefined) =>
      readTexts(tree, 'include', reader).map((path) => inFolder(context.folder, path));
    const paths = textsOf(entry.kind === 'mapping' ? field('path') : entry);
    const [main] = paths;
    if (main === undefined) return undefined;
    if (context.trail.includes(main)) {
      report(entry, `${main} includes itself.`);
      return undefined;
    }
    const folder = textsOf(field('project_directory'))[0] ?? posix.dirname(main);
    const environments = field('env_file') === undefined ? [inFolder(folder, '.env')] : textsOf(field('env_file'));
    // Once more it would change nothing.
    const key = JSON.stringify([paths, folder, environments]);
    if (context.included.has(key)) return undefined;
    context.included.add(key);
    const files: ComposeFile[] = [];
    for (const path of paths) {
      const file = await openFile(path, entry);
      if (file !== undefined) files.push(file);
    }
    if (files.length === 0) return undefined;
    const lookup = await readEnvironment(context.lookup, environments);
    const trail = [...context.trail, main];
    return loadFiles(files, { lookup, folder, trail, bases: new Map(), included: new Set() });
  }

  async function extendAll(services: Mapping, context: Context): Promise<Mapping> {
    const entries = new Map<string, Tree>();
    for (const name of services.entries.keys()) {
      const service = await extend(name, services, context, []);
      if (service !== undefined) entries.set(name, service);
    }
    return { ...services, entries };
  }

  /** The service over the one it extends, that one over the one it extends… */
  async function extend(name: string, services: Mapping, context: Context, trail: readonly Tree[]) {
    const service = services.entries.get(name);
    if (service?.kind !== 'mapping') return service;
    const known = extended.get(service);
    if (known !== undefined) return known;
    const base = trail.includes(service) ? 'itself' : await findBase(service, services, context, trail);
    if (typeof base === 'string')
      report(service.entries.get('extends') ?? service, `services.${name} extends ${base}.`);
    const entries = new Map(service.entries);
    entries.delete('extends');
    const own: Mapping = { ...service, entries };
    const whole = base === undefined || typeof base === 'string' ? own : mergeTrees(base, own);
    extended.set(service, whole);
    return whole;
  }

  /** What the service extends, with all that it extends in turn; or what is wrong with that. */
  async function findBase(
    service: Mapping,
    services: Mapping,
    context: Context,
    trail: readonly Tree[],
  ): Promise<Tree | string | undefined> {
    const place = service.entries.get('extends');
    if (place?.kind !== 'mapping') return undefined;
    if (trail.length >= MAX_EXTENDS) return `more than ${MAX_EXTENDS} services, one by the other`;
    const textAt = (key: string): string | undefined => {
      const tree = place.entries.get(key);
      return tree?.kind === 'leaf' ? openText(tree, `extends.${key}`, { report })[0] : undefined;
    };
    const [base, path] = [textAt('service'), textAt('file')];
    const file =
      path === undefined ? { services, context } : await openBase(inFolder(context.folder, path), place, context);
    if (file === undefined) return undefined;
    if (base === undefined || file.services?.entries.has(base) !== true)
      return `${base ?? 'a service'}, which is not there`;
    return extend(base, file.services, file.context, [...trail, service]);
  }

  function openBase(path: string, place: Tree, context: Context): Promise<Base | undefined> {
    const base = context.bases.get(path) ?? loadBase(path, place, context);
    context.bases.set(path, base);
    return base;
  }

  async function loadBase(path: string, place: Tree, context: Context): Promise<Base | undefined> {
    const file = await openFile(path, place);
    if (file === undefined) return undefined;
    const reader = readerFor(context);
    const services = mergeAll(parseFile(file).map(({ entries }) => readServices(entries.get('services'), reader)));
    return { services, context: { ...context, folder: posix.dirname(path) } };
  }

  const [first] = files;
  const folder = first === undefined ? '.' : posix.dirname(first.path);
  const lookup = await readEnvironment(createLookup(options), [inFolder(folder, '.env')]);
  const trail = files.map(({ path }) => path);
  const services = await loadFiles(files, { lookup, folder, trail, bases: new Map(), included: new Set() });
  if (first !== undefined && putIn > MAX_PUT_IN) report({ source: first.path }, 'Its variables make too much of it.');
  return { services, lookup, problems, foreign };
}

const inFolder = (folder: string, path: string): string => (posix.isAbsolute(path) ? path : posix.join(folder, path));
