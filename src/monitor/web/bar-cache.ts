// The bars of the overview as they were drawn: to draw a thousand takes longer than everything else on the page.

import { type MonitorView, type ResourceView, WINDOW_NAMES, type WindowName } from '../view/monitor-view.ts';
import { barImage, describeBar } from './bar.ts';
import type { Html } from './glyph.ts';

export interface BarCache {
  /** The bar of each resource. */
  read(resources: readonly ResourceView[], window: WindowName, nowMs: number): Promise<ReadonlyMap<string, Html>>;
}

interface Drawn {
  readonly image: Html;
  readonly state: ResourceView['state'];
  readonly checkedAtMs: number | null;
  readonly atMs: number;
}

/** A sixteenth of the shortest bucket: a bar moves less than is seen. */
const KEPT_MS = 60_000;
/** Between so many bars, checks and other requests go on. */
const AT_ONCE = 500;

/** A bar is drawn again after the next check, after a change of state, and after a minute. */
export function createBarCache(view: Pick<MonitorView, 'bars'>): BarCache {
  const windows = new Map(WINDOW_NAMES.map((name) => [name, new Map<string, Drawn>()]));

  const isCurrent = (drawn: Drawn | undefined, { state, lastCheckedAtMs }: ResourceView, nowMs: number): boolean => {
    if (drawn === undefined || drawn.state !== state || drawn.checkedAtMs !== lastCheckedAtMs) return false;
    // The clock may have been set back.
    return nowMs >= drawn.atMs && nowMs - drawn.atMs < KEPT_MS;
  };

  const forget = (kept: Map<string, Drawn>, nowMs: number): void => {
    for (const [id, { atMs }] of kept) if (Math.abs(nowMs - atMs) >= KEPT_MS) kept.delete(id);
  };

  return {
    async read(resources, window, nowMs) {
      for (const kept of windows.values()) forget(kept, nowMs);
      const kept = windows.get(window) ?? new Map<string, Drawn>();
      const images = new Map<string, Html>();
      const due = new Map<string, ResourceView>();
      for (const resource of resources) {
        const drawn = kept.get(resource.id);
        if (drawn !== undefined && isCurrent(drawn, resource, nowMs)) images.set(resource.id, drawn.image);
        else due.set(resource.id, resource);
      }
      const ids = [...due.keys()];
      for (let first = 0; first < ids.length; first += AT_ONCE) {
        if (first > 0) await new Promise((resolve) => setImmediate(resolve));
        for (const { resource: id, buckets } of await view.bars({ window, ids: ids.slice(first, first + AT_ONCE) })) {
          const resource = due.get(id);
          if (resource === undefined) continue;
          const image = barImage(buckets, describeBar(buckets, window));
          images.set(id, image);
          kept.set(id, { image, state: resource.state, checkedAtMs: resource.lastCheckedAtMs, atMs: nowMs });
        }
      }
      return images;
    },
  };
}
