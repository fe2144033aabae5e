// Targets, each image once: finding an image again only adds its location.

import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { FoundAt, Target } from '../core/target.ts';

/** Of one image; a stream may repeat an image endlessly. */
const MAX_LOCATIONS = 1000;

export interface TargetSet {
  /** The target if it is new; undefined if its locations were added to a known one. */
  readonly add: (target: Target) => Target | undefined;
}

/** The same image with another platform or skip reason is another target. */
export function createTargetSet(): TargetSet {
  const locations = new Map<string, FoundAt[]>();
  return {
    add(target) {
      const key = keyOf(target);
      const known = locations.get(key);
      if (known !== undefined) {
        for (const location of target.foundAt) if (known.length < MAX_LOCATIONS) known.push(location);
        return undefined;
      }
      const all = [...target.foundAt];
      locations.set(key, all);
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
