// TLS settings for each host: trusted authorities and client certificate. Files are read on the first connection.

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from 'node:tls';
import { setBounded } from '../core/bounded-map.ts';
import type { OnEvent } from '../core/check-event.ts';
import { DOCKER_HUB, DOCKER_HUB_API } from '../core/docker-hub.ts';
import type { Env } from '../core/env.ts';
import { getOrCreate, once } from '../core/once.ts';
import { formatCount } from '../core/quantity.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import {
  type Authorities,
  publicAuthorities,
  readAddedAuthorities,
  readUsualAuthorities,
  splitCertificates,
} from './tls-authority.ts';
import { type ClientCertificate, readTlsFolder } from './tls-folder.ts';
import { goTlsOffer } from './tls-offer.ts';

export interface TlsSettings {
  /** Created on the first call, which may take tens of milliseconds. */
  readonly secureContext: () => SecureContext;
  /** Accept any certificate. */
  readonly insecure: boolean;
  /** Unset: that of the URL. */
  readonly serverName?: string | undefined;
  /** There is a client certificate. */
  readonly hasIdentity: boolean;
  /** The authorities that the user named: PEM, one certificate each. */
  readonly namedAuthorities: () => Promise<readonly string[]>;
  /** A handshake with them begins: from now on the problems of their files concern the host. */
  readonly use: () => void;
}

/** The user's choice; PEM texts. */
export interface TlsChoice {
  /** Trusted in addition to the usual authorities. */
  readonly ca?: string | undefined;
  /** Of one host: trust `ca` alone. */
  readonly caOnly?: boolean | undefined;
  /** Of one host: expected in its certificate instead of the host of the URL. */
  readonly serverName?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean | undefined;
  /** Not a host of the user's images: the general client certificate is not sent to it. */
  readonly isMirror?: boolean | undefined;
}

export interface TlsStoreSettings extends TlsChoice {
  /** By `host[:port]` as in a URL: takes precedence over the general settings. */
  readonly hosts?: Pick<ReadonlyMap<string, TlsChoice>, 'get'> | undefined;
  /** certs.d directories, each with directories `host[:port]` of certificates for one host. */
  readonly tlsFolders?: readonly string[] | undefined;
  /** NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and SSL_CERT_DIR are read from it. */
  readonly env: Env;
  /** Called for every file and directory of certificates that is used. */
  readonly onEvent?: OnEvent | undefined;
  /** Cancels every read. */
  readonly signal?: AbortSignal | undefined;
}

export interface TlsStore {
  /**
   * For `host[:port]` as in a URL. A client certificate identifies the user: it is included only if `mayIdentify`.
   * `secureContext` throws if a certificate that the user chose cannot be used.
   */
  settingsFor(host: string, mayIdentify: boolean): Promise<TlsSettings>;
  /** The variable whose file the settings for a host wait for, as a clause: a pipe may have no writer. */
  waitsFor(host: string): string | undefined;
  /**
   * The files that could not be used for a host with which a handshake began: sentences without a full stop. Without one
   * it is chance whether they were read.
   */
  problemsOf(host: string): readonly string[];
}

interface HostTls {
  /** Node's own as well, unless `ca` is the only authority of the host; empty: Node's own. */
  readonly ca: readonly string[];
  /** Those of `ca` that are not included in Node, where a context can have both. */
  readonly added?: readonly string[] | undefined;
  readonly identity: ClientCertificate | undefined;
  readonly insecure: boolean;
  readonly problems: readonly string[];
}

