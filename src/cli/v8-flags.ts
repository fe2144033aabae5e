// Settings of V8 for a check. They are internal flags: V8 complains about one it does not know.

import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * V8 compiles undici's WebAssembly parser a second time after two or three responses, and the process waits for that at
 * its end: 60 ms on Node 20, 30 on 22, 15 on 24. With this budget it takes some hundred responses. Remove the flag once
 * `npm run bench -- start check` shows no difference without it; a Node newer than this is left alone.
 */
const NEWEST_KNOWN_NODE = 26;

/**
 * Node 20 compiles a function again, optimized, after 132 KiB of its bytecode have run: a list of a thousand images spends
 * a sixth of its processor time on that, and ends before it pays. Later versions have a compiler between the two.
 */
const NODE_WITHOUT_MAGLEV = 20;
const INTERRUPT_BUDGETS = { first: 500_000, ofLongRuns: 132 * 1024 };
const LONG_RUN_MS = 2_000;

/**
 * V8 rewrites the bytecode of a regular expression when it is first used, and compiles it when it is used again. A check
 * uses a hundred of them a few times each, and Node's own for IPv6 addresses takes 3 ms.
 */
const REGEXP_FLAGS = ['--no-regexp-peephole-optimization', '--regexp-tier-up-ticks=20'];

/** The first of V8's compilers takes 3 ms of a single check, and saves less. A list needs it. */
const BASELINE_FLAG = 'sparkplug';

/**
 * After so much processor time every bundle is loaded, usually after half of it. V8 refuses code that was compiled ahead
 * with other flags.
 */
const LOADED_AFTER_MS = 150;

/**
 * V8 lets the heap double before it collects garbage. From this size on it grows by a fifth: memory hardly grows with the
 * results of a list, for a tenth more processor time, which a shorter list does not take.
 */
const LARGE_HEAP_BYTES = 40 * 1024 * 1024;
const LARGE_HEAP_GROWING_PERCENT = 20;

/**
 * The young generation grows with the work, whatever is in use: to 64 MiB and a copy of it on Node 24. Its limit can be
 * set only before Node starts, but not the factor by which it grows.
 */
const MAX_YOUNG_BYTES = 8 * 1024 * 1024;
const INTERVAL_MS = 50;

const major = Number.parseInt(process.versions.node, 10);

/** Before anything is loaded that a build compiled with these flags (scripts/code-cache.js). */
export function setV8Flags(): void {
  if (major > NEWEST_KNOWN_NODE) return;
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  for (const flag of REGEXP_FLAGS) setFlagsFromString(flag);
  setFlagsFromString(`--no-${BASELINE_FLAG}`);
  if (major <= NODE_WITHOUT_MAGLEV) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGETS.first}`);
}

let isAdapting = false;

/** Changes the flags in the course of a list. They must not change while a build compiles, which checks single images. */
export function adaptV8Flags(): void {
  if (major > NEWEST_KNOWN_NODE || isAdapting) return;
  isAdapting = true;
  let hasBaseline = false;
  let isShort = major <= NODE_WITHOUT_MAGLEV;
  let isHeapLimited = false;
  let isYoungLimited = false;
  const adapt = (): void => {
    const usedMs = process.cpuUsage().user / 1000;
    if (usedMs < LOADED_AFTER_MS) return;
    if (!hasBaseline) setFlagsFromString(`--${BASELINE_FLAG}`);
    hasBaseline = true;
    if (isShort && usedMs > LONG_RUN_MS) {
      isShort = false;
      setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGETS.ofLongRuns}`);
    }
    if (!isHeapLimited && getHeapStatistics().total_heap_size >= LARGE_HEAP_BYTES) {
      isHeapLimited = true;
      setFlagsFromString(`--heap-growing-percent=${LARGE_HEAP_GROWING_PERCENT}`);
    }
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    const isLarge = young !== undefined && young.space_size >= MAX_YOUNG_BYTES;
    if (isLarge === isYoungLimited) return;
    isYoungLimited = isLarge;
    setFlagsFromString(`--semi-space-growth-factor=${isLarge ? 1 : 2}`);
  };
  setInterval(adapt, INTERVAL_MS).unref();
}
