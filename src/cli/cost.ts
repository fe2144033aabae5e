// What a check costs, estimated without any request: requests, and pulls where a registry counts them.

import type { RateLimitReading } from '../check/observe-responses.ts';
import { parseReference } from '../core/reference.ts';
import type { Proof } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { knownRegistry } from '../registry/well-known.ts';

/** Inclusive; `most` is null if it depends on the image: its platforms, its layers. */
export interface Range {
  readonly least: number;
  readonly most: number | null;
}

export interface RegistryCost {
  readonly registry: string;
  readonly images: number;
  readonly requests: Range;
  /** Against a quota of the registry; zero if it has none. */
  readonly pulls: Range;
}

export interface CheckDepth {
  /** Unset: the strongest that costs no pull. */
  readonly proof?: Proof | undefined;
  /** Required of every image. */
  readonly platforms: readonly string[];
}

/** Challenge, token, and the request again. */
const REQUESTS_WITH_TOKEN = 3;

/** In order of first appearance; skipped images and invalid references cost nothing. */
export function estimateCosts(targets: Iterable<Target>, depth: CheckDepth): RegistryCost[] {
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
  { proof, platforms }: CheckDepth,
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

/** A single image has none; an index has one for each required platform. */
function childManifests(target: Target, { proof, platforms }: CheckDepth): Range {
  if (platforms.includes('all') || (proof === 'layers' && platforms.length === 0)) return { least: 0, most: null };
  const own = target.platform === undefined || proof === 'head' ? [] : [target.platform];
  return { least: 0, most: new Set([...platforms, ...own]).size };
}

const plus = (a: Range, b: Range): Range => ({
  least: a.least + b.least,
  most: a.most === null || b.most === null ? null : a.most + b.most,
});

export interface QuotaShortage {
  /** `Docker Hub` */
  readonly registryName: string;
  readonly remaining: number;
  /** Pulls that this run may still need. */
  readonly required: number;
  readonly hasPlatforms: boolean;
}

export interface QuotaWatch {
  /** Counts an image that will be checked. */
  readonly expect: (target: Target) => void;
  /** Returns the first shortage: fewer pulls are left than the run may need. */
  readonly onRateLimit: (reading: RateLimitReading) => QuotaShortage | undefined;
}

/**
 * The remaining pulls are known only from a response, so the first pulls are already spent when a shortage is found.
 * There is none for a proof that costs no pulls.
 */
export function createQuotaWatch(depth: CheckDepth): QuotaWatch {
  const expected = new Map<string, number>();
  const made = new Map<string, number>();
  let isFound = false;
  return {
    expect(target) {
      for (const { registry, pulls } of estimateCosts([target], depth)) {
        // The minimum, if the number depends on the image.
        expected.set(registry, (expected.get(registry) ?? 0) + (pulls.most ?? pulls.least));
      }
    },
    onRateLimit({ registry, rateLimit: { remaining }, isPull }) {
      if (isPull) made.set(registry, (made.get(registry) ?? 0) + 1);
      const required = (expected.get(registry) ?? 0) - (made.get(registry) ?? 0);
      if (isFound || remaining === null || required <= remaining) return undefined;
      isFound = true;
      const { name: registryName } = knownRegistry(registry);
      return { registryName, remaining, required, hasPlatforms: depth.platforms.length > 0 };
    },
  };
}