export function createTlsStore({
  hosts,
  tlsFolders = [],
  env,
  signal,
  onEvent,
  ...general
}: TlsStoreSettings): TlsStore {
  const loaded = new Map<string, Promise<HostTls>>();
  const problems = new Map<string, readonly string[]>();
  const settled = new Map<string, Promise<TlsSettings>>();
  const contexts = new Map<string, SecureContext>();
  const loading = new Set<string>();
  const reading = new Set<string>();
  const read = (variable: 'SSL_CERT_FILE' | 'NODE_EXTRA_CA_CERTS', authorities: Promise<Authorities>) => {
    // Of a regular file, only the time is short.
    if (env[variable] && !isRegularFile(env[variable])) reading.add(`${variable} (${hideUserinfo(env[variable])})`);
    return authorities.then(
      (found) => {
        reading.clear();
        for (const { variable: name, path, certificates } of found.read) {
          onEvent?.({ type: 'file', path, content: `${formatCount(certificates, 'CA certificate')} (${name})` });
        }
        return found;
      },
      (error: unknown) => {
        reading.clear();
        throw error;
      },
    );
  };
  const added = once(() => read('SSL_CERT_FILE', readAddedAuthorities(env, signal)));
  const usual = once(() => read('NODE_EXTRA_CA_CERTS', readUsualAuthorities(env, signal)));
  // Node has read the file at its start, for its own authorities.
  const hasUsual = env.NODE_EXTRA_CA_CERTS === process.env.NODE_EXTRA_CA_CERTS;
  const included = once(() => new Set(rootCertificates));
  const known = once(() => new Set(publicAuthorities().map((pem) => pem.trim())));

  const load = async (host: string): Promise<HostTls> => {
    const own = hosts?.get(host) ?? {};
    if (own.caOnly === true) {
      const { ca = '', insecure = false } = own;
      return { ca: splitCertificates(ca), identity: identityOf(own), insecure, problems: [] };
    }
    const folders = tlsFolders.flatMap((folder) => namesOf(host).map((name) => join(folder, name)));
    const [environment, ...found] = await Promise.all([added(), ...folders.map(readTlsFolder)]);
    found.forEach(({ ca, client }, index) => {
      const content = [
        ...(ca.length > 0 ? [formatCount(ca.length, 'CA certificate')] : []),
        ...(client ? ['a client certificate'] : []),
      ];
      if (content.length > 0) onEvent?.({ type: 'file', path: folders[index] ?? '', content: content.join(', ') });
    });
    const chosen = splitCertificates(`${general.ca ?? ''}\n${own.ca ?? ''}`);
    const named = [...chosen, ...[environment, ...found].flatMap(({ ca }) => ca)];
    // SSL_CERT_FILE is usually a copy of the public authorities.
    const extra = named.length === 0 ? [] : named.filter((pem) => !known().has(pem));
    // Explicit authorities replace Node's own.
    const base = extra.length === 0 ? { ca: [], problems: [] } : await usual();
    const stored = found.find(({ client }) => client !== undefined)?.client;
    const hostTls = {
      ca: [...new Set([...base.ca, ...extra])],
      // Node 20 forgets NODE_EXTRA_CA_CERTS as soon as a context gets an authority of its own.
      ...(hasUsual && { added: [...new Set([...base.ca.filter((pem) => !included().has(pem)), ...extra])] }),
      identity: identityOf(own) ?? (own.isMirror ? undefined : identityOf(general)) ?? stored,
      insecure: own.insecure ?? general.insecure ?? false,
      problems: [environment, ...found, base].flatMap((one) => one.problems),
    };
    return hostTls;
  };

  const settle = async (host: string, mayIdentify: boolean): Promise<TlsSettings> => {
    loading.add(host);
    const {
      ca,
      added,
      insecure,
      identity: stored,
      problems: ofFiles,
    } = await getOrCreate(loaded, host, () => load(host)).finally(() => loading.delete(host));
    const identity = mayIdentify ? stored : undefined;
    // Without verification no authority is needed; without `ca` Node uses its own.
    const trusted = insecure ? { ca: [] } : ca.length > 0 ? { ca, added } : undefined;
    // As in Go, an intermediate that the user named is trusted without its root.
    const make = (): SecureContext =>
      identity === undefined ? sharedContext(trusted) : createContext(trusted, identity);
    return {
      insecure,
      serverName: hosts?.get(host)?.serverName,
      hasIdentity: identity !== undefined,
      namedAuthorities: async () => {
        if (hosts?.get(host)?.caOnly === true) return ca;
        return [...(await usual()).ca, ...ca].filter((pem) => !included().has(pem));
      },
      use: () => problems.set(host, ofFiles),
      secureContext: () => getOrCreate(contexts, keyOf(trusted, identity), make),
    };
  };

  return {
    waitsFor: (host) => (loading.has(host) ? [...reading][0] : undefined),
    settingsFor: (host, mayIdentify) => getOrCreate(settled, `${host} ${mayIdentify}`, () => settle(host, mayIdentify)),
    problemsOf: (host) => problems.get(host) ?? [],
  };
}

/** undefined: Node's own authorities. */
type Trusted = Pick<HostTls, 'ca' | 'added'> | undefined;

/** Which of the two lists it is counts: an authority of `added` is trusted beside others. */
const keyOf = (trusted: Trusted, identity?: ClientCertificate): string =>
  JSON.stringify([trusted?.added ? { added: trusted.added } : (trusted?.ca ?? null), identity]);

function createContext(trusted: Trusted, identity?: ClientCertificate): SecureContext {
  const options = { ...goTlsOffer(), ...identity };
  if (trusted === undefined) return createSecureContext(options);
  const partial = { ...options, allowPartialTrustChain: true };
  return addToUsual(partial, trusted.added) ?? createSecureContext({ ...partial, ca: [...trusted.ca] });
}

/**
 * Node's own authorities and others. As `ca`, 150 of them would be parsed again, which takes as long as the rest of a check
 * on Node 20. undefined where Node has no such method, which it calls for each of `ca` itself.
 */
function addToUsual(options: SecureContextOptions, added: readonly string[] | undefined): SecureContext | undefined {
  if (added === undefined) return undefined;
  const context = createSecureContext(options);
  const native = context.context as { readonly addCACert?: unknown } | undefined;
  if (typeof native?.addCACert !== 'function') return undefined;
  for (const pem of added) native.addCACert(pem);
  return context;
}

/** Of all checkers of this process, without client certificates: to parse all public authorities takes long. */
const sharedContexts = new Map<string, SecureContext>();
const MAX_SHARED_CONTEXTS = 8;

function sharedContext(trusted: Trusted): SecureContext {
  const key = createHash('sha256').update(keyOf(trusted)).digest('hex');
  const known = sharedContexts.get(key);
  if (known !== undefined) return known;
  const created = createContext(trusted);
  setBounded(sharedContexts, key, created, MAX_SHARED_CONTEXTS);
  return created;
}

function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The names a host's directory may have: a URL omits the default port of https, a directory name may not. */
function namesOf(host: string): readonly string[] {
  // podman accepts both; docker has no directory for its own registry.
  const names = host === DOCKER_HUB_API ? [host, DOCKER_HUB] : [host];
  return /:\d+$/.test(host) ? names : [...names, `${host}:443`];
}

const identityOf = ({ cert, key }: TlsChoice): ClientCertificate | undefined =>
  cert === undefined || key === undefined ? undefined : { cert, key };
