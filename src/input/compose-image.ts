// The images that a Compose project pulls, as docker/compose's pkg/compose/pull.go decides.
//
// An image that a service builds is not required from a registry: if its pull fails, it is built.

import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { readBuild } from './compose-build.ts';
import {
  type ComposeMap,
  type ComposeScalar,
  entryOf,
  isGiven,
  itemsAt,
  type ReportProblem,
  type Services,
  scalarOf,
} from './compose-node.ts';
import { createExpansionBudget } from './dockerfile-argument.ts';
import type { BuildArguments, Found } from './extractor.ts';
import { describeMissing, type Lookup, UNKNOWN } from './resolved-text.ts';

/** With the file that its text is in. */
export type ComposeImage = Found & { readonly source: string };

export interface PullOptions {
  readonly lookup: Lookup;
  readonly buildArgs: BuildArguments;
  readonly report: ReportProblem;
}

type Skip = Found['skip'];

/** Services that extend a service with many images multiply them. */
const MAX_IMAGES = 100_000;
/** Characters of inline Dockerfiles, which extending multiplies as well. */
const MAX_INLINE = 1_000_000;
/** Arguments and contexts of builds, volumes and hooks. */
const MAX_ENTRIES = 500_000;

export function findPulls(services: Services, { lookup, buildArgs, report }: PullOptions): ComposeImage[] {
  let inlined = 0;
  let entries = 0;
  const expansions = createExpansionBudget();
  const skipOf = memoizedSkip();
  /** Image -> the service that builds it. */
  const builders = new Map<unknown, string>();
  for (const [name, service] of services) {
    const image = scalarOf(service, 'image');
    if (image !== undefined && isBuilt(service)) builders.set(textOf(image), name);
  }

  function imageAt(image: ComposeScalar | undefined, path: string, platform?: string, skip?: Skip): ComposeImage[] {
    // An undefined value is invalid, which was reported.
    if (image === undefined || image.value === undefined || !isGiven(image)) return [];
    const { source, line, written } = image;
    const text = textOf(image);
    if (typeof text !== 'string') {
      report(image, `${path} is ${written}, which is not a string in YAML; quote it.`);
      return [];
    }
    const builder = builders.get(text);
    const skipped = builder === undefined ? (skipOf(image) ?? skip) : builtBy(builder);
    return [
      { text, line, path, ...(skipped && { skip: skipped }), ...(platform !== undefined && { platform }), source },
    ];
  }

  function imagesOfBuild(build: ComposeMap, path: string, platform: string | undefined): ComposeImage[] {
    inlined += String(scalarOf(build, 'dockerfile_inline')?.value ?? '').length;
    entries += sizeAt(build, 'args') + sizeAt(build, 'additional_contexts');
    if (inlined > MAX_INLINE || entries > MAX_ENTRIES) return [];
    const { contexts, inline } = readBuild(build, { buildArgs, lookup, platform, budget: expansions });
    const found = contexts.flatMap(({ name, image }) =>
      imageAt(image, `${path}.additional_contexts.${name}`, platform),
    );
    if (inline === undefined) return found;
    const { source, line, textLine } = inline.text;
    const inFile = (inner: number | undefined) => (textLine === undefined ? line : textLine + (inner ?? 1) - 1);
    for (const problem of expansions.isExceeded ? [] : inline.extraction.problems) {
      report({ source, line: inFile(problem.line) }, `${path}.dockerfile_inline: ${problem.message}`);
    }
    const inner = inline.extraction.found.map((image) => ({
      ...image,
      text: image.text.replaceAll(UNKNOWN, '…'),
      line: inFile(image.line),
      path: `${path}.dockerfile_inline`,
      source,
    }));
    return [...found, ...inner];
  }

  function imagesOf(name: string, service: ComposeMap): ComposeImage[] {
    if (entryOf(service, 'provider') !== undefined) return [];
    const path = `services.${name}`;
    const platform = readPlatform(scalarOf(service, 'platform'), `${path}.platform`, report);
    const policy = policySkip(scalarOf(service, 'pull_policy')?.value);
    const image = entryOf(service, 'image');
    const build = entryOf(service, 'build');
    if (image !== undefined && image.kind !== 'scalar') report(image, `${path}.image is not a string.`);
    const own = image?.kind === 'scalar' ? imageAt(image, `${path}.image`, platform, policy) : [];
    entries += sizeAt(service, 'volumes') + sizeAt(service, 'pre_start');
    const others = (entries > MAX_ENTRIES ? [] : imagesInLists(service)).flatMap(({ at, image }) =>
      imageAt(image, `${path}.${at}`, undefined, at.startsWith('pre_start') ? policy : undefined),
    );
    if (build?.kind !== 'map') return [...own, ...others];
    const { source, line } = build;
    const unnamed = { text: name, line, path: `${path}.build`, skip: builtBy(name), source };
    return [...(image === undefined ? [unnamed] : own), ...imagesOfBuild(build, `${path}.build`, platform), ...others];
  }

  function excessOf(images: number): string | undefined {
    if (inlined > MAX_INLINE) return 'inline Dockerfiles';
    if (entries > MAX_ENTRIES) return 'build arguments, contexts, volumes or hooks';
    if (expansions.isExceeded) return 'variables in inline Dockerfiles';
    return images > MAX_IMAGES ? 'images' : undefined;
  }

  const found: ComposeImage[] = [];
  for (const [name, service] of services) {
    for (const image of imagesOf(name, service)) found.push(image);
    const excess = excessOf(found.length);
    if (excess === undefined) continue;
    report(service, `Too many ${excess}: services.${name} and those after it are skipped.`);
    break;
  }
  return found;
}

