// Bounds what a run remembers: memory must not grow with the number of repositories.

/** Sets the entry as the newest, and removes the oldest ones beyond the limit. */
export function setBounded<V>(map: Map<string, V>, key: string, value: V, maxEntries = 1_000): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxEntries) return;
    map.delete(oldest);
  }
}
