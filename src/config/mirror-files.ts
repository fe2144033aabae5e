// Mirrors from the files of container runtimes: containerd's certs.d directory or a hosts.toml in it, podman's
// registries.conf or a directory of its drop-ins.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MirrorRule } from '../check/mirror.ts';
import { UsageError } from '../core/usage-error.ts';
import { absolutePath } from '../file/directories.ts';
import { readHostsToml } from './hosts-toml.ts';
import { readRegistriesConf } from './registries-conf.ts';
import type { UserFiles } from './user-files.ts';

const HOSTS = 'hosts.toml';

/** `label`: the setting that named the path. The first of two rules for the same images wins. Throws a UsageError. */
export async function readMirrorFiles(path: string, label: string, files: UserFiles): Promise<readonly MirrorRule[]> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined) return readMirrorFile(path, label, files);
  const candidates = names.flatMap((name) =>
    name.endsWith('.conf') || name === HOSTS ? [join(path, name)] : [join(path, name, HOSTS)],
  );
  const exists = await Promise.all(candidates.map(isFile));
  // The last drop-in wins, as in podman.
  const paths = candidates
    .filter((_, index) => exists[index])
    .sort()
    .reverse();
  if (paths.length === 0) throw new UsageError(`${label}: ${path} contains neither ${HOSTS} nor *.conf.`);
  return (await Promise.all(paths.map((file) => readMirrorFile(file, label, files)))).flat();
}

async function readMirrorFile(path: string, label: string, files: UserFiles): Promise<readonly MirrorRule[]> {
  const text = await files.text(path, label);
  if (basename(path) !== HOSTS) return readRegistriesConf(text, path);
  return [await readHostsToml(text, registryOfDirectory(basename(dirname(absolutePath(path)))), path, files)];
}

/** containerd's directories: `docker.io`, `localhost_5000_` or `localhost:5000`, `_default` for all others. */
function registryOfDirectory(name: string): string {
  return name === '_default' ? '*' : name.replace(/_(\d+)_$/, ':$1');
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
