// A binary heap from which any item can be removed; equal items keep the order in which they were added.

export interface PriorityQueue<T> {
  readonly size: number;
  /** The item that comes before all others. */
  peek(): T | undefined;
  /** An item that is already in it takes its new place. */
  add(item: T): void;
  remove(item: T): boolean;
}

/** While an item is in the queue, what `comesBefore` says about it must not change. */
export function createPriorityQueue<T>(comesBefore: (a: T, b: T) => boolean): PriorityQueue<T> {
  const heap: T[] = [];
  const places = new Map<T, number>();
  const turns = new Map<T, number>();
  let turn = 0;
  const isBefore = (a: T, b: T): boolean =>
    comesBefore(a, b) || (!comesBefore(b, a) && (turns.get(a) ?? 0) < (turns.get(b) ?? 0));
  const put = (item: T, place: number): void => {
    heap[place] = item;
    places.set(item, place);
  };

  const siftUp = (item: T, from: number): void => {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as T;
      if (!isBefore(item, parent)) break;
      put(parent, place);
      place = above;
    }
    put(item, place);
  };

  const siftDown = (item: T, from: number): void => {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const first = right < heap.length && isBefore(heap[right] as T, heap[left] as T) ? right : left;
      if (!isBefore(heap[first] as T, item)) break;
      put(heap[first] as T, place);
      place = first;
    }
    put(item, place);
  };

  const remove = (item: T): boolean => {
    const place = places.get(item);
    if (place === undefined) return false;
    places.delete(item);
    turns.delete(item);
    const last = heap.pop() as T;
    if (last === item) return true;
    siftDown(last, place);
    siftUp(last, places.get(last) ?? place);
    return true;
  };

  return {
    get size() {
      return heap.length;
    },
    peek: () => heap[0],
    add(item) {
      remove(item);
      turns.set(item, turn++);
      heap.push(item);
      siftUp(item, heap.length - 1);
    },
    remove,
  };
}
