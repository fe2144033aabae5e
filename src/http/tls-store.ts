// How TLS is spoken with each host: whom to trust, who we say we are. Files are read when a host is first met.

import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { once } from '../core/once.ts';
import { certificatesIn } from './pem.ts';
import { publicAuthorities, readAddedAuthorities, readUsualAuthorities } from './tls-authority.ts';
import { type ClientCertificate, readTlsFolder } from './tls-folder.ts';

export interface TlsSettings {
  /** Made when it is first asked for, which may take tens of milliseconds. */
  readonly secureContext: () => SecureContext;
  /** Accept any certificate. */
  readonly insecure: boolean;
}

/** What a person chose; PEM texts. */
export interface TlsChoice {
  /** Trusted besides the usual authorities. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean | undefined;
  /** Not a host that the person named: the certificate that holds for all is not shown there. */
  readonly isMirror?: boolean | undefined;
}

export interface TlsStoreSettings extends TlsChoice {
  /** For single hosts, by `host[:port]` as in a URL: stands before what holds for all. */
  readonly hosts?: ReadonlyMap<string, TlsChoice> | undefined;
  /** Folders that may hold one folder `host[:port]` of certificates for that host alone. */
  readonly tlsFolders?: readonly string[] | undefined;
  /** NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and SSL_CERT_DIR are read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends every read. */
  readonly signal?: AbortSignal | undefined;
}

export interface TlsStore {
  /**
   * For `host[:port]` as in a URL. A client certificate says who we are: it comes only where `mayIdentify`.
   * Its context throws when one that the person chose cannot be used.
   */
  settingsFor(host: string, mayIdentify: boolean): Promise<TlsSettings>;
  /** Which files could not be used for a host already met: sentences without a full stop. */
  problemsOf(host: string): readonly string[];
}

interface Met {
  readonly ca: readonly string[];
  readonly identity: ClientCertificate | undefined;
  readonly insecure: boolean;
  readonly problems: readonly string[];
}

export function createTlsStore({ hosts, tlsFolders = [], env, signal, ...general }: TlsStoreSettings): TlsStore {
  const meetings = new Map<string, Promise<Met>>();
  const problems = new Map<string, readonly string[]>();
  const settled = new Map<string, Promise<TlsSettings>>();
  const contexts = new Map<string, SecureContext>();
  const added = once(() => readAddedAuthorities(env, signal));
  const usual = once(() => readUsualAuthorities(env, signal));
  const known = once(() => new Set(publicAuthorities().map((pem) => pem.trim())));

  const meet = async (host: string): Promise<Met> => {
    const own = hosts?.get(host) ?? {};
    const folders = tlsFolders.flatMap((folder) => namesOf(host).map((name) => join(folder, name)));
    const [environment, ...found] = await Promise.all([added(), ...folders.map(readTlsFolder)]);
    const chosen = certificatesIn(`${general.ca ?? ''}\n${own.ca ?? ''}`);
    const named = [...chosen, ...[environment, ...found].flatMap(({ ca }) => ca)];
    // SSL_CERT_FILE is mostly a copy of the public authorities.
    const extra = named.length === 0 ? [] : named.filter((pem) => !known().has(pem));
    // To name authorities is to leave out Node's own: 40 ms to bring them back, for those who need it.
    const base = extra.length === 0 ? { ca: [], problems: [] } : await usual();
    const stored = found.find(({ client }) => client !== undefined)?.client;
    const met = {
      ca: [...new Set([...base.ca, ...extra])],
      identity: identityOf(own) ?? (own.isMirror ? undefined : identityOf(general)) ?? stored,
      insecure: own.insecure ?? general.insecure ?? false,
      problems: [environment, ...found, base].flatMap((one) => one.problems),
    };
    problems.set(host, met.problems);
    return met;
  };

  const settle = async (host: string, mayIdentify: boolean): Promise<TlsSettings> => {
    const { ca, insecure, ...met } = await kept(meetings, host, () => meet(host));
    const identity = mayIdentify ? met.identity : undefined;
    // Who accepts any certificate needs no authority; without `ca` Node reads its own.
    const trusted = insecure ? [] : ca.length > 0 ? [...ca] : undefined;
    const make = (): SecureContext => createSecureContext({ ...(trusted && { ca: trusted }), ...identity });
    return { insecure, secureContext: () => kept(contexts, JSON.stringify([trusted, identity]), make) };
  };

  return {
    settingsFor: (host, mayIdentify) => kept(settled, `${host} ${mayIdentify}`, () => settle(host, mayIdentify)),
    problemsOf: (host) => problems.get(host) ?? [],
  };
}

/** What the folder of a host may be called: a URL leaves the port of https out, a person may not. */
function namesOf(host: string): readonly string[] {
  // podman's choice; docker has no folder for its own registry.
  const names = host === 'registry-1.docker.io' ? [host, 'docker.io'] : [host];
  return /:\d+$/.test(host) ? names : [...names, `${host}:443`];
}

const identityOf = ({ cert, key }: TlsChoice): ClientCertificate | undefined =>
  cert === undefined || key === undefined ? undefined : { cert, key };

function kept<T>(values: Map<string, T>, name: string, make: () => T): T {
  const value = values.get(name) ?? make();
  values.set(name, value);
  return value;
}
