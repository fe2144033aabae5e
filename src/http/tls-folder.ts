// Certificates for one host, as docker and podman store them in certs.d/<host[:port]>/ (containers-certs.d(5)):
//
//   *.crt            authorities to trust for this host, in addition to the usual ones
//   *.cert + *.key   a client certificate and its key, with the same base name

import { readdir as readDirectory } from 'node:fs';
import { extname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import type { Env } from '../core/env.ts';
import { homeDirectory } from '../file/directories.ts';
import { fileProblem } from '../file/file-failure.ts';
import { readFileText, refusePipes } from '../file/read-file.ts';
import { messageOf } from './failure.ts';
import { splitCertificates } from './tls-authority.ts';

const MAX_FILE_BYTES = 1024 * 1024;

const readdir = promisify(readDirectory);

/** PEM texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFolder {
  /** PEM, one certificate each. */
  readonly ca: readonly string[];
  readonly client?: ClientCertificate;
  /** Sentences without a full stop, each naming its file; the other files are used anyway. */
  readonly problems: readonly string[];
}

/** The certs.d directories, in order of precedence. */
export function listTlsFolders(env: Env): readonly string[] {
  const home = homeDirectory(env);
  const config = env.XDG_CONFIG_HOME || (home && join(home, '.config'));
  const folders = [
    home && join(home, '.config', 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    // Rootless docker, then Docker Desktop.
    config && join(config, 'docker', 'certs.d'),
    home && join(home, '.docker', 'certs.d'),
    '/etc/docker/certs.d',
  ];
  return folders.filter((folder) => folder !== undefined);
}

/** Empty if the directory is missing or unreadable: as in podman, that is not a problem. */
export async function readTlsFolder(path: string): Promise<TlsFolder> {
  const names = await readdir(path).catch((error: unknown): string[] => {
    if (fileProblem(error) === undefined) throw error;
    return [];
  });
  const problems: string[] = [];
  const ca: string[] = [];
  let client: ClientCertificate | undefined;

  const read = async (name: string): Promise<string | undefined> => {
    const text = await readFileText(join(path, name), { maxBytes: MAX_FILE_BYTES, refuse: refusePipes });
    if (text.ok) return text.value;
    problems.push(`cannot read ${join(path, name)}: ${text.error.problem}`);
    return undefined;
  };
  const addAuthority = async (name: string): Promise<void> => {
    const text = await read(name);
    const certificates = splitCertificates(text ?? '');
    ca.push(...certificates);
    if (text !== undefined && certificates.length === 0) {
      problems.push(`${join(path, name)} contains no PEM certificate`);
    }
  };
  const readClient = async (certName: string, keyName: string): Promise<ClientCertificate | undefined> => {
    const [cert, key] = [await read(certName), await read(keyName)];
    if (cert === undefined || key === undefined) return undefined;
    try {
      createSecureContext({ cert, key });
      return { cert, key };
    } catch (error) {
      problems.push(`${join(path, certName)} and ${keyName} cannot be used: ${messageOf(error)}`);
      return undefined;
    }
  };

  for (const name of names.sort()) {
    const base = name.slice(0, -extname(name).length);
    const partner = { '.cert': `${base}.key`, '.key': `${base}.cert` }[extname(name)];
    if (extname(name) === '.crt') await addAuthority(name);
    else if (partner !== undefined && !names.includes(partner)) {
      problems.push(
        `${join(path, name)} has no matching ${partner}; docker and podman would refuse to pull (CA files are named *.crt)`,
      );
    } else if (extname(name) === '.cert') client ??= await readClient(name, `${base}.key`);
  }
  return { ca, problems, ...(client !== undefined && { client }) };
}
