// Which files are read only as parts of others: a base of an overlay, an included pipeline, an override.

import { absolutePath } from '../file/directories.ts';

export interface Coverage {
  /** `reader` contains the file as a whole. */
  readonly add: (reader: string, file: string) => void;
  /** Whether a file is part of another one that counts; files that are parts of each other do not all vanish. */
  readonly covered: (readers: readonly string[]) => ReadonlySet<string>;
}

export function createCoverage(): Coverage {
  const parts = new Map<string, Set<string>>();
  return {
    add(reader, file) {
      const key = absolutePath(reader);
      const known = parts.get(key) ?? new Set();
      known.add(absolutePath(file));
      parts.set(key, known);
    },
    covered(readers) {
      const covered = new Set<string>();
      if (parts.size === 0) return covered;
      const kept = new Set<string>();
      const keep = (file: string): void => {
        if (covered.has(file) || kept.has(file)) return;
        kept.add(file);
        const reached = new Set(parts.get(file));
        // Iterating a set includes what is added meanwhile.
        for (const part of reached) for (const inner of parts.get(part) ?? []) reached.add(inner);
        for (const part of reached) if (!kept.has(part)) covered.add(part);
      };
      const all = readers.map((reader) => absolutePath(reader));
      const isPart = new Set([...parts].flatMap(([reader, files]) => [...files].filter((file) => file !== reader)));
      for (const file of all) if (!isPart.has(file)) keep(file);
      for (const file of all) keep(file);
      return covered;
    },
  };
}
