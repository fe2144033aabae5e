// Loads the pool, and undici with it, while packets travel.

import { setTimeout as pause } from 'node:timers/promises';
import { retryAtOpenFileLimit } from '../file/open-file-limit.ts';

/** Their packets travel while undici is loaded; a typical check has no more. */
const CONNECTIONS_BEFORE_POOL = 4;
/** The first of them may wait long for a name server. */
const POOL_LOADING_MS = 50;

export interface PoolModule {
  load(): Promise<typeof import('./pool.ts')>;
  /** Hundreds of connections would leave no descriptor to load the pool with: all but the first wait until it is loaded. */
  beforeConnection(): Promise<void>;
}

export function createPoolModule(): PoolModule {
  let connections = 0;
  let isLoaded = false;
  let onLoading = (): void => {};
  const loading = new Promise<void>((resolve) => {
    onLoading = resolve;
  });
  return {
    load: () => {
      onLoading();
      return retryAtOpenFileLimit(() => import('./pool.ts'));
    },
    async beforeConnection() {
      connections += 1;
      if (isLoaded || connections <= CONNECTIONS_BEFORE_POOL) return;
      await Promise.race([loading, pause(POOL_LOADING_MS)]);
      await import('./pool.ts');
      isLoaded = true;
    },
  };
}
