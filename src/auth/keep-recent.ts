// A bound for what a run remembers: memory must not grow with the number of repositories.

/** Puts the entry last and lets the oldest ones go. */
export function keepRecent<V>(map: Map<string, V>, key: string, value: V, maxEntries = 1_000): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxEntries) return;
    map.delete(oldest);
  }
}
