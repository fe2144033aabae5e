// A directory of files for one test, removed at its end; as a home directory, with credential helpers on its PATH.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { dockerFolder } from './docker-program.ts';

export interface TemporaryFolder extends Disposable {
  readonly path: string;
  /** Writes a text, bytes, or anything else as JSON; returns the path. */
  write(name: string, content: unknown): string;
}

export function createTemporaryFolder(
  files: Readonly<Record<string, unknown>> = {},
  parent = tmpdir(),
): TemporaryFolder {
  const path = mkdtempSync(join(parent, 'kairos-pull-'));
  const write = (name: string, content: unknown): string => {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    const isBytes = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(file, isBytes ? content : JSON.stringify(content));
    return file;
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Home extends TemporaryFolder {
  /** Makes it the home directory, and leads to no credential elsewhere. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts `docker-credential-<name>` on the PATH. */
  addHelper(name: string, script: string): void;
  /** The lines that helpers wrote to $HOME/asked. */
  readAsked(): string[];
}

export function createHome(files: Readonly<Record<string, unknown>> = {}): Home {
  const folder = createTemporaryFolder(files);
  return {
    ...folder,
    env: {
      HOME: folder.path,
      XDG_RUNTIME_DIR: join(folder.path, 'run'),
      PATH: [join(folder.path, 'bin'), dockerFolder(), '/usr/bin', '/bin'].join(delimiter),
    },
    addHelper: (name, script) => chmodSync(folder.write(`bin/docker-credential-${name}`, script), 0o755),
    readAsked() {
      const file = join(folder.path, 'asked');
      return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    },
  };
}

/** A helper with a credential for every server: user `any`, the server address as password. */
export const ANY_HELPER = `#!/bin/sh
read -r server
echo "$server" >> "$HOME/asked"
printf '{"ServerURL":"%s","Username":"any","Secret":"%s"}' "$server" "$server"
`;

/** A helper that has none. */
export const EMPTY_HELPER = `#!/bin/sh
cat >> "$HOME/asked"; echo >> "$HOME/asked"
echo credentials not found in native keychain
exit 1
`;
