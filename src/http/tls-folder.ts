// The certificates of one host as docker and podman keep them, in certs.d/<host[:port]>/ (containers-certs.d(5)):
//
//   *.crt            authorities to trust for this host, besides the usual ones
//   *.cert + *.key   a client certificate and its key, of one name

import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { fileProblem } from '../core/file-problem.ts';
import { homeFolder } from '../file/own-folders.ts';
import { readFileText, refusePipes } from '../file/read-file.ts';
import { certificatesIn } from './pem.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** PEM texts. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFolder {
  /** One certificate each. */
  readonly ca: readonly string[];
  readonly client?: ClientCertificate;
  /** Sentences without a full stop, each naming its file; what could be read is used all the same. */
  readonly problems: readonly string[];
}

/** Where the folders of all hosts are kept; an earlier one speaks first. */
export function listTlsFolders(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const home = homeFolder(env);
  const config = env.XDG_CONFIG_HOME || (home && join(home, '.config'));
  const folders = [
    home && join(home, '.config', 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    // docker without root, then Docker Desktop.
    config && join(config, 'docker', 'certs.d'),
    home && join(home, '.docker', 'certs.d'),
    '/etc/docker/certs.d',
  ];
  return folders.filter((folder) => folder !== undefined);
}

/** Empty where there is no such folder, or none that we may look into: as in podman, that is not worth a word. */
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
    const certificates = certificatesIn(text ?? '');
    ca.push(...certificates);
    if (text !== undefined && certificates.length === 0) {
      problems.push(`${join(path, name)} holds no certificate in PEM form`);
    }
  };
  const readClient = async (certName: string, keyName: string): Promise<ClientCertificate | undefined> => {
    const [cert, key] = [await read(certName), await read(keyName)];
    if (cert === undefined || key === undefined) return undefined;
    try {
      createSecureContext({ cert, key });
      return { cert, key };
    } catch (error) {
      problems.push(`${join(path, certName)} and ${keyName} cannot be used: ${(error as Error).message}`);
      return undefined;
    }
  };

  for (const name of names.sort()) {
    const base = name.slice(0, -extname(name).length);
    const partner = { '.cert': `${base}.key`, '.key': `${base}.cert` }[extname(name)];
    if (extname(name) === '.crt') await addAuthority(name);
    else if (partner !== undefined && !names.includes(partner)) {
      problems.push(
        `${join(path, name)} has no ${partner} beside it, so docker and podman refuse to pull (authorities are named *.crt)`,
      );
    } else if (extname(name) === '.cert') client ??= await readClient(name, `${base}.key`);
  }
  return { ca, problems, ...(client !== undefined && { client }) };
}
