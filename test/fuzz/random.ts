// Numbers that look random and are the same for the same seed (mulberry32), so that every input can be made again.

export interface Random {
  /** 0 <= x < 1 */
  next(): number;
  /** An integer, 0 <= x < `end`. */
  below(end: number): number;
  isOnce(inAverage: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** `salt`: what tells the inputs of one seed apart. */
export function createRandom(seed: number, ...salt: readonly (string | number)[]): Random {
  let state = hash(`${seed} ${salt.join(' ')}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    isOnce: (inAverage) => below(inAverage) === 0,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
