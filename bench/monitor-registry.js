// The registry of the monitor's bench, in a process of its own: notes when each image is requested. Every second it
// removes an image, and puts back the one that it removed two minutes ago.

import { subscribe } from 'node:diagnostics_channel';
import { createImage } from '../build-modules/demo/image.js';
import { startRegistry } from '../build-modules/demo/registry.js';

const AWAY_MS = 120_000;
const { count } = JSON.parse(process.env.BENCH);

const registry = await startRegistry({ logLimit: 0 });
const put = (index) => registry.put(`bench/app${index}`, '1', createImage({ text: String(index) }));
for (let index = 0; index < count; index += 1) put(index);

/** Milliseconds since 1970, by image. */
let arrivals = Array.from({ length: count }, () => []);
subscribe('http.server.request.start', ({ request }) => {
  const [, index] = /^\/v2\/bench\/app(\d+)\/manifests\/1$/.exec(request.url) ?? [];
  if (index !== undefined) arrivals[index].push(Date.now());
});

const removed = [];
let next = 0;
setInterval(() => {
  registry.remove(`bench/app${next}`, '1');
  removed.push({ index: next, atMs: Date.now() });
  // One in seven, so that they are spread over the groups.
  next = (next + 7) % count;
  while (removed[0] !== undefined && removed[0].atMs < Date.now() - AWAY_MS) put(removed.shift().index);
}, 1000);

process.on('message', () => {
  process.send({ arrivals });
  arrivals = Array.from({ length: count }, () => []);
});
process.on('disconnect', () => process.exit());
process.send({ name: registry.name });
