// Expands the entries under `resources` to resources with ids: images of files once, at all of their places.

import type { CheckerSettings } from '../check/checker-settings.ts';
import type { Env } from '../core/env.ts';
import type { FoundAt, Target } from '../core/target.ts';
import { isUsageError, UsageError } from '../core/usage-error.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { createIgnore } from '../input/ignore.ts';
import type { MonitorResource, SkippedImage } from '../monitor/resource/monitor-resource.ts';
import { assignIds } from '../monitor/resource/resource-id.ts';
import { clusterDraft } from './cluster-draft.ts';
import { ignoreRules, inputOptions } from './input-options.ts';
import { readKairosExport } from './kairos-export.ts';
import { clusterProblems, createKnownClusters, type KnownClusters, watchedClusters } from './known-clusters.ts';
import { type KnownImages, readImages } from './known-images.ts';
import type { MonitorConfig } from './monitor-config.ts';
import type { Resolved } from './resolve.ts';
import {
  canonicalOf,
  type Defaults,
  draftOf,
  type FilesEntry,
  type ImageDraft,
  imageDraft,
  intervalOf,
  type KairosEntry,
  type KubernetesEntry,
  type ResourceDraft,
} from './resource-draft.ts';
import type { Settings } from './setting-parsers.ts';

/** What was read last from each source. It outlives reloads. */
export interface KnownSources {
  readonly images: KnownImages;
  /** By path: the text of an export. */
  readonly exports: Map<string, string>;
  readonly clusters: KnownClusters;
}

export const createKnownSources = (): KnownSources => ({
  images: new Map(),
  exports: new Map(),
  clusters: createKnownClusters(),
});

export interface PlanInputs {
  readonly config: MonitorConfig;
  /** With conflicts resolved. */
  readonly settings: Settings;
  readonly resolved: Resolved;
  readonly checker: CheckerSettings;
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** It is updated. */
  readonly known: KnownSources;
}

