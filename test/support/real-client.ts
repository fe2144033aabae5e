// A real registry client: skopeo, which pushes the test images and whose pull our verdict must agree with.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, type Ran, runProgram } from './real-program.ts';
import type { RealRegistry } from './real-registry.ts';

export interface RealClient {
  /** A temporary folder: skopeo's home, and free for the test's own files. The test removes it. */
  readonly home: string;
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** Pushes `source` (from `writeImageLayout`), an index with every child, as `name`, such as `busybox:1`. */
  push(source: string, registry: RealRegistry, name: string, format?: 'oci' | 'v2s2'): Promise<void>;
  /** The digest a pull of `image` resolves to, by skopeo's own reckoning. */
  inspectDigest(image: string): Promise<string>;
  /** Pulls `image` and throws it away; with `all`, every child of an index. */
  pull(image: string, options?: { all?: boolean; architecture?: string }): Promise<Ran>;
}

export function createRealClient(): RealClient {
  const home = mkdtempSync(join(tmpdir(), 'kairos-pull-client-'));
  // Nothing of the person's, and the blob cache, which root has in /var/lib, in the home as well.
  const env = { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, _CONTAINERS_ROOTLESS_UID: '1000' };
  // Debian's policy file may be missing or strict; what is signed is not our subject.
  const skopeo = (...args: readonly string[]) => ['--insecure-policy', ...args];

  return {
    home,
    run: (args, stdin = '') => runProgram('skopeo', skopeo(...args), { env, stdin }),
    async push(source, registry, name, format = 'oci') {
      const login = ['--dest-creds', `${registry.username}:${registry.password}`, '--dest-tls-verify=false'];
      const copy = skopeo('copy', '--all', '--format', format, ...login, source, `docker://${registry.name}/${name}`);
      await mustRun('skopeo', copy, { env });
    },
    async inspectDigest(image) {
      const inspect = skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${image}`);
      return (await mustRun('skopeo', inspect, { env })).trim();
    },
    pull(image, { all = false, architecture = 'amd64' } = {}) {
      const platform = ['--override-os', 'linux', '--override-arch', architecture];
      const target = `dir:${mkdtempSync(join(home, 'pulled-'))}`;
      const copy = ['copy', ...(all ? ['--all'] : []), '--src-tls-verify=false', `docker://${image}`, target];
      return runProgram('skopeo', skopeo(...platform, ...copy), { env });
    },
  };
}
