// Images of a kustomization with its resources, as `kubectl kustomize` renders them: bases and components are read, then
// patches and `images` applied. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/

import { posix } from 'node:path';
import { absolutePath } from '../file/directories.ts';
import type { Extraction, ExtractOptions, Found, Problem } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { FILES, itemsOf, otherFiles, type Place, REMOTE, skipped, valuesFiles } from './kustomize-entry.ts';
import { entryImage, readEntries, withImages } from './kustomize-image.ts';
import { idOf, withNames } from './kustomize-name.ts';
import { isTarget, type Patch, patchAlone, withPatch } from './kustomize-patch.ts';
import { generatedMaps, pluginFields } from './kustomize-plugin.ts';
import { withReplacement } from './kustomize-replacement.ts';
import { cannotRead, FOREIGN, problemIn, sourceOf } from './linked-file.ts';
import { withPlace } from './node-place.ts';
import { createWorkBudget } from './work-budget.ts';
import { parseYaml } from './yaml.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

/** Files of one kustomization; each may refer to the same ones. */
const MAX_FILES = 5000;
/** Each counts once for every kustomization around it. */
const MAX_OBJECTS = 200_000;
const MAX_DEPTH = 50;
/** Objects that patches change. */
const MAX_PATCHED = 100_000;
const MAX_PATCHES = 1000;
/** Steps of patterns and replacements, about half a second. */
const MAX_MATCHING = 2_000_000;

interface Layer {
  readonly objects: readonly YamlNode[];
  /** Whether all resources were read. */
  readonly isComplete: boolean;
}

const NOTHING: Layer = { objects: [], isComplete: false };

interface Rendering {
  /** The images of one rendered object. */
  readonly imagesOf: (object: YamlNode) => Iterable<Found | Problem>;
  /** Whether an object is worth parsing, by its text. */
  readonly isWanted: (document: string) => boolean;
}

