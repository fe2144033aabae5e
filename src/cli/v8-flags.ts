// Settings of V8 for a check. They are internal flags: V8 complains about one it does not know.

import { setFlagsFromString } from 'node:v8';

/**
 * V8 compiles undici's WebAssembly parser a second time after two or three responses, and the process waits for that at
 * its end: 60 ms on Node 20, 30 on 22, 15 on 24. With this budget it takes some hundred responses. Remove the flag once
 * `npm run bench -- start check` shows no difference without it; a Node newer than this is left alone.
 */
const NEWEST_WITH_TIERING_BUDGET = 26;

/**
 * Node 20 lets the heap double before it collects garbage. With this flag a list of 100,000 images peaks 110 MiB lower,
 * for a tenth more processor time; a short run never collects. From Node 22 on it costs time and saves nothing.
 */
const HEAP_GROWING_NODE = 20;

export function setV8Flags(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major <= NEWEST_WITH_TIERING_BUDGET) setFlagsFromString('--wasm-tiering-budget=2000000000');
  if (major === HEAP_GROWING_NODE) setFlagsFromString('--heap-growing-percent=20');
}
