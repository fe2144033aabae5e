// The environment variables that the code reads, found in its text.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../pipeline/project-file.ts';

/** Upper-case names in code that reads an environment: `env.NAME`, `{ NAME }: Env`, `{ NAME } = env`, and names in quotes. */
export function variablesInCode(): string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.flatMap((name) => {
    const text = readFileSync(join(ROOT, 'src', name), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '');
    const direct = [...text.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)].map(([, found = '']) => found);
    const taken = [...text.matchAll(/\{([^{}]*)\}(?:: Env\b| = env\b)/g)].flatMap(
      ([, list = '']) => list.match(/\b[A-Z][A-Z_]{3,}\b/g) ?? [],
    );
    const quoted =
      /\bEnv\b/.test(text) && !name.includes('dotenv')
        ? [...text.matchAll(/'((?:[A-Z]+_)+(?:PROXY|FILE|DIR|CERTS))'/g)].map(([, found = '']) => found)
        : [];
    return [...direct, ...taken, ...quoted];
  });
}
