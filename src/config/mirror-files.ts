// Mirrors as the runtimes of a node have them in files: containerd's certs.d folder or one hosts.toml of it, podman's
// registries.conf or a folder of its drop-ins.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MirrorRule } from '../check/mirror.ts';
import { UsageError } from '../core/usage-error.ts';
import { absolutePath } from '../file/directories.ts';
import { readHostsToml } from './hosts-toml.ts';
import type { NamedFiles } from './named-file.ts';
import { readRegistriesConf } from './registries-conf.ts';

const HOSTS = 'hosts.toml';

/** `label`: who named the path. Of two rules for the same images the first counts. Throws a UsageError. */
export async function readMirrorFiles(path: string, label: string, named: NamedFiles): Promise<readonly MirrorRule[]> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return readMirrorFile(path, label, named);
  const candidates = names.flatMap((name) =>
    name.endsWith('.conf') || name === HOSTS ? [join(path, name)] : [join(path, name, HOSTS)],
  );
  const isThere = await Promise.all(candidates.map(isFile));
  // The last drop-in counts, as in podman.
  const files = candidates
    .filter((_, index) => isThere[index])
    .sort()
    .reverse();
  if (files.length === 0) throw new UsageError(`${label}: ${path} holds neither ${HOSTS} nor *.conf.`);
  return (await Promise.all(files.map((file) => readMirrorFile(file, label, named)))).flat();
}

async function readMirrorFile(path: string, label: string, named: NamedFiles): Promise<readonly MirrorRule[]> {
  const text = await named.text(path, label);
  if (basename(path) !== HOSTS) return readRegistriesConf(text, path);
  return [await readHostsToml(text, registryOfFolder(basename(dirname(absolutePath(path)))), path, named)];
}

/** containerd's folders: `docker.io`, `localhost_5000_` or `localhost:5000`, `_default` for all others. */
function registryOfFolder(name: string): string {
  return name === '_default' ? '*' : name.replace(/_(\d+)_$/, ':$1');
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
