// "Did you mean …?" for an unknown word.

/** ` Did you mean x?`, or '' if the list has no similar word. */
export function suggest(word: string, list: readonly string[]): string {
  const near = list
    .map((candidate) => ({ candidate, edits: editsBetween(word.toLowerCase(), candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  return near === undefined ? '' : ` Did you mean ${near.candidate}?`;
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbors. */
function editsBetween(a: string, b: string): number {
  // A much longer word is not similar.
  if (Math.abs(a.length - b.length) > b.length) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? i + j) + 1 : i + j;
      row.push(Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
