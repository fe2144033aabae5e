// What a process of the monitor does, where several share a store.

/** `worker` checks; `web` shows; `all` does both. */
export const MONITOR_ROLES = ['all', 'worker', 'web'] as const;
export type MonitorRole = (typeof MONITOR_ROLES)[number];
