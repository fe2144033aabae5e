// What a test asks of a running monitor: documents, pages, checks, and the stream of events, which it reads all the time.

import assert from 'node:assert/strict';

// biome-ignore lint/suspicious/noExplicitAny: documents of the API
type Document = any;

export interface MonitorClient extends AsyncDisposable {
  get(path: string): Promise<Response>;
  text(path: string): Promise<string>;
  json(path: string): Promise<Document>;
  /** A check, to its end. Waits as long as the monitor refuses it because another one has just begun. */
  check(id: string): Promise<void>;
  /** The events of the stream so far, without the checks. */
  events(): readonly Document[];
}

/** When every resource was checked. `url` ends with a slash. */
export async function openMonitorClient(url: string): Promise<MonitorClient> {
  const base = url.replace(/\/$/, '');
  const stopped = new AbortController();
  const get = (path: string): Promise<Response> => fetch(`${base}${path}`);
  const json = async (path: string): Promise<Document> => (await get(path)).json();
  const events: Document[] = [];
  const lastChecks = new Map<string, string>();
  let onCheck = (): void => {};
  let hasEnded = false;

  while ((await json('/api/v1/summary')).counts.pending > 0);
  const stream = await fetch(`${base}/api/v1/stream`, { signal: stopped.signal });
  const reading = readStream(stream, (event, document) => {
    if (event === 'check') lastChecks.set(document.resource, document.at);
    else events.push(document);
    onCheck();
  }).finally(() => {
    hasEnded = true;
    onCheck();
  });

  return {
    get,
    json,
    text: async (path) => (await get(path)).text(),
    async check(id) {
      const before = (await json(`/api/v1/resources/${id}`)).lastCheckedAt;
      const path = `${base}/api/v1/resources/${id}/check`;
      const post = (): Promise<Response> => fetch(path, { method: 'POST', headers: { 'x-kairos-pull': '1' } });
      let response = await post();
      for (; response.status === 429; response = await post()) {
        const seconds = Number(response.headers.get('retry-after'));
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      }
      assert.equal(response.status, 202, await response.text());
      while ((lastChecks.get(id) ?? before) <= before) {
        assert.ok(!hasEnded, 'the stream has ended');
        await new Promise<void>((resolve) => {
          onCheck = resolve;
        });
      }
    },
    events: () => events,
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await reading;
    },
  };
}

async function readStream(stream: Response, onEvent: (event: string, document: Document) => void): Promise<void> {
  let rest = '';
  try {
    for await (const bytes of stream.body ?? []) {
      const blocks = (rest + Buffer.from(bytes).toString()).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event] = /^event: (.*)$/m.exec(block) ?? [];
        const [, data] = /^data: (.*)$/m.exec(block) ?? [];
        if (event !== undefined && data !== undefined) onEvent(event, JSON.parse(data));
      }
    }
  } catch {
    // It was stopped, or the monitor has ended.
  }
}