export interface Expansion {
  readonly resources: readonly MonitorResource[];
  readonly skipped: readonly SkippedImage[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const MAX_KAIROS_BYTES = 16 * 1024 * 1024;

/** Throws a UsageError for a source that cannot be read and is not known, or the signal's reason. */
export async function expandResources(inputs: PlanInputs): Promise<Expansion> {
  const { config, settings, nowMs } = inputs;
  const { values, lineOf } = config.section;
  const defaults: Defaults = { intervalMs: intervalOf(values), settings, locate: config.locate };
  const ignored = createIgnore(ignoreRules(inputs.resolved, config.ignore), nowMs);
  const set = createDraftSet();
  const problems: string[] = [];
  const warnings: string[] = [];
  const skipped: Target[] = [];
  const entries = values.resources ?? [];
  const foundAtOf = (index: number): FoundAt => ({
    ...{ source: config.name, line: lineOf(['resources', index]), path: `monitor.resources[${index}]` },
  });
  // Those of the configuration itself come first: an image of a file then only adds its places.
  for (const [index, entry] of entries.entries()) {
    if (!('image' in entry)) continue;
    const target = ignored({ text: entry.image, foundAt: [foundAtOf(index)] });
    if (target.skip === undefined) set.addOwn(draftOf(entry, foundAtOf(index), defaults), index);
    else skipped.push(target);
  }
  for (const [index, entry] of entries.entries()) {
    if ('http' in entry || 'tcp' in entry) set.addOwn(draftOf(entry, foundAtOf(index), defaults), index);
    if ('kairos' in entry) {
      const read = await readKairos(entry, index, inputs, defaults);
      for (const draft of read.drafts) set.addOwn(draft, index);
      problems.push(...read.problems);
      warnings.push(...read.notes);
    }
    if ('files' in entry) {
      const read = await readFiles(entry, index, inputs);
      for (const target of read.targets) {
        if (target.skip === undefined) set.addFound(imageDraft(entry, target, defaults), index);
        else skipped.push(target);
      }
      problems.push(...read.problems);
      if (read.targets.length === 0) {
        warnings.push(`${config.section.labelOf(['resources', index, 'files'])}: no images found.`);
      }
    }
  }
  // Last, so that an image of the configuration, wherever it is, takes the places of the cluster.
  for (const [index, entry] of entries.entries()) {
    if (!('kubernetes' in entry)) continue;
    const read = clusterImagesOf(entry, inputs);
    for (const image of read.images) {
      const target = ignored(image.target);
      if (target.skip === undefined) set.addOfCluster(clusterDraft(entry, { ...image, target }, defaults), index);
      else skipped.push(target);
    }
    problems.push(...read.problems);
  }
  const drafts = set.inOrder();
  const ids = assignIds(drafts.map(({ identity, ...draft }) => ({ ...draft, target: identity ?? draft.target })));
  const resources = drafts.map(({ identity: _, ...draft }, at) => ({ ...draft, id: ids[at] }) as MonitorResource);
  return {
    resources: [...new Map(resources.map((one) => [one.id, one])).values()],
    skipped: skipped.flatMap(toSkipped),
    problems,
    warnings,
  };
}

const toSkipped = ({ text, foundAt, skip }: Target): readonly SkippedImage[] =>
  skip === undefined ? [] : [{ text, foundAt, reason: skip.reason, message: skip.message }];

/** In the order of the entries. */
function createDraftSet() {
  const drafts: { draft: ResourceDraft; readonly index: number }[] = [];
  const images = new Map<string, (typeof drafts)[number]>();
  const own = new Map<string, (typeof drafts)[number]>();
  const ofClusters = new Map<string, (typeof drafts)[number]>();
  const add = (draft: ResourceDraft, index: number): (typeof drafts)[number] => {
    const added = { draft, index };
    drafts.push(added);
    const key = canonicalOf(draft.target);
    if (draft.kind === 'image' && !images.has(key)) images.set(key, added);
    return added;
  };
  return {
    addOwn(draft: ResourceDraft, index: number): void {
      const added = add(draft, index);
      const key = canonicalOf(draft.target);
      if (draft.kind === 'image' && !own.has(key)) own.set(key, added);
    },
    addOfCluster(draft: ImageDraft, index: number): void {
      const key = draft.identity ?? draft.target;
      const known = own.get(canonicalOf(draft.target)) ?? ofClusters.get(key);
      if (known?.draft.kind !== 'image') {
        const added = { draft, index };
        drafts.push(added);
        ofClusters.set(key, added);
        return;
      }
      const { platforms, foundAt, running = [] } = known.draft;
      known.draft = {
        ...known.draft,
        ...(known.index === index && { platforms: [...new Set([...platforms, ...draft.platforms])] }),
        foundAt: [...foundAt, ...draft.foundAt],
        running: [...new Set([...running, ...(draft.running ?? [])])].sort(),
      };
    },
    addFound(draft: ResourceDraft, index: number): void {
      const known = images.get(canonicalOf(draft.target));
      if (known === undefined) return void add(draft, index);
      const platforms =
        known.draft.kind === 'image' && draft.kind === 'image' && known.index === index
          ? { platforms: [...new Set([...known.draft.platforms, ...draft.platforms])] }
          : {};
      known.draft = { ...known.draft, ...platforms, foundAt: [...known.draft.foundAt, ...draft.foundAt] };
    },
    inOrder: (): readonly ResourceDraft[] => [...drafts].sort((a, b) => a.index - b.index).map(({ draft }) => draft),
  };
}

async function readFiles(entry: FilesEntry, index: number, inputs: PlanInputs) {
  const { config, resolved, env, nowMs, signal, known } = inputs;
  const options = {
    ...inputOptions(resolved, env),
    ...{ ignore: ignoreRules(resolved, config.ignore), search: config.search, nowMs, signal },
  };
  const targets: Target[] = [];
  const problems: string[] = [];
  for (const path of entry.files) {
    try {
      const read = await readImages(config.locate(path), options, known.images);
      targets.push(...read.targets);
      problems.push(...read.problems);
    } catch (error) {
      if (!isUsageError(error)) throw error;
      throw new UsageError(`${config.section.labelOf(['resources', index, 'files'])}: ${error.message}`);
    }
  }
  return { targets, problems };
}

/** As listed last: nothing is requested here. */
function clusterImagesOf({ kubernetes }: KubernetesEntry, { known: { clusters } }: PlanInputs) {
  const [watched] = watchedClusters({ resources: [{ kubernetes }] });
  const known = clusters.clusters.get(watched?.key ?? '');
  return known === undefined
    ? { images: [], problems: [] }
    : { images: known.images, problems: clusterProblems(known) };
}

async function readKairos(
  entry: KairosEntry,
  index: number,
  { config, signal, known }: PlanInputs,
  defaults: Defaults,
) {
  const path = config.locate(entry.kairos);
  const label = (): string => config.section.labelOf(['resources', index, 'kairos']);
  const text = await readFileText(path, { maxBytes: MAX_KAIROS_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  const read = text.ok
    ? readKairosExport(text.value, path, entry, defaults)
    : { drafts: [], notes: [], problem: `cannot read ${path}: ${text.error.problem}.` };
  if (read.problem === undefined) {
    if (text.ok) known.exports.set(path, text.value);
    return { drafts: read.drafts, notes: read.notes, problems: [] };
  }
  const before = known.exports.get(path);
  if (before === undefined) throw new UsageError(`${label()}: ${read.problem}`);
  const { drafts } = readKairosExport(before, path, entry, defaults);
  return {
    drafts,
    notes: [],
    problems: [`${read.problem.replace(/\.$/, '')}; its last known resources are still checked.`],
  };
}
