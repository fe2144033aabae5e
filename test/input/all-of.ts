// All items of an asynchronous sequence (Array.fromAsync, which Node 20 does not have).

export async function allOf<T>(sequence: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of sequence) all.push(item);
  return all;
}
