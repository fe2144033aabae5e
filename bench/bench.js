// Measures the command side by side with whatever other programs are installed and prints the ratios.
//   npm run bench                        everything; some minutes
//   npm run bench -- --quick             less than a minute, coarser
//   npm run bench -- layers many         the parts that are named
//   npm run bench -- check --rtts=50     at these distances, in ms (default: 0,20,50)
//   npm run bench -- check --scheme=https
//   npm run bench -- monitor             a thousand images each minute for ten minutes; only where it is named (Linux)
//   npm run bench -- monitor --minutes=3
//   npm run bench -- --json=path         the figures as JSON too (default: build/bench.json)
// Distance is a proxy on this machine that holds bytes back both ways, the handshake of TCP included.

import { execFileSync, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { averageProcessor, contest, measureProcessor, median, timeRun, versionOf } from './contest.js';
import { measureMonitor } from './monitor.js';
import { measureParsers } from './parsers.js';

const { values: options, positionals: parts } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    rtts: { type: 'string' },
    scheme: { type: 'string' },
    minutes: { type: 'string', default: '10' },
  },
  allowPositionals: true,
});
const quick = options.quick;
const rounds = quick ? 3 : 9;
const rttsMs = options.rtts?.split(',').map(Number) ?? (quick ? [0, 50] : [0, 20, 50]);
const counts = quick ? { repositories: 10, tags: 10, stream: 20_000 } : { repositories: 50, tags: 20, stream: 100_000 };

const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-bench-'));
const bin = fileURLToPath(new URL('../bin/kairos-pull.js', import.meta.url));
const usageHook = fileURLToPath(new URL('usage.cjs', import.meta.url));
const versions = Object.fromEntries(
  ['crane', 'oras', 'skopeo', 'docker'].map((peer) => [peer, versionOf(peer)]).filter(([, version]) => version),
);
const peers = Object.keys(versions);
const figures = [];

// Nobody's login, and of all authorities only the one of the bench: every program checks it.
const { SSL_CERT_DIR: _, NODE_EXTRA_CA_CERTS: __, XDG_CACHE_HOME: ___, ...kept } = process.env;
const certificate = join(folder, 'server.crt');
const env = { ...kept, HOME: folder, DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder, SSL_CERT_FILE: certificate };

const verify = (scheme) => (scheme === 'http' ? ['--tls-verify=false'] : []);
const insecure = (scheme) => (scheme === 'http' ? ['--insecure'] : []);

/** What each peer is told, to learn of one image what the command tells. */
const ASK = {
  crane: ({ reference }) => ['crane', 'digest', reference],
  // It takes localhost for plain HTTP unless told otherwise.
  oras: ({ reference, scheme }) => ['oras', 'resolve', `--plain-http=${scheme === 'http'}`, reference],
  skopeo: ({ reference, scheme }) => ['skopeo', 'inspect', '--raw', ...verify(scheme), `docker://${reference}`],
  docker: ({ reference, scheme }) => ['docker', 'manifest', 'inspect', ...insecure(scheme), reference],
};

/** The nearest a peer comes to proving the layers. skopeo downloads them. */
const PROVE = {
  crane: ({ reference }) => ['crane', 'validate', '--fast', '--remote', reference],
  skopeo: ({ reference }) => ['skopeo', 'copy', `docker://${reference}`, `dir:${folder}/copy`],
};

const ours = (...args) => [process.execPath, bin, ...args];
const plain = (scheme) => (scheme === 'http' ? ['--plain-http'] : []);

/** Nothing is known of the registry, or what it asks for is remembered from the run before. */
const MEMORIES = { '': ['--no-cache'], ', remembered': [] };

/**
 * What distance alone costs, in round trips: TCP and TLS 1.3, two to connect, and one for each request that needs the
 * response before it. A registry with tokens is connected to while its known token service responds.
 */
const TRIPS = { open: 3, token: 7, 'token, remembered': 4 };
const tripsOf = (scheme, what) =>
  TRIPS[what] - { open: 1, token: 2, 'token, remembered': 1 }[what] * (scheme === 'http');
/** The fewest in which a host can be sent so many requests, 64 at a time. */
const tripsOfMany = (count) => TRIPS.token + Math.ceil(count / 64);

/** The time in round trips, and how many it takes at least; nothing without a distance. */
const limitOf = (rttMs, trips) => (rttMs === 0 ? {} : { trips, rttMs });
const memoriesFor = (auth) => Object.entries(MEMORIES).filter(([name]) => name === '' || auth === 'token');

