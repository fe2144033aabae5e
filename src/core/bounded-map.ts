// Bounds what a run remembers: memory must not grow with the number of repositories.

/** The function, with its latest results kept. They are shared: `create` makes values that nothing changes. */
export function remembered<V extends NonNullable<unknown>>(
  create: (key: string) => V,
  maxEntries = 1_000,
): (key: string) => V {
  const values = new Map<string, V>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = create(key);
    setBounded(values, key, value, maxEntries);
    return value;
  };
}

/** Sets the entry as the newest, and removes the oldest ones beyond the limit. */
export function setBounded<V>(map: Map<string, V>, key: string, value: V, maxEntries = 1_000): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= maxEntries) return;
    map.delete(oldest);
  }
}
