import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createHeldClock } from '../../support/fake-clock.ts';
import { HOSTILE_TEXTS } from '../../support/made-up-history.ts';
import { startWebScene, type WebScene } from './web-scene.ts';

interface Stream {
  readonly response: IncomingMessage;
  /** The next block that is not only `retry` or a position, or undefined at the end. */
  next(): Promise<Record<string, string> | undefined>;
  close(): void;
}

async function openStream(web: WebScene, headers: Record<string, string> = {}, query = ''): Promise<Stream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${web.server.origin}/api/v1/stream${query}`, { headers, agent: false }, resolve).on('error', reject);
  });
  const blocks = readBlocks(response);
  return { response, close: () => response.destroy(), next: async () => (await blocks.next()).value ?? undefined };
}

async function* readBlocks(response: IncomingMessage): AsyncGenerator<Record<string, string>> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      yield Object.fromEntries(lines.map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 1).trim()]));
    }
  }
}

/** After the head of the stream; what it says is returned. */
async function begin(stream: Stream): Promise<Record<string, string>[]> {
  return [(await stream.next()) ?? {}, (await stream.next()) ?? {}];
}

async function untilStreams(web: WebScene, count: number): Promise<void> {
  while (web.server.streams !== count) await new Promise((resolve) => setImmediate(resolve));
}

describe('the stream', () => {
  it('sends each check and each event, the events with their ids', async () => {
    await using web = await startWebScene();
    const stream = await openStream(web);
    const { headers } = stream.response;
    assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.match(headers['cache-control'] ?? '', /no-transform/);
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.equal(headers['content-encoding'], undefined);
    const [retry, position] = await begin(stream);
    const [latest] = await web.monitor.latestEvents({ limit: 1 });
    assert.deepEqual([retry, position], [{ retry: '3000' }, { id: String(latest?.id) }]);
    web.monitor.pass(60_000);
    web.monitor.check('image-api', 'unavailable', { message: 'Gone.' });
    const check = await stream.next();
    assert.deepEqual([check?.event, check?.id], ['check', undefined]);
    const data = JSON.parse(check?.data ?? '');
    assert.deepEqual([data.resource, data.state, data.message], ['image-api', 'unavailable', 'Gone.']);
    assert.equal(data.at, '2026-11-28T12:01:00.000Z');
    assert.ok(data.outage.id > 0 && data.uptime['24h'].availableRatio <= 1);
    const blocks = [await stream.next(), await stream.next()];
    assert.deepEqual(
      blocks.map((block) => block?.event),
      ['state', 'outage'],
    );
    const id = (latest?.id ?? 0) + 1;
    assert.deepEqual(
      blocks.map((block) => block?.id),
      [String(id), String(id + 1)],
    );
    const events = await web.json(`/api/v1/events?after=${latest?.id}`);
    assert.deepEqual(
      blocks.map((block) => JSON.parse(block?.data ?? '')),
      events,
    );
    stream.close();
    await untilStreams(web, 0);
    assert.equal(web.monitor.subscribers, 0);
  });

  it('repeats what a client has missed, by Last-Event-ID or `after`, each event once', async () => {
    await using web = await startWebScene();
    const [latest] = await web.monitor.latestEvents({ limit: 1 });
    const lastId = latest?.id ?? 0;
    for (let count = 0; count < 1_200; count += 1) web.monitor.emit('reload', { message: `Reload ${count}.` });
    for (const stream of [
      await openStream(web, { 'last-event-id': String(lastId) }),
      await openStream(web, {}, `?after=${lastId}`),
      await openStream(web, { 'last-event-id': String(lastId) }, '?after=1'),
    ]) {
      assert.deepEqual(await stream.next(), { retry: '3000' });
      web.monitor.emit('network', { message: 'Now.' });
      const ids: number[] = [];
      for (let block = await stream.next(); block?.event === 'reload'; block = await stream.next()) {
        ids.push(Number(block.id));
      }
      assert.deepEqual(
        ids,
        Array.from({ length: 1_200 }, (_, index) => lastId + 1 + index),
      );
      stream.close();
    }
  });

  it('passes over a Last-Event-ID that no event has', async () => {
    await using web = await startWebScene();
    for (const id of ['999999', 'x', '-1', '1e3', '9'.repeat(40)]) {
      const stream = await openStream(web, { 'last-event-id': id });
      await stream.next();
      await untilStreams(web, 1);
      const event = web.monitor.emit('reload', {});
      let block = await stream.next();
      while (block?.event === undefined) block = await stream.next();
      assert.deepEqual([block.event, block.id], ['reload', String(event.id)], id);
      stream.close();
      await untilStreams(web, 0);
    }
  });

  it('has a comment now and then, so that no proxy takes it for dead', async () => {
    const clock = createHeldClock();
    await using web = await startWebScene({ clock });
    const stream = await openStream(web);
    await begin(stream);
    for (let count = 0; count < 3; count += 1) {
      clock.pass(15_000);
      assert.deepEqual(await stream.next(), { '': 'alive' });
    }
    stream.close();
  });

  it('is not broken by hostile texts', async () => {
    await using web = await startWebScene();
    const stream = await openStream(web);
    await begin(stream);
    for (const message of HOSTILE_TEXTS) {
      web.monitor.emit('reload', { message });
      const block = await stream.next();
      assert.deepEqual(Object.keys(block ?? {}), ['id', 'event', 'data']);
      assert.equal(JSON.parse(block?.data ?? '').message, message);
    }
    stream.close();
  });

  it('serves 500 clients, and disconnects only the one that does not read', async () => {
    await using web = await startWebScene();
    const streams = await Promise.all(Array.from({ length: 500 }, () => openStream(web)));
    await Promise.all(streams.map(begin));
    const slow: Socket = connect(web.server.port, '127.0.0.1');
    slow.pause().on('error', () => {});
    slow.write(`GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\n\r\n`);
    await untilStreams(web, 501);
    web.monitor.emit('reload', { message: 'First.' });
    const first = await Promise.all(streams.map((stream) => stream.next()));
    assert.deepEqual(new Set(first.map((block) => JSON.parse(block?.data ?? '').message)), new Set(['First.']));
    for (const stream of streams.slice(10)) stream.close();
    await untilStreams(web, 11);
    const message = 'long '.repeat(20_000);
    for (let count = 0; count < 2_000 && web.server.streams === 11; count += 1) {
      web.monitor.emit('reload', { message });
      const blocks = await Promise.all(streams.slice(0, 10).map((stream) => stream.next()));
      assert.deepEqual(new Set(blocks.map((block) => block?.event)), new Set(['reload']));
    }
    assert.equal(web.server.streams, 10);
    slow.destroy();
    for (const stream of streams) stream.close();
  });

  it('ends when the server closes', async () => {
    const web = await startWebScene();
    const streams = await Promise.all([openStream(web), openStream(web)]);
    await Promise.all(streams.map(begin));
    await web.server.close();
    assert.deepEqual(await Promise.all(streams.map((stream) => stream.next())), [undefined, undefined]);
    assert.equal(web.monitor.subscribers, 0);
  });
});