/** One line of the table: what we took, and our part of what each other took. */
function note(part, work, { 'kairos-pull': own, ...others }, unit = 'ms', { trips, rttMs, ...more } = {}) {
  const ratios = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, own / value]));
  const ofLimit = trips === undefined ? undefined : own / (trips * rttMs);
  figures.push({ part, work, unit, own, others, ratios, ...(trips && { trips, ofLimit }), ...more });
  const told = Object.entries(ratios).map(([name, ratio]) => `${ratio.toFixed(2)} of ${name}`);
  if (ofLimit !== undefined) told.push(`${ofLimit.toFixed(2)} of ${trips} round trips`);
  const also = Object.entries(more).map(([name, value]) => `${name} ${round(value)}`);
  console.log(
    `${part.padEnd(9)} ${work.padEnd(40)} ${`${round(own)} ${unit}`.padStart(12)}  ${[...told, ...also].join(', ')}`,
  );
}

const round = (value) =>
  typeof value !== 'number' ? value : Number(value.toFixed(value < 10 ? 3 : value < 100 ? 1 : 0));

const PARTS = {
  async start() {
    const empty = join(folder, 'empty.js');
    writeFileSync(empty, '');
    for (const args of [['--version'], ['--help'], ['check', '--help']]) {
      const runners = { 'kairos-pull': ours(...args), 'an empty script': [process.execPath, empty] };
      note('start', args.join(' '), await contest(runners, rounds * 2, env));
    }
  },

  async check({ places }) {
    for (const { scheme, auth, rttMs, name } of places) {
      if (scheme !== (options.scheme ?? scheme)) continue;
      const reference = `${name}/bench/app0:v0`;
      for (const [memory, options] of memoriesFor(auth)) {
        const own = ours('check', ...options, ...plain(scheme), reference);
        const runners = { 'kairos-pull': own };
        for (const peer of peers) runners[peer] = ASK[peer]({ reference, scheme });
        const times = await contest(runners, rounds, env);
        const more = {
          ...limitOf(rttMs, tripsOf(scheme, auth + memory)),
          'CPU ms': await averageProcessor(own, env, rounds),
        };
        note('check', `${auth}${memory}, ${scheme}, RTT ${rttMs} ms`, times, 'ms', more);
      }
    }
  },

  async processor({ places }) {
    const { name } = places.find(({ scheme, auth, rttMs }) => scheme === 'http' && auth === 'open' && rttMs === 0);
    const get = join(folder, 'get.cjs');
    writeFileSync(get, "require('node:http').get(process.argv[2], (response) => response.resume());\n");
    const bare = [process.execPath, get, `http://${name}/v2/bench/app0/manifests/v0`];
    for (const options of [['--plain-http'], []]) {
      const runners = {
        'kairos-pull': ours('check', '--no-cache', ...options, `${name}/bench/app0:v0`),
        'a node:http GET': bare,
      };
      const taken = Object.fromEntries(Object.keys(runners).map((runner) => [runner, []]));
      for (let round = 0; round < rounds; round += 1) {
        for (const [runner, words] of Object.entries(runners))
          taken[runner].push(await averageProcessor(words, env, 5));
      }
      const medians = Object.fromEntries(Object.entries(taken).map(([runner, all]) => [runner, median(all)]));
      note('processor', ['a cold check on loopback', ...options].join(' '), medians, 'ms');
    }
  },

  async layers({ places }) {
    for (const { name, scheme, auth, rttMs } of places) {
      if (scheme !== 'https' || auth !== 'token' || rttMs === 20) continue;
      for (const count of [10, 40]) {
        const reference = `${name}/bench/layers${count}:v0`;
        for (const [memory, options] of memoriesFor(auth)) {
          const runners = { 'kairos-pull': ours('check', '--layers', ...options, reference) };
          for (const peer of peers) if (peer in PROVE) runners[peer] = PROVE[peer]({ reference });
          // All blobs are requested together, after the manifest.
          const limit = limitOf(rttMs, TRIPS[`token${memory}`] + 1);
          note('layers', `${count} layers${memory}, RTT ${rttMs} ms`, await contest(runners, rounds, env), 'ms', limit);
        }
      }
    }
  },

  async many({ places, countRequests }) {
    for (const place of places) {
      if (place.auth === 'token' && place.scheme === 'https' && place.rttMs !== 20)
        await measureMany(place, countRequests);
    }
  },

  async stream({ fake }) {
    const peaks = {};
    let wallMs = 0;
    for (const count of [1000, counts.stream]) {
      const references = Array.from({ length: count }, (_, index) => `${fake}/bench/app${index % 50}:v${index}`);
      const measured = await measureList(writeList('stream.txt', references), '--plain-http');
      peaks[count] = measured.peakBytes / 1e6;
      wallMs = measured.wallMs;
    }
    const memory = { 'kairos-pull': peaks[counts.stream], '1000 references': peaks[1000] };
    note('stream', `peak of ${counts.stream} references`, memory, 'MB', {
      'a second': counts.stream / (wallMs / 1000),
    });
  },

  async parsers() {
    for (const { name, perSecond, unit } of await measureParsers(quick ? 200 : 1000)) {
      note('parsers', name, { 'kairos-pull': perSecond }, unit);
    }
  },

  async monitor() {
    const minutes = quick ? 1 : Number(options.minutes);
    const { cores, lagP99Ms, ...more } = await measureMonitor({ folder, env, minutes });
    note('monitor', `share of a processor, ${minutes} min`, { 'kairos-pull': cores, 'a quarter': 0.25 }, 'cores', {});
    note('monitor', 'lag p99', { 'kairos-pull': lagP99Ms, 'two seconds': 2000 }, 'ms', more);
  },
};