export async function extractKustomization(
  text: string,
  source: string,
  { readFile, signal }: ExtractOptions,
  { imagesOf, isWanted }: Rendering,
): Promise<Extraction> {
  const found: Found[] = [];
  const problems: Problem[] = [];
  const covers = new Set<string>();
  const patched = createWorkBudget(MAX_PATCHED);
  const matching = createWorkBudget(MAX_MATCHING);
  /** Objects without images. */
  let unparsed = 0;
  const opened = new Map<string, readonly YamlNode[]>();
  const unreadable = new Map<string, Problem>();
  const collected = createWorkBudget(MAX_OBJECTS);
  let files = 0;

  async function open(path: string): Promise<readonly YamlNode[] | undefined> {
    signal?.throwIfAborted();
    const known = opened.get(path);
    if (known !== undefined) return known;
    files += 1;
    if (files > MAX_FILES) return undefined;
    const file = await readFile(path);
    if (file !== undefined && !('text' in file)) unreadable.set(path, { message: cannotRead(path, file) });
    if (file === undefined || !('text' in file)) return undefined;
    covers.add(path);
    const roots = parse(file.text, { path, isForeign: file.isForeign });
    opened.set(path, roots);
    return roots;
  }

  function parse(content: string, file: Place): YamlNode[] {
    const roots: YamlNode[] = [];
    const isNeeded = (document: string): boolean => {
      if (isWanted(document)) return true;
      unparsed += 1;
      return false;
    };
    for (const { root, problems: own } of parseYaml(content, isNeeded)) {
      if (root !== undefined)
        roots.push(withPlace(root, { source: file.path && sourceOf(source, file.path), lineOf: file.lineOf }));
      for (const problem of own) report(problem, file);
    }
    return roots;
  }

  function report(problem: Problem, { path, isForeign = false, lineOf = (inner) => inner }: Place): void {
    const { message, line, template } = problem;
    const at = line === undefined ? {} : { line: lineOf(line) };
    const own = isForeign ? { message: FOREIGN } : { message, ...at, ...(template && { template: at }) };
    problems.push(path === undefined ? own : problemIn(sourceOf(source, path), own));
  }

  /** A file of objects, or a directory with a kustomization. */
  async function loadResource(entry: YamlScalar, directory: string, trail: readonly string[]): Promise<Layer> {
    if (REMOTE.test(entry.text)) return remote(entry);
    const path = posix.join(directory, entry.text);
    const isFile = /\.(?:ya?ml|json)$/i.test(path);
    const layer = isFile ? undefined : await loadDirectory(path, trail, undefined);
    if (layer !== undefined) return layer;
    const objects = await openEntry(entry, directory);
    return objects === undefined ? NOTHING : { objects, isComplete: true };
  }

  /** The documents of a file that the kustomization names. */
  async function openEntry(entry: YamlScalar | undefined, directory: string): Promise<readonly YamlNode[] | undefined> {
    if (entry === undefined) return undefined;
    if (REMOTE.test(entry.text)) return void remote(entry);
    const path = posix.join(directory, entry.text);
    const roots = await open(path);
    if (roots === undefined && files <= MAX_FILES && !unreadable.has(path)) refuse(entry, 'does not exist.');
    return roots;
  }

  /** `problem` follows the text of the entry. */
  function refuse({ text: entry, line, source: file }: YamlScalar, problem: string): void {
    const own = { message: `${entry} ${problem}`, line };
    problems.push(file === undefined ? own : problemIn(file, own));
  }

  function remote(entry: YamlScalar): Layer {
    const message = 'A remote resource is not read; check the output of kubectl kustomize instead.';
    found.push(skipped(entry.text, entry, 'Kustomization/resources', message));
    return NOTHING;
  }

  /** Skipped rather than refused: no image of the resources depends on it. */
  function missing(entry: YamlScalar, directory: string): void {
    if (files > MAX_FILES || unreadable.has(posix.join(directory, entry.text))) return;
    const message = 'This file does not exist, so kubectl kustomize cannot render the kustomization.';
    found.push(skipped(entry.text, entry, 'Kustomization', message));
  }

  async function loadDirectory(directory: string, trail: readonly string[], base: Layer | undefined) {
    const path = posix.normalize(directory);
    const place = absolutePath(sourceOf(source, path));
    if (trail.includes(place) || trail.length > MAX_DEPTH) return NOTHING;
    for (const name of FILES) {
      const [root] = (await open(posix.join(path, name))) ?? [];
      if (root !== undefined) return render(root, path, [...trail, place], base);
    }
    return undefined;
  }

  /** `base`: what a component changes. */
  async function render(root: YamlNode, directory: string, trail: readonly string[], base?: Layer): Promise<Layer> {
    let objects: YamlNode[] = [...(base?.objects ?? []), ...generatedMaps(root)];
    let isComplete = base?.isComplete ?? textAt(root, 'kind') !== 'Component';
    const names = new Set<string>();
    const loaded = new Set<string>();
    for (const entry of [...itemsAt(root, 'resources'), ...itemsAt(root, 'bases')]) {
      if (entry.kind !== 'scalar' || entry.text.trim() === '') continue;
      if (loaded.has(entry.text)) refuse(entry, 'is there twice; kubectl kustomize refuses it.');
      if (loaded.size === loaded.add(entry.text).size) continue;
      const layer = await loadResource(entry, directory, trail);
      if (!collected.spend(1 + layer.objects.length)) break;
      const own = layer.objects.map(idOf).filter((id) => id !== '');
      const repeated = layer.isComplete ? own.find((id) => names.has(id)) : undefined;
      if (repeated !== undefined) refuse(entry, `has ${repeated} once more; kubectl kustomize refuses it.`);
      for (const id of own) names.add(id);
      objects.push(...layer.objects);
      isComplete &&= layer.isComplete;
    }
    const generators = await readPlugins(root, 'generators', directory);
    if (generators === undefined || itemsAt(root, 'helmCharts').length > 0) isComplete = false;
    for (const entry of itemsAt(root, 'components')) {
      if (entry.kind !== 'scalar') continue;
      const path = posix.join(directory, entry.text);
      const before = { objects, isComplete };
      const layer = REMOTE.test(entry.text) ? remote(entry) : await loadDirectory(path, trail, before);
      if (layer === undefined) refuse(entry, 'is not a directory with a kustomization.');
      if (layer === undefined || layer === NOTHING) isComplete = false;
      else ({ objects, isComplete } = { objects: [...layer.objects], isComplete: layer.isComplete });
    }
    const holders = [root, ...((await readPlugins(root, 'transformers', directory)) ?? [])];
    for (const holder of holders) {
      for (const patch of await readPatches(holder, directory)) objects = applyPatch(objects, patch);
    }
    objects = objects.map((object) => withNames(object, root));
    const entries = holders.flatMap((holder) => readEntries(holder));
    const fields = (await readAll(root, 'configurations', directory)).flatMap((file) => itemsAt(file, 'images'));
    const changes = { entries, fields, matched: new Set<(typeof entries)[number]>(), budget: matching };
    objects = objects.map((object) => withImages(object, changes));
    const { matched } = changes;
    for (const replacement of await readReplacements(holders, directory)) {
      objects = withReplacement(objects, replacement, matching);
    }
    const isKnown = isComplete && objects.length + unparsed > 0;
    for (const entry of entries) if (!isKnown && !matched.has(entry)) found.push(entryImage(entry));
    for (const chart of itemsAt(root, 'helmCharts')) await readChart(chart, directory);
    for (const entry of otherFiles(root).slice(0, MAX_PATCHES)) {
      if ((await readFile(posix.join(directory, entry.text))) === undefined) missing(entry, directory);
    }
    return { objects, isComplete };
  }

  /** The documents of the files in a list, or written there. */
  async function readAll(root: YamlNode, key: string, directory: string): Promise<(YamlNode | undefined)[]> {
    const read: (YamlNode | undefined)[] = [];
    for (const item of itemsAt(root, key).slice(0, MAX_PATCHES)) {
      if (item.kind !== 'scalar') continue;
      const isInline = item.text.includes('\n');
      read.push(...(isInline ? inline(item) : ((await openEntry(item, directory)) ?? [undefined])));
    }
    return read;
  }

  /** Undefined: not all of them are known. */
  async function readPlugins(root: YamlNode, key: string, directory: string): Promise<YamlNode[] | undefined> {
    const fields = (await readAll(root, key, directory)).map((plugin) => plugin && pluginFields(plugin));
    const known = fields.filter((each) => each !== undefined);
    const [first] = itemsAt(root, key);
    if (known.length === fields.length || first === undefined) return known;
    const message = 'Its plugins are not run; check the output of kubectl kustomize instead.';
    found.push(skipped(key, first, `Kustomization/${key}`, message));
    return key === 'generators' ? undefined : known;
  }

  async function readReplacements(holders: readonly YamlNode[], directory: string): Promise<YamlNode[]> {
    const replacements: YamlNode[] = [];
    for (const item of holders.flatMap((holder) => itemsAt(holder, 'replacements')).slice(0, MAX_PATCHES)) {
      const path = scalarAt(item, 'path');
      if (path === undefined) replacements.push(item);
      else for (const file of (await openEntry(path, directory)) ?? []) replacements.push(...itemsOf(file));
    }
    return replacements;
  }

  /** A patch without a target here is kept as an object: its images are pulled where the target is. */
  function applyPatch(objects: readonly YamlNode[], patch: Patch): YamlNode[] {
    let isApplied = false;
    const changed = objects.flatMap((object) => {
      if (!isTarget(patch, object, matching) || !patched.spend(1)) return [object];
      isApplied = true;
      return withPatch(object, patch) ?? [];
    });
    return isApplied ? changed : [...changed, ...patchAlone(patch)];
  }

  async function readPatches(root: YamlNode, directory: string): Promise<Patch[]> {
    const patches: Patch[] = [];
    const add = (contents: readonly YamlNode[] | undefined, target?: YamlNode): void => {
      for (const content of contents ?? []) if (content.kind !== 'scalar') patches.push({ content, target });
    };
    const own = ['patches', 'patchesJson6902'].flatMap((key) => itemsAt(root, key)).slice(0, MAX_PATCHES);
    for (const item of itemsAt(root, 'patchesStrategicMerge').slice(0, MAX_PATCHES)) {
      if (item.kind !== 'scalar') continue;
      add(item.text.includes('\n') ? inline(item) : await openEntry(item, directory));
    }
    for (const item of own) {
      const text = scalarAt(item, 'patch');
      const contents = text === undefined ? await openEntry(scalarAt(item, 'path'), directory) : inline(text);
      add(contents, nodeAt(item, 'target'));
    }
    return patches;
  }

  function inline({ text: content, line, textLine, source: file }: YamlScalar): YamlNode[] {
    const lineOf = (inner: number) => (textLine === undefined ? line : textLine + inner - 1);
    const roots = parse(content, { lineOf });
    return file === undefined ? roots : roots.map((root) => withPlace(root, { source: file }));
  }

  async function readChart(chart: YamlNode, directory: string): Promise<void> {
    const name = textAt(chart, 'name') || 'chart';
    const owner = `HelmChart/${name}`;
    const message = 'The chart is not rendered; check the output of kubectl kustomize --enable-helm instead.';
    found.push(skipped(name, scalarAt(chart, 'name') ?? chart, owner, message));
    const values = [nodeAt(chart, 'valuesInline')].filter((node) => node !== undefined);
    for (const entry of valuesFiles(chart)) {
      const roots = await open(posix.join(directory, entry.text));
      if (roots === undefined) missing(entry, directory);
      else values.push(...roots);
    }
    for (const node of values) found.push(...fieldImages(node, { owner, likelihood: 'certain' }));
  }

  const [root] = parse(text, {});
  if (root === undefined) return { found, problems };
  const { objects } = await render(root, '.', [absolutePath(sourceOf(source, '.'))]);
  for (const object of objects) {
    for (const image of imagesOf(object)) {
      if ('text' in image) found.push(image);
      else problems.push(image);
    }
  }
  if (matching.isExceeded) problems.push({ message: 'Too many patterns and replacements; not all are applied.' });
  problems.push(...unreadable.values());
  if (files > MAX_FILES) problems.push({ message: `Refers to more than ${MAX_FILES} files.` });
  if (collected.isExceeded) problems.push({ message: `Refers to more than ${MAX_OBJECTS} objects.` });
  if (patched.isExceeded) problems.push({ message: `Patches change more than ${MAX_PATCHED} objects.` });
  return { found, problems, covers: [...covers] };
}
