// The files beside a Compose file that Compose reads together with it: compose-go's cli/options.go.
//
// Without -f, Compose reads the first default file and merges the first override over it. A file such as
// compose.prod.yaml is passed with -f after the file that it changes.

import { basename } from 'node:path';
import type { ComposeFile } from './compose-project.ts';
import type { ExtractOptions } from './extractor.ts';

const DEFAULT_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = DEFAULT_FILES.map((name) => name.replace('.y', '.override.y'));
const PART = /^(docker-compose|compose)[.-].+\.ya?ml$/i;

type Options = Pick<ExtractOptions, 'readFile' | 'readsToo'>;

/** The override that Compose merges over the file. */
export async function overrideOf(source: string, options: Options): Promise<ComposeFile | undefined> {
  const name = basename(source);
  if (!DEFAULT_FILES.includes(name)) return undefined;
  const earlier = DEFAULT_FILES.slice(0, DEFAULT_FILES.indexOf(name));
  // Compose takes the first only.
  if ((await openFirst(earlier, options)) !== undefined) return undefined;
  return openFirst(OVERRIDES, options);
}

/** The file that a file such as compose.prod.yaml changes. */
export async function baseOf(source: string, options: Options): Promise<ComposeFile | undefined> {
  const [, prefix] = PART.exec(basename(source)) ?? [];
  if (prefix === undefined) return undefined;
  const own = DEFAULT_FILES.filter((name) => name.startsWith(prefix.toLowerCase()));
  return openFirst([...own, ...DEFAULT_FILES.filter((name) => !own.includes(name))], options);
}

/** The first that exists, if the user passed it. */
async function openFirst(names: readonly string[], { readFile, readsToo }: Options): Promise<ComposeFile | undefined> {
  for (const path of names) {
    if (readsToo?.(path) !== true) continue;
    const file = await readFile(path);
    if (file !== undefined && 'text' in file) return { path, ...file };
  }
  return undefined;
}
