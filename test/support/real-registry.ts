// Starts the registry that most of the world runs: CNCF distribution, Debian's package docker-registry.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CertificateFiles, makeSigningCertificate } from './real-certificate.ts';
import { startTokenService, type TokenService } from './real-token-service.ts';

export interface RealRegistryOptions {
  readonly auth: 'none' | 'htpasswd' | 'token';
  /** Paths of PEM files; without them the registry speaks http. */
  readonly tls?: CertificateFiles;
  /** Reused and kept; unset: a temporary one. */
  readonly storageFolder?: string;
  /** Origin of another registry, to be its pull-through cache. */
  readonly proxyRemote?: string;
}

export interface RealRegistry {
  /** `127.0.0.1:PORT` */
  readonly name: string;
  readonly origin: string;
  /** Root of the storage: `docker/registry/v2/…` lies in it. */
  readonly folder: string;
  readonly username: string;
  readonly password: string;
  readonly tokens: TokenService | undefined;
  /** What the registry itself says it answered, `GET /v2/busybox/manifests/1 200` each, oldest first. */
  accessLog(): Promise<string[]>;
  /** Ends the process and the token service, and removes what is temporary. */
  close(): Promise<void>;
}

const username = 'kairos';
const password = 'the right password';
// bcrypt of the password at the lowest cost: distribution takes no other kind, and Node has none to make it with.
const HTPASSWD = `${username}:$2b$04$kairospullkairospulluuLt.eZiDmjfaaUwrqHfd6gcFsoPrOeUm\n`;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function startRealRegistry(options: RealRegistryOptions): Promise<RealRegistry> {
  const own = mkdtempSync(join(tmpdir(), 'kairos-pull-registry-'));
  const folder = options.storageFolder ?? join(own, 'storage');
  mkdirSync(folder, { recursive: true });
  let tokens: TokenService | undefined;
  const auth: Record<string, unknown> = {};
  if (options.auth === 'htpasswd') {
    const path = join(own, 'htpasswd');
    writeFileSync(path, HTPASSWD);
    auth.htpasswd = { realm: 'kairos-pull test registry', path };
  } else if (options.auth === 'token') {
    const signing = await makeSigningCertificate(own);
    tokens = await startTokenService(signing, { username, password });
    const { realm, issuer, service } = tokens;
    auth.token = { realm, issuer, service, rootcertbundle: signing.cert };
  }
  const tls = options.tls && { certificate: options.tls.cert, key: options.tls.key };
  const configuration = {
    version: '0.1',
    log: { formatter: 'text' },
    storage: { filesystem: { rootdirectory: folder }, maintenance: { uploadpurging: { enabled: false } } },
    // Port 0: the system chooses, the registry's own log tells which.
    http: { addr: '127.0.0.1:0', secret: 'kairos-pull', ...(tls && { tls }) },
    ...(options.auth !== 'none' && { auth }),
    ...(options.proxyRemote !== undefined && { proxy: { remoteurl: options.proxyRemote } }),
  };
  const file = join(own, 'config.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));

  // The kernel ends the registry when this process dies, however it dies.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  async function close(): Promise<void> {
    child.kill('SIGKILL');
    await Promise.all([ended, tokens?.close()]);
    running.delete(child);
    rmSync(own, { recursive: true, force: true });
  }

  const served: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface(child.stdout).on('line', (line) => {
    const [, request, status] = /"(\S+ \S+) HTTP\/[\d.]+" (\d{3}) /.exec(line) ?? [];
    if (request === undefined) return;
    const arrived = waiting.get(request);
    if (arrived) arrived();
    else served.push(`${request} ${status}`);
  });

  let port: string;
  try {
    port = await listeningPort(child);
  } catch (error) {
    await close();
    throw error;
  }
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  let marks = 0;
  async function accessLog(): Promise<string[]> {
    marks += 1;
    const path = `/v2/?mark=${marks}`;
    // The log is a pipe: once our own request shows up in it, every earlier one has.
    const logged = new Promise<void>((resolve) => waiting.set(`GET ${path}`, resolve));
    await ask(`${origin}${path}`);
    await logged;
    return [...served];
  }
  return { name: `127.0.0.1:${port}`, origin, folder, username, password, tokens, accessLog, close };
}

function listeningPort(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('close', (status) => reject(new Error(`docker-registry ended with ${status}: ${log}`)));
    child.stderr?.on('data', (data: Buffer) => {
      log += data;
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (port !== undefined) resolve(port);
    });
  });
}

function ask(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = url.startsWith('https:') ? https : http;
    client
      .get(url, { rejectUnauthorized: false, agent: false }, (response) => response.resume().once('end', resolve))
      .once('error', reject);
  });
}
