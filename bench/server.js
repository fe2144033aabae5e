// The servers of the bench, in a process of their own: tells its parent their addresses, and on request what they saw.

import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { createImage } from '../build-modules/demo/image.js';
import { startRegistry } from '../build-modules/demo/registry.js';

const { tls, rttsMs, repositories, tags } = JSON.parse(process.env.BENCH);
const TOKEN = { auth: 'bearer', service: 'bench' };

/**
 * Passes bytes on to `port` half a round trip late each way. A connection's first bytes wait for another round trip,
 * for the handshake of TCP, which is over at once on this machine.
 */
async function startDelay(port, rttMs) {
  const server = createServer({ noDelay: true }, (client) => {
    const openMs = performance.now() + rttMs;
    const target = connect({ port, host: '127.0.0.1', noDelay: true });
    const pass = (from, to, delayMs) => {
      const late = (act) => (delayMs() > 0 ? setTimeout(act, delayMs()) : act());
      from.on('data', (bytes) => late(() => to.writable && to.write(bytes)));
      from.on('end', () => late(() => to.end()));
      from.on('error', () => to.destroy());
    };
    pass(client, target, () => Math.max(0, openMs - performance.now()) + rttMs / 2);
    pass(target, client, () => rttMs / 2);
  });
  return listen(server);
}

const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

function fill(registry) {
  for (let repository = 0; repository < repositories; repository += 1) {
    for (let tag = 0; tag < tags; tag += 1) {
      registry.put(`bench/app${repository}`, `v${tag}`, createImage({ text: `${repository} ${tag}` }));
    }
  }
  for (const layers of [10, 40]) registry.put(`bench/layers${layers}`, 'v0', createImage({ layers }));
}

/** For any number of references: the same image whatever is asked. */
function startFake() {
  const { manifest } = createImage();
  const headers = {
    'content-type': manifest.mediaType,
    'content-length': manifest.bytes.length,
    'docker-content-digest': manifest.digest,
  };
  return listen(
    createHttpServer((request, response) => {
      response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : manifest.bytes);
    }),
  );
}

const registries = [];
const places = [];
for (const scheme of tls === undefined ? ['http'] : ['http', 'https']) {
  for (const auth of ['open', 'token']) {
    for (const rttMs of rttsMs) {
      // The realm is at another origin, as with the registries of this world.
      let realm;
      const challenge = ({ repository }) =>
        `Bearer realm="${realm}",service="bench",scope="repository:${repository}:pull"`;
      const registry = await startRegistry({
        ...(scheme === 'https' && { tls }),
        ...(auth === 'token' && { dialect: { ...TOKEN, challenge } }),
        logLimit: 1_000_000,
      });
      fill(registry);
      const port = Number(new URL(registry.origin).port);
      realm = `${scheme}://localhost:${await startDelay(port, rttMs)}/token`;
      registries.push(registry);
      places.push({ scheme, auth, rttMs, name: `localhost:${await startDelay(port, rttMs)}` });
    }
  }
}
const fake = `localhost:${await startFake()}`;

process.on('message', () => process.send({ requests: registries.map(({ log }) => log.length) }));
process.on('disconnect', () => process.exit());
process.send({ places, fake });
