// How many threads Node.js has for files and names. It starts all of them when the first is needed.

/**
 * Called before the first thread starts, for everything but the check of one image: half of the threads look names up,
 * and so many registries may be silent before others wait. To start them takes several milliseconds.
 */
export function useManyThreads(): void {
  process.env.UV_THREADPOOL_SIZE ||= '32';
}
