// Targets, each image once: an image found again only adds a place.

import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { FoundAt, Target } from '../core/target.ts';

/** Nobody reads more; a stream may name an image for ever. */
const MAX_PLACES = 1000;

export interface TargetSet {
  /** The one that is new, else undefined: then its places went to the one already there. */
  readonly add: (target: Target) => Target | undefined;
}

/** What is asked of an image is part of it: another platform, or to leave it out. */
export function createTargetSet(): TargetSet {
  const places = new Map<string, FoundAt[]>();
  return {
    add(target) {
      const key = keyOf(target);
      const known = places.get(key);
      if (known !== undefined) {
        for (const place of target.foundAt) if (known.length < MAX_PLACES) known.push(place);
        return undefined;
      }
      const all = [...target.foundAt];
      places.set(key, all);
      return { ...target, foundAt: all };
    },
  };
}

function keyOf({ text, platform, skip }: Target): string {
  const reference = parseReference(text);
  const image = reference.ok ? formatReference(reference.value) : text;
  if (skip !== undefined) return JSON.stringify([image, skip.reason, skip.message]);
  if (platform === undefined) return image;
  const parsed = parsePlatform(platform);
  return JSON.stringify([image, parsed.ok ? formatPlatform(parsed.value) : platform]);
}
