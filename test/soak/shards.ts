// A batch in shards over loopback registries: each reference once, and the merged report is that of one run.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

export interface Batch {
  readonly references: number;
  readonly shards: number;
  /** How many run concurrently. */
  readonly concurrent: number;
  readonly directory: string;
  /** Runs `kairos-pull ARGS`; resolves to its exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

export interface BatchFigures {
  readonly problems: readonly string[];
  readonly results: number;
  readonly wholeMs: number;
  readonly shardsMs: number;
  readonly slowestMs: number;
  readonly mergeMs: number;
  readonly sizes: readonly number[];
  readonly exitCode: number;
}

const REGISTRIES = 3;
const TAGS = 20;

export async function checkInShards({ references, shards, concurrent, directory, run }: Batch): Promise<BatchFigures> {
  const registries = await Promise.all(Array.from({ length: REGISTRIES }, startCountingRegistry));
  try {
    const names = registries.map(({ name }) => name);
    const images = Array.from({ length: references }, (_, at) => {
      const repository = Math.floor(at / TAGS);
      return `${names[repository % REGISTRIES]}/team${repository % 17}/app${repository}:v${at % TAGS}`;
    });
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('images.txt'), images.join('\n'));
    const check = ['check', '-f', path('images.txt'), '--quiet', '--retries', '0', '--timeout', '5m'];
    const problems: string[] = [];

    const startedMs = performance.now();
    const outputs = ['-o', `json=${path('whole.json')}`, '-o', `ndjson=${path('whole.ndjson')}`];
    const wholeCode = await run([...check, ...outputs]);
    const wholeMs = performance.now() - startedMs;
    const inWhole = registries.map((registry) => registry.takeCounts());

    const durations: number[] = [];
    const files: string[] = [];
    const waiting = Array.from({ length: shards }, (_, at) => at + 1);
    const runNext = async (): Promise<void> => {
      for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
        const format = shard % 2 === 0 ? 'json' : 'ndjson';
        const file = path(`shard-${shard}.${format}`);
        files.push(file);
        const shardMs = performance.now();
        const code = await run([...check, '--shard', `${shard}/${shards}`, '-o', `${format}=${file}`]);
        durations.push(performance.now() - shardMs);
        if (![0, 3, 4].includes(code)) problems.push(`shard ${shard} ended with ${code}`);
      }
    };
    const shardsStartedMs = performance.now();
    await Promise.all(Array.from({ length: concurrent }, runNext));
    const shardsMs = performance.now() - shardsStartedMs;
    for (const [index, registry] of registries.entries()) {
      const difference = differenceOf(inWhole[index] ?? new Map(), registry.takeCounts());
      if (difference !== undefined) problems.push(`${registry.name}: ${difference}`);
    }

    const mergeStartedMs = performance.now();
    const merged = ['-o', `json=${path('merged.json')}`, '-o', `ndjson=${path('merged.ndjson')}`];
    const exitCode = await run(['report', 'merge', ...files, '--quiet', ...merged]);
    const mergeMs = performance.now() - mergeStartedMs;
    if (exitCode !== wholeCode) problems.push(`exit code ${exitCode} instead of ${wholeCode}`);
    const whole = readResults(path('whole.ndjson'));
    const joined = readResults(path('merged.ndjson'));
    const inputs = new Set(joined.map(({ input }) => input));
    if (inputs.size !== references || joined.length !== references) {
      problems.push(`${joined.length} results of ${inputs.size} images instead of ${references}`);
    }
    if (images.some((image) => !inputs.has(image))) problems.push('an image has no result');
    const different = whole.findIndex(({ text }, at) => text !== joined[at]?.text);
    if (different >= 0) problems.push(`not equal: ${whole[different]?.text} and ${joined[different]?.text}`);
    if (endOf(path('whole.json')) !== endOf(path('merged.json'))) problems.push('the documents end in another way');
    const sizes = files.map((file) => countOf(readFileSync(file, 'utf8')));
    return {
      ...{ problems, results: joined.length, wholeMs, shardsMs, mergeMs, sizes, exitCode },
      slowestMs: Math.max(...durations),
    };
  } finally {
    for (const registry of registries) registry.close();
  }
}

interface CountingRegistry {
  readonly name: string;
  /** Requests by path, since the last call. */
  readonly takeCounts: () => Map<string, number>;
  readonly close: () => void;
}

/** Of each image one in fifty does not exist. It keeps no log: there are a hundred thousand requests. */
async function startCountingRegistry(): Promise<CountingRegistry> {
  let counts = new Map<string, number>();
  const config = digestOf('{}');
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf('x'), size: 1 }],
  });
  const digest = digestOf(manifest);
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const [, number = '0', tag = ''] = /\/app(\d+)\/manifests\/(v\d+)$/.exec(request.url ?? '') ?? [];
    const exists = tag !== '' && !(Number(number) % 5 === 0 && tag === 'v7');
    response.setHeader('Content-Type', 'application/json');
    if (!exists) {
      response.statusCode = tag === '' ? 200 : 404;
      response.end(tag === '' ? '{}' : '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      return;
    }
    response.setHeader('Content-Type', 'application/vnd.oci.image.manifest.v1+json');
    response.setHeader('Docker-Content-Digest', digest);
    response.end(request.method === 'HEAD' ? undefined : manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeCounts() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

function differenceOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string | undefined {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    // Once for each run, and as often as there are runs.
    if (key === 'GET /v2/') continue;
    if (before.get(key) !== after.get(key)) return `${key}: ${before.get(key)} requests, then ${after.get(key)}`;
  }
  return undefined;
}

function readResults(path: string): { readonly input: string; readonly text: string }[] {
  const results = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { startedAt: _, durationMs: __, requests: ___, ...rest } = JSON.parse(line);
      return { input: rest.input as string, text: JSON.stringify(rest) };
    });
  return results.sort((a, b) => (a.input < b.input ? -1 : a.input > b.input ? 1 : 0));
}

const countOf = (text: string): number => text.match(/"verdict":/g)?.length ?? 0;

/** Everything behind the results. */
function endOf(path: string): string {
  const text = readFileSync(path, 'utf8');
  return text.slice(text.lastIndexOf('\n  ],\n'));
}

/** Prints figures; false if something is wrong. */
export async function soakShards(program: readonly string[], references: number): Promise<boolean> {
  using folder = createTemporaryFolder();
  const [command = '', ...words] = program;
  const env = { HOME: folder.path, PATH: process.env.PATH ?? '' };
  const run = async (argv: readonly string[]): Promise<number> => {
    const child = spawn(command, [...words, ...argv], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    return code ?? -1;
  };
  const figures = await checkInShards({ references, shards: 10, concurrent: 2, directory: folder.path, run });
  for (const problem of figures.problems.slice(0, 20)) console.log(`FAILED: ${problem}`);
  const [wholeMs, shardsMs, slowestMs, mergeMs] = [
    figures.wholeMs,
    figures.shardsMs,
    figures.slowestMs,
    figures.mergeMs,
  ].map((ms) => `${(ms / 1000).toFixed(1)} s`);
  console.log(
    `shards           ${figures.results} references in 10 shards of ${Math.min(...figures.sizes)} to ${Math.max(...figures.sizes)}, ${figures.problems.length} problems; exit code ${figures.exitCode}; one run ${wholeMs}, ten shards two at a time ${shardsMs}, the slowest ${slowestMs}, merge ${mergeMs}`,
  );
  return figures.problems.length === 0;
}
