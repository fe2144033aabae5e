// Starts the most widely deployed registry: CNCF distribution, Debian's package docker-registry.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bundle } from '../../src/demo/content.ts';
import { ask } from './ask.ts';
import { filesOf, type Identity, signingIdentity } from './certificates.ts';
import { requirePrograms } from './require-programs.ts';
import { createTemporaryFolder } from './temporary-folder.ts';
import { type SigningTokenService, startSigningTokenService } from './token-service.ts';

/** For a test's `skip`: false if the registry, skopeo and all they need are present. */
export const withoutRealRegistry = requirePrograms('docker-registry', 'skopeo', 'openssl', 'setpriv');

export interface RealRegistryOptions {
  /** An object is the `auth` section of the configuration. */
  readonly auth: 'none' | 'htpasswd' | 'token' | object;
  /** Paths of PEM files; unset: plain HTTP. */
  readonly tls?: Identity;
  /** Reused and kept; unset: a temporary one. */
  readonly storageFolder?: string;
  /** Makes it the pull-through cache of the registry with this origin. */
  readonly proxyRemote?: string;
}

export interface RealRegistry {
  /** `127.0.0.1:PORT` */
  readonly name: string;
  readonly origin: string;
  /** Root of the storage, which contains `docker/registry/v2/…`. */
  readonly folder: string;
  readonly username: string;
  readonly password: string;
  readonly tokens: SigningTokenService | undefined;
  /** distribution-spec "Push", without a credential. */
  push(repository: string, tag: string, bundle: Bundle): Promise<void>;
  /** The registry's own log, such as `GET /v2/busybox/manifests/1 200`, oldest first. */
  accessLog(): Promise<string[]>;
  /** Ends the process and the token service, and removes temporary files. */
  close(): Promise<void>;
}

const USER = { username: 'kairos', password: 'the right password' };
// bcrypt of the password at the lowest cost: distribution accepts no other hash, and Node.js cannot make one.
const HTPASSWD = `${USER.username}:$2b$04$kairospullkairospulluuLt.eZiDmjfaaUwrqHfd6gcFsoPrOeUm\n`;

export async function startRealRegistry(options: RealRegistryOptions): Promise<RealRegistry> {
  const own = createTemporaryFolder({ htpasswd: HTPASSWD });
  const folder = options.storageFolder ?? join(own.path, 'storage');
  const tokens = options.auth === 'token' ? await startSigningTokenService(USER) : undefined;
  const tls = options.tls && { certificate: options.tls.cert, key: options.tls.key };
  const configuration = {
    version: '0.1',
    log: { formatter: 'text' },
    storage: {
      filesystem: { rootdirectory: folder },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    // Port 0: the system chooses, and the registry logs which.
    http: {
      addr: '127.0.0.1:0',
      secret: 'kairos-pull',
      headers: { 'X-Content-Type-Options': ['nosniff'] },
      ...(tls && { tls }),
    },
    ...(options.auth !== 'none' && { auth: authSection(options.auth, own.path, tokens) }),
    ...(options.proxyRemote !== undefined && { proxy: { remoteurl: options.proxyRemote } }),
  };
  // JSON is YAML.
  const file = own.write('config.yml', JSON.stringify(configuration));

  // The kernel ends the registry when this process dies, however it dies.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'docker-registry', 'serve', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  async function close(): Promise<void> {
    child.kill('SIGKILL');
    await Promise.all([ended, tokens?.close()]);
    own[Symbol.dispose]();
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

  let name: string;
  try {
    name = await listeningAddress(child);
  } catch (error) {
    await close();
    throw error;
  }
  const origin = `${tls ? 'https' : 'http'}://${name}`;
  let marks = 0;
  async function accessLog(): Promise<string[]> {
    marks += 1;
    const path = `/v2/?mark=${marks}`;
    // The log is a pipe: once our own request is in it, every earlier one is.
    const logged = new Promise<void>((resolve) => waiting.set(`GET ${path}`, resolve));
    await ask(`${origin}${path}`, { rejectUnauthorized: false });
    await logged;
    return [...served];
  }
  const push: RealRegistry['push'] = (repository, tag, bundle) => pushTo(`${origin}/v2/${repository}`, tag, bundle);
  return { name, origin, folder, ...USER, tokens, push, accessLog, close };
}

function authSection(auth: RealRegistryOptions['auth'], folder: string, tokens?: SigningTokenService): unknown {
  if (typeof auth === 'object') return auth;
  if (tokens === undefined) return { htpasswd: { realm: 'kairos-pull test registry', path: join(folder, 'htpasswd') } };
  const { realm, issuer, service } = tokens;
  return { token: { realm, issuer, service, rootcertbundle: filesOf(signingIdentity()).cert } };
}

function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('close', (status) => reject(new Error(`docker-registry ended with ${status}: ${log}`)));
    child.stderr?.on('data', (data: Buffer) => {
      log += data;
      const address = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}

/** Blobs first, then children by digest, then the manifest. */
async function pushTo(repositoryUrl: string, reference: string, bundle: Bundle): Promise<void> {
  const { manifest, blobs, children = [] } = bundle;
  for (const { bytes, digest } of blobs) {
    const upload = await fetch(`${repositoryUrl}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(upload.headers.get('location') ?? '', repositoryUrl);
    location.searchParams.set('digest', digest);
    await put(location.href, 'application/octet-stream', bytes);
  }
  for (const child of children) await pushTo(repositoryUrl, child.manifest.digest, child);
  await put(`${repositoryUrl}/manifests/${reference}`, manifest.mediaType, manifest.bytes);
}

async function put(url: string, mediaType: string, body: Uint8Array): Promise<void> {
  const response = await fetch(url, { method: 'PUT', headers: { 'content-type': mediaType }, body });
  if (response.status !== 201) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}

interface StoredDescriptor {
  readonly digest: string;
}

/** The fields of a manifest or an index from which a test chooses what to damage. */
export interface StoredManifest {
  readonly config: StoredDescriptor;
  readonly layers: readonly StoredDescriptor[];
  readonly manifests?: readonly StoredDescriptor[];
}

/**
 * Paths below `folder`, the registry's storage, for one repository: distribution's registry/storage/paths.go. Tests damage
 * these files as a failing disk would.
 */
export function createStorage(folder: string, repository: string) {
  const root = join(folder, 'docker/registry/v2');
  const home = join(root, 'repositories', repository);
  const hex = (digest: string): string => digest.slice(digest.indexOf(':') + 1);
  const blob = (digest: string): string => join(root, 'blobs/sha256', hex(digest).slice(0, 2), hex(digest), 'data');
  const tagLink = (tag: string): string => join(home, '_manifests/tags', tag, 'current/link');
  return {
    /** The bytes of a layer, config or manifest: one file for all repositories. */
    blob,
    /** Contains the digest of a tag. */
    tagLink,
    /** Without it, the repository has no such manifest. */
    revisionLink: (digest: string) => join(home, '_manifests/revisions/sha256', hex(digest), 'link'),
    /** Without it, the repository has no such layer or config. */
    layerLink: (digest: string) => join(home, '_layers/sha256', hex(digest), 'link'),
    resolve: (tag: string): string => readFileSync(tagLink(tag), 'utf8'),
    read: (digest: string): StoredManifest => JSON.parse(readFileSync(blob(digest), 'utf8')),
  };
}