const isBuilt = (service: ComposeMap): boolean => entryOf(service, 'build')?.kind === 'map';

/** As written if a variable is missing. */
const textOf = ({ value, written, missing }: ComposeScalar): unknown => (missing.length > 0 ? written : value);

const builtBy = (name: string): NonNullable<Skip> => ({
  reason: 'local-build',
  message: `Built by services.${name}.`,
});

function sizeAt(map: ComposeMap, key: string): number {
  const entry = entryOf(map, key);
  return entry?.kind === 'map' ? entry.entries.size : entry?.kind === 'list' ? entry.items.length : 0;
}

/** Services that extend one share its images, and what is said of them. */
function memoizedSkip(): (image: ComposeScalar) => Skip {
  const known = new Map<ComposeScalar, Skip>();
  return (image) => {
    const skip = known.get(image) ?? unresolvedSkip(image);
    known.set(image, skip);
    return skip;
  };
}

const unresolvedSkip = ({ missing }: ComposeScalar): Skip =>
  missing.length === 0
    ? undefined
    : { reason: 'unresolved-variable', message: describeMissing(missing, 'no value in the environment or in .env') };

function policySkip(policy: unknown): Skip {
  if (policy === 'never') return { reason: 'ignored', message: 'pull_policy is never.' };
  if (policy === 'build') return { reason: 'local-build', message: 'pull_policy is build.' };
  return undefined;
}

function readPlatform(platform: ComposeScalar | undefined, path: string, report: ReportProblem): string | undefined {
  if (typeof platform?.value !== 'string' || platform.missing.length > 0) return undefined;
  const parsed = parsePlatform(platform.value);
  if (parsed.ok) return formatPlatform(parsed.value);
  report(platform, `${path}: ${parsed.error.message}`);
  return undefined;
}

/** Volumes and pre-start hooks; a later volume with the same target replaces an earlier one. */
function imagesInLists(service: ComposeMap): { at: string; image: ComposeScalar | undefined }[] {
  const volumes = new Map<unknown, { at: string; image: ComposeScalar | undefined }>();
  for (const [index, volume] of itemsAt(service, 'volumes').entries()) {
    if (volume.kind !== 'map') continue;
    const at = `volumes[${index}].source`;
    volumes.set(scalarOf(volume, 'target')?.value ?? at, { at, image: scalarOf(volume, 'source') });
  }
  const hooks = itemsAt(service, 'pre_start').flatMap((hook, index) =>
    hook.kind === 'map' ? [{ at: `pre_start[${index}].image`, image: scalarOf(hook, 'image') }] : [],
  );
  return [...volumes.values(), ...hooks];
}
