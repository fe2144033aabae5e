// Copies a package and what it depends on, as npm installed them, each with its license: for the container image.
//   node scripts/copy-package.js pg build-driver   build-driver/node_modules/pg, and the packages that it needs

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, target] = process.argv.slice(2);
if (name === undefined || target === undefined) throw new Error('usage: copy-package.js <package> <directory>');
const copied = new Set();

/** `from`: the folder of the package that needs it. One that is nested comes along with that package. */
function copy(name, from) {
  const nested = join(from, 'node_modules', name);
  const folder = from !== root && existsSync(nested) ? nested : join(root, 'node_modules', name);
  if (copied.has(folder)) return;
  copied.add(folder);
  if (folder !== nested || from === root) {
    cpSync(folder, join(target, 'node_modules', name), { recursive: true, dereference: true });
  }
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const other of Object.keys(dependencies)) copy(other, folder);
}

copy(name, root);