/** Takes longer than all the others together. */
const ONLY_IF_NAMED = ['monitor'];
const isWanted = (part) => (parts.length === 0 ? !ONLY_IF_NAMED.includes(part) : parts.includes(part));

/** A list of all the images, against one process of a peer for each, eight at a time. */
async function measureMany({ name, rttMs }, countRequests) {
  const references = Array.from(
    { length: counts.repositories * counts.tags },
    (_, index) => `${name}/bench/app${index % counts.repositories}:v${Math.floor(index / counts.repositories)}`,
  );
  const list = writeList('many.txt', references);
  const before = await countRequests();
  const first = await measureList(list, '--no-cache');
  const requests = (await countRequests()) - before;
  const runs = [first, await measureList(list, '--no-cache'), await measureList(list, '--no-cache')];
  // A peer takes so long that one run of it is enough.
  const [, own] = runs.sort((a, b) => a.wallMs - b.wallMs);
  const perReference = (cpuMs) => cpuMs / references.length;
  const times = { 'kairos-pull': own.wallMs };
  const more = {
    ...limitOf(rttMs, tripsOfMany(references.length)),
    'CPU ms a reference': perReference(own.cpuMs),
    'peak MB': own.peakBytes / 1e6,
    requests,
  };
  const rivals = peers.filter((peer) => peer === 'crane' || peer === 'oras');
  for (const peer of rivals.length > 0 ? rivals : peers.filter((peer) => peer === 'skopeo')) {
    const words = ASK[peer]({ reference: '{}', scheme: 'https' }).join(' ');
    const sent = await countRequests();
    const run = await measureProcessor(['sh', '-c', `xargs -P8 -I{} ${words} < ${list}`], env);
    times[`xargs -P8 ${peer}`] = run.wallMs;
    more[`CPU ms a reference of ${peer}`] = perReference(run.cpuMs);
    more[`requests of ${peer}`] = (await countRequests()) - sent;
  }
  note('many', `${references.length} references, RTT ${rttMs} ms`, times, 'ms', more);
}

function writeList(name, references) {
  const path = join(folder, name);
  writeFileSync(path, `${references.join('\n')}\n`);
  return path;
}

async function measureList(list, ...options) {
  const path = join(folder, 'usage.json');
  const words = [process.execPath, '--require', usageHook, bin, 'check', ...options, '-q', '-f', list];
  const wallMs = await timeRun(words, { ...env, BENCH_USAGE: path });
  return { wallMs, ...JSON.parse(readFileSync(path, 'utf8')) };
}

/** For localhost, signed by itself; undefined without openssl, and then nothing is measured over TLS. */
function makeIdentity() {
  const [key, cert] = [join(folder, 'server.key'), certificate];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert];
  try {
    execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return undefined;
  }
}

function startServers() {
  const { repositories, tags } = counts;
  const settings = JSON.stringify({ tls: makeIdentity(), rttsMs, repositories, tags });
  const child = fork(new URL('server.js', import.meta.url), { env: { ...env, BENCH: settings } });
  const message = () =>
    new Promise((resolve, reject) => {
      const onExit = (code) => reject(new Error(`the servers ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (sent) => {
        child.off('exit', onExit);
        resolve(sent);
      });
    });
  const countRequests = async () => {
    child.send('count');
    return (await message()).requests.reduce((sum, count) => sum + count, 0);
  };
  return message().then(({ places, fake }) => ({ places, fake, countRequests, close: () => child.disconnect() }));
}

const unknown = parts.filter((part) => !(part in PARTS));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
const machine = `Node ${process.versions.node}, ${availableParallelism()} processors`;
const others = peers.map((peer) => `${peer} ${versions[peer]}`).join(', ') || 'none';
console.log(`${machine}; peers: ${others}; distance: a delaying proxy; medians of ${rounds} rounds\n`);
// Home and working folder at once: no config file of this machine is found.
process.chdir(folder);
const servers = parts.some((part) => part !== 'monitor') || parts.length === 0 ? await startServers() : undefined;
try {
  for (const [part, measure] of Object.entries(PARTS)) if (isWanted(part)) await measure(servers);
} finally {
  servers?.close();
  rmSync(folder, { recursive: true, force: true });
}
const json = options.json ?? fileURLToPath(new URL('../build/bench.json', import.meta.url));
mkdirSync(dirname(json), { recursive: true });
writeFileSync(json, `${JSON.stringify({ machine, peers: versions, quick, rounds, figures }, undefined, 2)}\n`);
console.log(`\nas JSON: ${json}`);
