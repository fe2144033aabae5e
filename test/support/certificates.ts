// Certificates made by the openssl program in a temporary directory, each once per process.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from '../../src/core/once.ts';
import { requirePrograms } from './require-programs.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** PEM texts. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** For a test's `skip`: false if the program is present. */
export const withoutOpenssl: string | false = requirePrograms('openssl');

const LOOPBACK = ['DNS:localhost', 'IP:127.0.0.1', 'IP:127.0.0.2', 'IP:::1'];
const RSA_KEY = ['-newkey', 'rsa:2048'];
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** The private authority that signs every identity except the self-signed ones; clients trust its `cert`. */
export const authority = (): Identity =>
  selfSigned('authority', EC_KEY, '-subj', '/CN=kairos-pull test authority', ...extension('keyUsage', CA_USAGE));

const CA_USAGE = 'critical,keyCertSign,cRLSign';

/** For localhost, 127.0.0.1, 127.0.0.2, ::1 and these DNS names. */
export const serverIdentity = (...names: string[]): Identity =>
  signed(`server ${names.join(' ')}`, [...LOOPBACK, ...names.map((name) => `DNS:${name}`)]);

/** The same with an RSA key, for the key exchanges that need one. */
export const rsaIdentity = (...names: string[]): Identity =>
  signed(`rsa ${names.join(' ')}`, [...LOOPBACK, ...names.map((name) => `DNS:${name}`)], { newKey: RSA_KEY });

export const expiredIdentity = (...names: string[]): Identity =>
  signed(`expired ${names.join(' ')}`, [...LOOPBACK, ...names.map((name) => `DNS:${name}`)], { days: -1 });

export const wrongNameIdentity = (): Identity => signed('wrong-name', ['DNS:elsewhere.example']);

/** Its own authority; its subjectAltName is cut off, so no name can be read. */
export const malformedNameIdentity = (): Identity =>
  selfSigned(
    'malformed name',
    EC_KEY,
    '-subj',
    '/CN=localhost',
    ...extension('subjectAltName', 'DER:30:05:82:02:61:62'),
  );

/** For this name alone, as in `DNS:*.internal`. */
export const namedIdentity = (name: string): Identity => signed(`only ${name}`, [name]);

/** An authority that the private one signed, and a server that it signed: neither is the root of its chain. */
export function intermediateIdentity(): { readonly intermediate: Identity; readonly server: Identity } {
  const intermediate = signed('intermediate', [], { extensions: `basicConstraints=CA:TRUE\nkeyUsage=${CA_USAGE}\n` });
  return { intermediate, server: signed('below intermediate', LOOPBACK, { signer: intermediate }) };
}

export interface Purposes {
  /** Lines of openssl's extensions, as in `extendedKeyUsage=clientAuth`. */
  readonly server?: string;
  /** Set, there is an intermediate; two where `isDeep`. */
  readonly intermediate?: string;
  readonly isDeep?: boolean;
  readonly root?: string;
  /** Instead of the loopback names. */
  readonly names?: string;
}

/** A server, and an authority of its own. The intermediates are in `server.cert`; `leaf` is without them. */
export function purposeChain(purposes: Purposes): {
  readonly server: Identity;
  readonly leaf: Identity;
  /** What signed the leaf. */
  readonly issuer: Identity;
  readonly root: Identity;
} {
  const { server = '', intermediate, isDeep = false, root = '', names = LOOPBACK.join(',') } = purposes;
  const name = JSON.stringify(purposes);
  const added = root === '' ? [] : ['-addext', root];
  const ca = selfSigned(`root ${name}`, EC_KEY, '-subj', '/CN=purpose root', ...added);
  const below = (signer: Identity, what: string): Identity =>
    signed(`${what} ${name}`, [], { signer, extensions: `basicConstraints=CA:TRUE\n${intermediate}\n` });
  const between: Identity[] = intermediate === undefined ? [] : [below(ca, 'first')];
  if (isDeep) between.unshift(below(between[0] ?? ca, 'second'));
  const extensions = `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n${server}\n`;
  const leaf = signed(`leaf ${name}`, [], { signer: between[0] ?? ca, extensions });
  const cert = [leaf, ...between].map((one) => one.cert).join('');
  return { server: { key: leaf.key, cert }, leaf, issuer: between[0] ?? ca, root: ca };
}

/** Its own authority, with these extensions. */
export const selfSignedWith = (...lines: string[]): Identity =>
  selfSigned(
    `self-signed ${lines.join(' ')}`,
    EC_KEY,
    '-subj',
    '/CN=localhost',
    ...extension('subjectAltName', LOOPBACK.join(',')),
    ...lines.flatMap((line) => ['-addext', line]),
  );

/** For a server that requests a client certificate. */
export const clientIdentity = (): Identity => signed('client', ['DNS:client.example']);

export const selfSignedIdentity = (): Identity =>
  selfSigned('self-signed', EC_KEY, '-subj', '/CN=localhost', ...extension('subjectAltName', LOOPBACK.join(',')));

/** An RSA key, for the tokens of CNCF distribution. */
export const signingIdentity = (): Identity => selfSigned('signing', RSA_KEY, '-subj', '/CN=token service');

/** Paths of the PEM files; they exist until the process ends. */
export const filesOf = (identity: Identity): Identity => {
  const path = paths.get(identity);
  return { key: `${path}.key`, cert: `${path}.crt` };
};

const extension = (name: string, value: string): string[] => ['-addext', `${name}=${value}`];

const selfSigned = (name: string, newKey: readonly string[], ...options: string[]): Identity =>
  make(name, (path) => {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-nodes',
      '-days',
      '30',
      ...options,
      '-keyout',
      `${path}.key`,
      '-out',
      `${path}.crt`,
    );
  });

interface Signed {
  readonly days?: number;
  readonly newKey?: readonly string[];
  readonly signer?: Identity;
  readonly extensions?: string;
}

function signed(
  name: string,
  subjectAltNames: readonly string[],
  { days = 30, newKey = EC_KEY, signer: issuer = authority(), extensions }: Signed = {},
): Identity {
  const ca = filesOf(issuer);
  return make(name, (path) => {
    openssl(
      'req',
      ...newKey,
      '-nodes',
      '-subj',
      `/CN=${name.trim().slice(0, 60).replaceAll('/', ' ')}`,
      '-keyout',
      `${path}.key`,
      '-out',
      `${path}.csr`,
    );
    const usual = `subjectAltName=${subjectAltNames.join(',')}\nbasicConstraints=CA:FALSE\n`;
    writeFileSync(`${path}.ext`, extensions ?? usual);
    const signer = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-extfile', `${path}.ext`];
    openssl('x509', '-req', '-in', `${path}.csr`, ...signer, '-days', String(days), '-out', `${path}.crt`);
  });
}

const made = new Map<string, Identity>();
const paths = new Map<Identity, string>();

const folder = once(() => {
  const created = createTemporaryFolder();
  process.once('exit', () => created[Symbol.dispose]());
  return created.path;
});

function make(name: string, write: (path: string) => void): Identity {
  const known = made.get(name);
  if (known !== undefined) return known;
  const path = join(folder(), name.replaceAll(/[^\w.-]/g, '_'));
  write(path);
  const identity = { key: readFileSync(`${path}.key`, 'utf8'), cert: readFileSync(`${path}.crt`, 'utf8') };
  made.set(name, identity);
  paths.set(identity, path);
  return identity;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
