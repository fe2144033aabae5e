// The rows of the witness suite: what a registry does, who pulls from it, what the check says, and why where they differ.

import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import type { ClientName, PullOptions } from './client.ts';

/** What a row builds, and where. All of it ends with the row. */
export interface Scene {
  startRegistry(options?: EmbeddedRegistryOptions): Promise<EmbeddedRegistry>;
  /** Any other server. */
  use<T extends AsyncDisposable>(server: Promise<T>): Promise<T>;
  /** Writes a file below a temporary directory; returns its path. */
  write(name: string, text: string): string;
  /** Called before every client, for servers that remember. */
  onNextClient(reset: () => void): void;
}

/** What is pulled and checked. */
export interface Prepared extends PullOptions {
  readonly image: string;
  /** More arguments of the check. */
  readonly args?: readonly string[];
}

export interface Situation {
  /** What the registry does, as a phrase; unique. */
  readonly name: string;
  prepare(scene: Scene): Promise<Prepared>;
  /** The clients that pull it; every other fails. */
  readonly pulls: 'all' | readonly ClientName[];
  /** The clients that have no such setting, or whose versions differ: not compared. */
  readonly without?: readonly ClientName[];
  /** `pullable`, or the reason and its cause. */
  readonly says: string;
  /** The codes of the warnings. */
  readonly warns?: readonly string[];
  /** Why the check differs from a client: a sentence. Required where it does. */
  readonly why?: string;
}

export interface Group {
  /** A heading of docs/truth.md. */
  readonly title: string;
  readonly rows: readonly Situation[];
}

/** Most rows: one registry with one change. */
export const atRegistry =
  (put: (registry: EmbeddedRegistry) => undefined | readonly string[]): Situation['prepare'] =>
  async ({ startRegistry }) => {
    const registry = await startRegistry();
    const args = put(registry) ?? [];
    return { image: `${registry.name}/team/app:v1`, args };
  };

export const isManifest = ({ path }: LoggedRequest): boolean => path.includes('/manifests/');

export function createScene(): Scene & { nextClient(): void } & AsyncDisposable {
  const folder = createTemporaryFolder();
  const servers: AsyncDisposable[] = [];
  const resets: (() => void)[] = [];
  async function use<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    servers.push(server);
    return server;
  }
  return {
    use,
    startRegistry: (options) => use(startRegistry(options)),
    write: folder.write,
    onNextClient: (reset) => resets.push(reset),
    nextClient: () => {
      for (const reset of resets) reset();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      folder[Symbol.dispose]();
    },
  };
}
