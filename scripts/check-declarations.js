// Whether the declarations of the package resolve as its modules do: attw, for ES modules and bundlers. Needs dist/.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-pack-'));
try {
  // `attw --pack` would build again.
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: root, shell: process.platform === 'win32' });
  const [tarball] = readdirSync(folder);
  execFileSync(process.execPath, [attw, join(folder, tarball), '--profile', 'esm-only'], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
