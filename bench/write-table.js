// Writes the figures of `npm run bench` into docs/performance.md, a table for each file: one for each line of Node.
//   npm run bench -- --json=build/bench-20.json           with each Node
//   node bench/write-table.js build/bench-20.json build/bench-24.json

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const [START, END] = ['<!-- figures -->', '<!-- end -->'];
const PEERS = ['crane', 'oras', 'skopeo', 'docker'];
/** Plain HTTP is measured for the distance alone; the parsers and the monitor have pages of their own. */
const isShown = ({ part, work }) => !['parsers', 'monitor'].includes(part) && !work.includes(', http,');

const WHAT = { start: 'start', check: 'one check', layers: '`--layers`', many: 'a list', stream: 'memory' };

const short = (value) => (value === undefined ? '–' : value < 10 ? value.toFixed(2) : value.toFixed(0));
const row = (cells) => `| ${cells.join(' | ')} |`;

function rowOf({ part, work, unit, own, ratios, trips, ofLimit, ...more }) {
  const isProcessor = part === 'processor';
  const cpuMs = isProcessor ? own : (more['CPU ms'] ?? more['CPU ms a reference']);
  const ofPeer = (peer) => ratios[peer] ?? ratios[`xargs -P8 ${peer}`];
  const others = Object.entries(ratios).filter(([name]) => !PEERS.some((peer) => name.endsWith(peer)));
  const said = [
    ...others.map(([name, ratio]) => `${short(ratio)} vs. ${name}`),
    ...(ofLimit === undefined ? [] : [`${short(ofLimit)} times ${trips} round trips`]),
  ];
  const what =
    part in WHAT
      ? `${WHAT[part]}: ${work.replace(', https', '').replace('remembered', 'registry known or contacted before')}`
      : work;
  return row([
    what,
    isProcessor ? '–' : `${short(own)} ${unit}`,
    short(cpuMs),
    ...PEERS.map((peer) => short(ofPeer(peer))),
    said.join(', ') || '–',
  ]);
}

function tableOf(path) {
  const { machine, peers, rounds, figures } = JSON.parse(readFileSync(path, 'utf8'));
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  const heads = ['work', 'time', 'processor ms', ...PEERS.map((peer) => `vs. ${peer}`), 'vs. the limit'];
  return [
    `${machine}, medians of ${rounds} rounds, with ${versions.join(', ')}:`,
    '',
    row(heads),
    row(heads.map(() => '---')),
    ...figures.filter(isShown).map(rowOf),
  ].join('\n');
}

const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error('name the JSON files of npm run bench');
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(START);
const after = rest.slice(rest.indexOf(END));
writeFileSync(page, `${before}${START}\n\n${paths.map(tableOf).join('\n\n')}\n\n${after}`);
