// A network namespace for a command, whose only name server leaves as many queries unanswered as the test wants. A
// connection to port 1 of 127.0.0.1 is closed, and then the timer of DEADLINE fires.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { requireLinux, requirePrograms, requireThat } from './require-programs.ts';
import type { TemporaryFolder } from './temporary-folder.ts';

/** On Linux a process can have its own network and its own /etc/resolv.conf, without root. */
export function requireNamespaces(): false | string {
  const reason = requireLinux() || requirePrograms('unshare', 'mount', 'ip');
  if (reason !== false) return reason;
  const probe = spawnSync('unshare', ['--map-root-user', '--net', '--mount', 'ip', 'link', 'set', 'lo', 'up']);
  return requireThat(probe.status === 0, `this machine gives no namespaces: ${probe.stderr}`);
}

export interface NameServer {
  /** Name to the number of queries that get no response before it resolves to 127.0.0.1. All other names never do. */
  readonly silences?: Readonly<Record<string, number>>;
  /** Further lines of resolv.conf. */
  readonly lines?: readonly string[];
}

/** For `spawnCommand`. */
export function withNameServer(folder: TemporaryFolder, { silences = {}, lines = [] }: NameServer = {}): string[] {
  const config = ['nameserver 127.0.0.1', ...lines, ''].join('\n');
  folder.write('resolv.conf', config);
  folder.write('server.mjs', SERVER);
  const script = 'mount --bind "$0/resolv.conf" /etc/resolv.conf && ip link set lo up && exec "$@"';
  const server = [process.execPath, join(folder.path, 'server.mjs'), JSON.stringify(silences)];
  return ['unshare', '--map-root-user', '--net', '--mount', 'sh', '-c', script, folder.path, ...server];
}

/** RFC 1035 section 4: a header of 12 bytes, the question, and an answer that points back to its name. */
const SERVER = `
  import { spawn } from 'node:child_process';
  import { createSocket } from 'node:dgram';
  import { createServer } from 'node:net';

  const [silences, file, ...args] = process.argv.slice(2);
  const left = new Map(Object.entries(JSON.parse(silences)));
  const server = createSocket('udp4').on('message', (query, { port, address }) => {
    const labels = [];
    let at = 12;
    for (; query[at] > 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    const name = labels.join('.');
    if (!left.has(name)) return;
    left.set(name, left.get(name) - 1);
    if (left.get(name) >= 0) return;
    const isA = query.readUInt16BE(at + 1) === 1;
    const answer = isA ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
    const header = [query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0];
    server.send(Buffer.from([...header, ...query.subarray(12, at + 5), ...answer]), port, address);
  });
  server.bind(53, '127.0.0.1', () => {
    const child = spawn(file, args, { stdio: [0, 1, 2, 3] });
    const hangUp = (socket) => socket.on('error', () => {}).on('close', () => child.kill('SIGUSR2')).resume().end();
    createServer(hangUp).listen(1, '127.0.0.1');
    child.once('close', (code) => process.exit(code ?? 99));
  });
`;
