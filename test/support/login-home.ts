// A temporary home folder with config files and helper programs, and the environment that leads there and nowhere else.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface LoginHome extends Disposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the home folder, as JSON unless it is a text; answers with its path. */
  write(path: string, content: unknown): string;
  /** Puts `docker-credential-<name>` on the PATH. */
  addHelper(name: string, script: string): void;
  /** The lines helpers wrote to $HOME/asked. */
  readAsked(): string[];
}

/** A helper that has a login for every server: user `any`, the server address as password. */
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

export function createLoginHome(files: Readonly<Record<string, unknown>> = {}): LoginHome {
  const folder = mkdtempSync(join(tmpdir(), 'kp-home-'));
  const write = (path: string, content: unknown): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    folder,
    env: {
      HOME: folder,
      XDG_RUNTIME_DIR: join(folder, 'run'),
      PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter),
    },
    write,
    addHelper(name, script) {
      chmodSync(write(`bin/docker-credential-${name}`, script), 0o755);
    },
    readAsked() {
      const file = join(folder, 'asked');
      return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
