// Writes docs/library-api.md, the reference of the library, from the comments in the sources. `npm run api` installs TypeDoc.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('typedoc/', import.meta.url));
const page = new URL('../docs/library-api.md', import.meta.url);
const out = mkdtempSync(join(tmpdir(), 'kairos-pull-api-'));
const HEAD = `# Library reference

Every export of \`kairos-pull\`, written from the sources by \`npm run api\`. Where to begin: [library.md](library.md).
`;
const INHERITANCE = /^#+ (?:Inherited from|Extends|Overrides)\n\n(?:- )?`(?:Omit|NeverAbsent)[.\\].*\n\n/gm;

try {
  execFileSync(process.execPath, ['node_modules/typedoc/bin/typedoc', '--out', out], { cwd, stdio: 'inherit' });
  const text = readFileSync(join(out, 'README.md'), 'utf8').trim();
  // Types of the sources that are not exported say nothing to a reader.
  writeFileSync(page, `${HEAD}\n${text.replace(INHERITANCE, '')}\n`);
} finally {
  rmSync(out, { recursive: true, force: true });
}
