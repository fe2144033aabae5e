// Values in the order of a number each has, kept sorted: most arrive in order.

export interface Series<T> {
  readonly length: number;
  /** Replaces the value of the same number. */
  set(value: T): void;
  get(number: number): T | undefined;
  /** The index of the first value of that number or a greater one. */
  indexFrom(number: number): number;
  /** From one index to before another. */
  slice(from?: number, to?: number): T[];
  /** Removes the first so many values. */
  removeFirst(count: number): void;
  /** Removes so many of those at most, the first ones; returns how many. */
  removeWhere(isUnwanted: (value: T) => boolean, limit: number): number;
}

export function createSeries<T>(numberOf: (value: T) => number): Series<T> {
  const values: T[] = [];
  const indexFrom = (number: number): number => {
    let [low, high] = [0, values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = values[middle];
      if (value !== undefined && numberOf(value) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const get = (number: number): T | undefined => {
    const value = values[indexFrom(number)];
    return value !== undefined && numberOf(value) === number ? value : undefined;
  };
  return {
    get length() {
      return values.length;
    },
    set(value) {
      const index = indexFrom(numberOf(value));
      values.splice(index, get(numberOf(value)) === undefined ? 0 : 1, value);
    },
    get,
    indexFrom,
    slice: (from, to) => values.slice(from, to),
    removeFirst: (count) => void values.splice(0, count),
    removeWhere(isUnwanted, limit) {
      const kept: T[] = [];
      let left = limit;
      for (const value of values) {
        if (left > 0 && isUnwanted(value)) left -= 1;
        else kept.push(value);
      }
      values.splice(0, values.length, ...kept);
      return limit - left;
    },
  };
}
