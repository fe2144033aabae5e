// What a check would cost: requests, and pulls where a registry counts them. An estimate without asking anybody.

import { parseReference } from '../core/reference.ts';
import type { Proof } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { knownRegistry } from '../registry/well-known.ts';

/** Inclusive; `most` is null where only the image itself tells: its platforms, its layers. */
export interface Range {
  readonly least: number;
  readonly most: number | null;
}

export interface RegistryCost {
  readonly registry: string;
  readonly images: number;
  readonly requests: Range;
  /** Against a quota of the registry; zero where none is known. */
  readonly pulls: Range;
}

export interface Depth {
  /** Unset: as deep as costs no pull. */
  readonly proof?: Proof | undefined;
  /** As asked for every image. */
  readonly platforms: readonly string[];
}

/** Challenge, token, and the request again. */
const REQUESTS_WITH_TOKEN = 3;

/** In order of first appearance; what is skipped or no reference costs nothing. */
export function estimateCosts(targets: Iterable<Target>, depth: Depth): RegistryCost[] {
  const costs = new Map<string, RegistryCost>();
  for (const target of targets) {
    const reference = parseReference(target.text);
    if (!reference.ok || target.skip !== undefined) continue;
    const { registry } = reference.value;
    const before = costs.get(registry) ?? { registry, images: 0, requests: NONE, pulls: NONE };
    const { requests, pulls } = costOf(registry, target, depth);
    costs.set(registry, {
      registry,
      images: before.images + 1,
      requests: plus(before.requests, requests),
      pulls: plus(before.pulls, pulls),
    });
  }
  return [...costs.values()];
}

const NONE: Range = { least: 0, most: 0 };
const ONE: Range = { least: 1, most: 1 };

function costOf(
  registry: string,
  target: Target,
  { proof, platforms }: Depth,
): Pick<RegistryCost, 'requests' | 'pulls'> {
  const { hasNoAccounts, countsManifestGets } = knownRegistry(registry);
  const first: Range = { least: 1, most: hasNoAccounts ? 1 : REQUESTS_WITH_TOKEN };
  const children = childManifests(target, { proof, platforms });
  const readsManifest = proof === 'manifest' || proof === 'layers' || children.most !== 0;
  const blobs: Range = proof === 'layers' ? { least: 1, most: null } : NONE;
  return {
    requests: plus(first, plus(children, blobs)),
    pulls: countsManifestGets && readsManifest ? plus(ONE, children) : NONE,
  };
}

/** A single image has none; of an index there is one for each platform asked for. */
function childManifests(target: Target, { proof, platforms }: Depth): Range {
  if (platforms.includes('all') || (proof === 'layers' && platforms.length === 0)) return { least: 0, most: null };
  const own = target.platform === undefined || proof === 'head' ? [] : [target.platform];
  return { least: 0, most: new Set([...platforms, ...own]).size };
}

const plus = (a: Range, b: Range): Range => ({
  least: a.least + b.least,
  most: a.most === null || b.most === null ? null : a.most + b.most,
});
