// Targets, each image once: finding an image again only adds its location, and finding it again in one place adds nothing.

import { normalize } from 'node:path';
import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import type { FoundAt, Target } from '../core/target.ts';

/** Of one image; a stream may repeat an image endlessly. */
const MAX_LOCATIONS = 1000;
/** Of one location: files that refer to the file. */
const MAX_READERS = 100;

export interface TargetSet {
  /** The target if it is new; undefined if its locations were added to a known one. `reader`: the file that was read. */
  readonly add: (target: Target, reader?: string) => Target | undefined;
  /** Removes the locations that only such readers found; the targets that have others, in order. */
  readonly without: (targets: readonly Target[], isCovered: (reader: string) => boolean) => Target[];
}

/** The readers of each location, by line for those of other readers, and by line and path for those of one. */
type Readers = Map<string, string[]>;

interface Known {
  readonly locations: FoundAt[];
  /** Of its only location, that of nearly every image of a long list: its reader. */
  readers: Readers | string;
}

const unknown = (): Known => ({ locations: [], readers: new Map() });

function readersOf(known: Known): Readers {
  if (typeof known.readers !== 'string') return known.readers;
  const own = [known.readers];
  known.readers = new Map(
    known.locations.flatMap((location) => placesOf(location).map((place) => [place, own] as const)),
  );
  return known.readers;
}

/** The same image with another platform or skip reason is another target. */
export function createTargetSet(): TargetSet {
  const known = new Map<string, Known>();
  return {
    add(target, reader = '') {
      const key = keyOf(target);
      const before = known.get(key);
      const [only, ...others] = target.foundAt;
      if (before === undefined && only !== undefined && others.length === 0) {
        const first: Known = { locations: [only], readers: reader };
        known.set(key, first);
        return { ...target, foundAt: first.locations };
      }
      const found = before ?? unknown();
      const { locations } = found;
      const readers = readersOf(found);
      for (const location of target.foundAt) {
        if (locations.length === MAX_LOCATIONS) break;
        const [line, place] = placesOf(location);
        const others: string[] | undefined = readers.get(line);
        const isOther: boolean = others !== undefined && others[0] !== reader;
        const same: string[] | undefined = isOther ? others : readers.get(place);
        if (same !== undefined) {
          if (same.length < MAX_READERS && !same.includes(reader)) same.push(reader);
        } else {
          locations.push(location);
          const own = others ?? [reader];
          readers.set(line, own).set(place, own);
        }
      }
      if (before !== undefined) return undefined;
      known.set(key, found);
      return { ...target, foundAt: locations };
    },
    without: (targets, isCovered) =>
      targets.filter((target) => {
        const found = known.get(keyOf(target)) ?? unknown();
        const { locations } = found;
        const readers = readersOf(found);
        // Further locations were not kept, and one of them may be another.
        if (locations.length === 0 || locations.length === MAX_LOCATIONS) return true;
        const kept = locations.filter((location) => {
          const own = readers.get(placesOf(location)[1]) ?? [];
          return own.length === MAX_READERS || !own.every(isCovered);
        });
        locations.splice(0, locations.length, ...kept);
        return kept.length > 0;
      }),
  };
}

/** By line, and by line and path. */
function placesOf(location: FoundAt): readonly [line: string, place: string] {
  const place = placeOf(location, location.path);
  return [location.line === undefined ? place : placeOf(location), place];
}

const placeOf = ({ source, line }: FoundAt, path?: string): string => JSON.stringify([normalize(source), line, path]);

function keyOf({ text, platform, skip }: Target): string {
  const reference = parseReference(text);
  const image = reference.ok ? formatReference(reference.value) : text;
  if (skip !== undefined) return JSON.stringify([image, skip.reason, skip.message]);
  if (platform === undefined) return image;
  const parsed = parsePlatform(platform);
  return JSON.stringify([image, parsed.ok ? formatPlatform(parsed.value) : platform]);
}
