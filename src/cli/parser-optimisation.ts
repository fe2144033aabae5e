// Keeps V8 from optimising undici's parser, which is WebAssembly, for the sake of a few answers.

import { setFlagsFromString } from 'node:v8';

/** V8 complains of a flag it does not know: what is newer is left alone. */
const NEWEST_NODE_WITH_FLAG = 26;

/**
 * By itself V8 compiles the parser a second time, optimised, after two or three answers, and the process waits for that
 * at its end: 60 ms on Node 20, 30 on 22, 15 on 24. With this budget it takes some hundred answers.
 */
export function delayParserOptimisation(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major <= NEWEST_NODE_WITH_FLAG) setFlagsFromString('--wasm-tiering-budget=2000000000');
}
