// The monitor under load: a thousand images, each checked once a minute, with readers. Linux only (/proc).

import { fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const INTERVAL_MS = 60_000;
/** After the first round, which checks everything immediately: the first slot of each comes half an interval later. */
const SETTLED_MS = 31_000;
const bin = fileURLToPath(new URL('../bin/kairos-pull.js', import.meta.url));

/**
 * Seconds of its processor, lag, skipped runs and memory of `kairos-pull monitor`, read by a page and a scrape a second.
 * `nodeOptions`: for a profile.
 */
export async function measureMonitor({ folder, env, minutes, count = 1000, nodeOptions = [] }) {
  const settings = JSON.stringify({ count });
  const registry = fork(new URL('monitor-registry.js', import.meta.url), { env: { ...env, BENCH: settings } });
  const [{ name }] = await once(registry, 'message');
  const config = join(folder, 'monitor.yaml');
  writeFileSync(config, configOf(name, count));
  const args = ['monitor', '--config', config, '--store', join(folder, 'monitor.db'), '--log', 'json'];
  const child = spawn(process.execPath, [...nodeOptions, bin, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const base = await startedAt(child);
    const beganMs = performance.now();
    while ((await summaryOf(base)).counts.pending > 0) await sleep(100);
    const firstRoundMs = performance.now() - beganMs;
    await sleep(SETTLED_MS);
    await arrivalsOf(registry);
    const before = usageOf(child.pid);
    const [fromMs, startMs] = [Date.now(), performance.now()];
    const read = await readEachSecond(base, child.pid, minutes * 60);
    const seconds = (performance.now() - startMs) / 1000;
    const cpuSeconds = usageOf(child.pid).cpuSeconds - before.cpuSeconds;
    const toMs = Date.now();
    const { lagsMs, skipped, checks } = judge(await arrivalsOf(registry), fromMs, toMs);
    const perPage = await cpuOf(child.pid, () => get(`${base}/`));
    return {
      ...{ seconds, checks, skipped, cpuSeconds, cores: cpuSeconds / seconds, firstRoundMs, perPageMs: perPage },
      lagP50Ms: quantile(lagsMs, 0.5),
      lagP99Ms: quantile(lagsMs, 0.99),
      lagMaxMs: quantile(lagsMs, 1),
      ...read,
    };
  } finally {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
    registry.disconnect();
  }
}

const idOf = (index) => `app-${index}`;

function configOf(name, count) {
  const resources = Array.from(
    { length: count },
    (_, index) => `    - { image: "${name}/bench/app${index}:1", id: ${idOf(index)}, group: team ${index % 20} }\n`,
  );
  const head = 'listen: 127.0.0.1:0\n  interval: 1m\n  jitter: 0%';
  return `monitor:\n  ${head}\n  resources:\n${resources.join('')}`;
}

/** The origin. What follows in the log is read and forgotten, as a service manager would do. */
function startedAt(child) {
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (text) => {
      const { event, url } = JSON.parse(text);
      if (event === 'started') resolve(new URL(url).origin);
    });
    child.once('close', (code) => reject(new Error(`the monitor ended with ${code}`)));
  });
}

const get = async (url) => {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  return { status: response.status, text: await response.text() };
};
const summaryOf = async (base) => JSON.parse((await get(`${base}/api/v1/summary`)).text);

async function readEachSecond(base, pid, count) {
  const pagesMs = [];
  const scrapesMs = [];
  const memory = [];
  const startMs = performance.now();
  for (let turn = 0; turn < count; turn += 1) {
    await sleep(Math.max(0, startMs + turn * 1000 - performance.now()));
    const time = async (path, into) => {
      const sentMs = performance.now();
      const { status } = await get(`${base}${path}`);
      if (status === 200) into.push(performance.now() - sentMs);
    };
    await time('/', pagesMs);
    await time('/metrics', scrapesMs);
    memory.push(usageOf(pid).residentBytes / 1e6);
  }
  await sleep(Math.max(0, startMs + count * 1000 - performance.now()));
  const third = Math.floor(memory.length / 3);
  const middle = (values) => quantile(values, 0.5);
  return {
    ...{ pageP50Ms: middle(pagesMs), scrapes: scrapesMs.length, scrapeP50Ms: middle(scrapesMs) },
    memoryMB: Math.max(...memory),
    memoryGrowth: middle(memory.slice(-third)) / middle(memory.slice(third, 2 * third)),
  };
}

async function arrivalsOf(registry) {
  registry.send('arrivals');
  const [{ arrivals }] = await once(registry, 'message');
  return arrivals;
}

/** How late each request came after the slot that the id decides, and how many slots had none. */
function judge(arrivals, fromMs, toMs) {
  const lagsMs = [];
  let skipped = 0;
  for (const [index, times] of arrivals.entries()) {
    const phaseMs = createHash('sha256').update(idOf(index)).digest().readUIntBE(0, 6) % INTERVAL_MS;
    const first = Math.ceil((fromMs - phaseMs) / INTERVAL_MS);
    const slots = new Set(times.map((atMs) => Math.floor((atMs - phaseMs + 5) / INTERVAL_MS)));
    for (const atMs of times) lagsMs.push(Math.max(0, ((atMs - phaseMs + 5) % INTERVAL_MS) - 5));
    // The last one may still come.
    for (let slot = first; phaseMs + slot * INTERVAL_MS < toMs - 5000; slot += 1) if (!slots.has(slot)) skipped += 1;
  }
  return { lagsMs, skipped, checks: lagsMs.length };
}

/** Of one call: ten times, while little else happens. */
async function cpuOf(pid, call) {
  const before = usageOf(pid).cpuSeconds;
  for (let turn = 0; turn < 10; turn += 1) await call();
  return (usageOf(pid).cpuSeconds - before) * 100;
}

function usageOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // utime and stime, in hundredths of a second: the kernel always says so, whatever its own clock does.
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
  const [, kibibytes] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds, residentBytes: Number(kibibytes) * 1024 };
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
