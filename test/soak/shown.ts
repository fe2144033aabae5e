// What a monitor has shown to its readers, and whether the one that follows it still knows all of it.

interface ShownCheck {
  readonly at: string;
  readonly state: string;
}

interface ShownEvent {
  readonly id: number;
  readonly event: string;
}

export interface Shown {
  /** How many were verified. */
  readonly checks: number;
  readonly events: number;
  /** How many are there that were not verified yet. */
  readonly fresh: number;
  addChecks(id: string, checks: readonly ShownCheck[]): void;
  /** The last check of each. */
  addResources(
    resources: readonly { readonly id: string; readonly state: string; readonly lastCheckedAt: string | null }[],
  ): void;
  addEvents(events: readonly ShownEvent[]): void;
  logEvent(id: number, event: string): void;
  /** Reads the stream until the monitor is killed. */
  follow(origin: string, signal: AbortSignal): Promise<void>;
  /** What is missing or different; only what was shown since the last time is looked up. */
  verify(origin: string, signal?: AbortSignal): Promise<readonly string[]>;
}

/** As many as a page of the API has. */
const PAGE = 1000;

export function createShown(): Shown {
  /** State by time, for each resource; what was not verified yet. */
  let checks = new Map<string, Map<string, string>>();
  let events = new Map<number, string>();
  const counts = { checks: 0, events: 0 };

  const addCheck = (id: string, { at, state }: ShownCheck): void => {
    const known = checks.get(id) ?? new Map<string, string>();
    if (!known.has(at)) known.set(at, state);
    checks.set(id, known);
  };

  return {
    get checks() {
      return counts.checks;
    },
    get events() {
      return counts.events;
    },
    get fresh() {
      return [...checks.values()].reduce((sum, known) => sum + known.size, events.size);
    },
    addChecks: (id, all) => {
      for (const check of all) addCheck(id, check);
    },
    addResources: (all) => {
      for (const { id, state, lastCheckedAt: at } of all) if (at !== null) addCheck(id, { at, state });
    },
    addEvents: (all) => {
      for (const { id, event } of all) events.set(id, event);
    },
    logEvent: (id, event) => void events.set(id, event),
    async follow(origin, signal) {
      let rest = '';
      try {
        const stream = await fetch(`${origin}/api/v1/stream`, { signal });
        for await (const bytes of stream.body ?? []) {
          const blocks = (rest + Buffer.from(bytes).toString()).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const [, data] = /^data: (.*)$/m.exec(block) ?? [];
            if (data === undefined) continue;
            const document = JSON.parse(data);
            if (document.event === 'check') addCheck(document.resource, document);
            else events.set(document.id, document.event);
          }
        }
      } catch {
        // It was killed.
      }
    },
    async verify(origin, signal) {
      const [oldChecks, oldEvents] = [checks, events];
      checks = new Map();
      events = new Map();
      const problems: string[] = [];
      for (const [id, known] of oldChecks) {
        const kept = new Map<string, string>();
        for (const { at, state } of await list(`${origin}/api/v1/resources/${id}/checks?limit=${PAGE}`, signal)) {
          kept.set(at, state);
        }
        const oldest = [...kept.keys()].at(-1) ?? '';
        for (const [at, state] of known) {
          counts.checks += 1;
          // Older ones are on another page, and were verified with an earlier kill.
          if (kept.size === PAGE && at < oldest) continue;
          if (kept.get(at) !== state) problems.push(`the check of ${id} at ${at}: ${state} is ${kept.get(at)}`);
        }
      }
      const first = Math.min(...oldEvents.keys());
      const found = new Map<number, string>();
      for (let after = first - 1; oldEvents.size > 0; ) {
        const page = await list(`${origin}/api/v1/events?after=${after}&limit=${PAGE}`, signal);
        for (const { id, event } of page) found.set(id, event);
        if (page.length < PAGE) break;
        after = page.at(-1).id;
      }
      for (const [id, event] of oldEvents) {
        counts.events += 1;
        if (found.get(id) !== event) problems.push(`event ${id}: ${event} is ${found.get(id)}`);
      }
      return problems;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: documents of the API
const list = async (url: string, signal: AbortSignal | undefined): Promise<any> =>
  (await fetch(url, signal === undefined ? {} : { signal })).json();
