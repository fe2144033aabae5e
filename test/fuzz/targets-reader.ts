// Whatever reads, cleans or writes text of others, with texts that were made for another reader: none of them throws.

import { TEXT_READERS } from '../support/text-readers.ts';
import { WORST_TEXTS } from '../support/worst-texts.ts';
import { type FuzzTarget, valueTarget } from './target.ts';
import { createTextSource } from './text-source.ts';

const READERS = Object.values(TEXT_READERS).map(([read]) => read);
const textOf = createTextSource(WORST_TEXTS.map(({ make }) => make(400)));

const reader = valueTarget(
  'reader',
  { generate: (random) => ({ reader: random.below(READERS.length), text: textOf(random) }), cost: 4 },
  async ({ reader, text }) => void (await READERS[reader]?.(text)),
);

export const READER_TARGETS: readonly FuzzTarget[] = [reader];
