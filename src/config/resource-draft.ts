// Resources of the monitor before they have ids: what one entry of the configuration expands to.

import { formatReference, parseReference } from '../core/reference.ts';
import type { FoundAt, Target } from '../core/target.ts';
import type {
  HttpResource,
  ImageResource,
  MonitorResource,
  TcpResource,
} from '../monitor/resource/monitor-resource.ts';
import type { MonitorValues, ResourceEntry } from './monitor-schema.ts';
import type { Settings } from './setting-parsers.ts';

type Drafted<T extends MonitorResource> = Omit<T, 'id'> & {
  /** As configured, or made of the name of a Kairos resource. */
  readonly id: string | undefined;
  /** What the id is made of, if not of the target. */
  readonly identity?: string;
};
export type ImageDraft = Drafted<ImageResource>;
export type ResourceDraft = ImageDraft | Drafted<HttpResource> | Drafted<TcpResource>;

/** Values of the file that entries without their own take. */
export interface Defaults {
  readonly intervalMs: number;
  readonly settings: Pick<Settings, 'platform' | 'proof' | 'expect'>;
  /** Paths in the file are relative to the file. */
  readonly locate: (path: string) => string;
}

type EntryOf<Key extends string> = Extract<ResourceEntry, Readonly<Record<Key, unknown>>>;
export type OwnEntry = EntryOf<'image'> | EntryOf<'http'> | EntryOf<'tcp'>;
export type FilesEntry = EntryOf<'files'>;
export type KairosEntry = EntryOf<'kairos'>;
export type KubernetesEntry = EntryOf<'kubernetes'>;

const DEFAULT_INTERVAL_MS = 5 * 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;

export const intervalOf = ({ interval }: MonitorValues): number => interval ?? DEFAULT_INTERVAL_MS;

/** An entry that is a resource itself. */
export function draftOf(entry: OwnEntry, foundAt: FoundAt, defaults: Defaults): ResourceDraft {
  if ('image' in entry) {
    return { ...imageDraft(entry, { text: entry.image, foundAt: [foundAt] }, defaults), id: entry.id };
  }
  return 'tcp' in entry ? tcpDraft(entry, foundAt, defaults) : httpDraft(entry, foundAt, defaults);
}

export function tcpDraft(entry: EntryOf<'tcp'>, foundAt: FoundAt, { intervalMs }: Defaults): ResourceDraft {
  const { host, port } = entry.tcp;
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    kind: 'tcp',
    id: entry.id,
    name: entry.name ?? target,
    group: entry.group ?? null,
    target,
    foundAt: [foundAt],
    host: target.toLowerCase(),
    intervalMs: entry.interval ?? intervalMs,
    isPaused: entry.paused ?? false,
    isMuted: entry.muted ?? false,
    timeoutMs: entry.timeout ?? DEFAULT_TIMEOUT_MS,
  };
}

export function httpDraft(entry: EntryOf<'http'>, foundAt: FoundAt, { intervalMs, locate }: Defaults): ResourceDraft {
  const { authFile, caFile } = entry;
  const { hostname, port, protocol } = new URL(entry.http);
  return {
    kind: 'http',
    id: entry.id,
    name: entry.name ?? entry.http,
    group: entry.group ?? null,
    target: entry.http,
    foundAt: [foundAt],
    host: `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`,
    intervalMs: entry.interval ?? intervalMs,
    isPaused: entry.paused ?? false,
    isMuted: entry.muted ?? false,
    method: entry.method ?? 'GET',
    status: entry.expect?.status ?? [{ from: 200, to: 299 }],
    contains: entry.expect?.contains ?? null,
    headers: entry.headers ?? {},
    authFile: authFile === undefined ? null : locate(authFile),
    timeoutMs: entry.timeout ?? DEFAULT_TIMEOUT_MS,
    caFile: caFile === undefined ? null : locate(caFile),
    insecure: entry.insecure ?? false,
  };
}

/** Of an entry with images: itself, or those of its files. */
export function imageDraft(
  entry: Omit<EntryOf<'image'>, 'image' | 'id'>,
  { text, foundAt, platform }: Target,
  { intervalMs, settings, locate }: Defaults,
): ImageDraft {
  const parsed = parseReference(text);
  const { credentials } = entry;
  return {
    id: undefined,
    kind: 'image',
    name: entry.name ?? text,
    group: entry.group ?? null,
    target: text,
    foundAt,
    // A text that is no reference contacts no host; its check says why.
    host: parsed.ok ? parsed.value.registry : '',
    intervalMs: entry.interval ?? intervalMs,
    isPaused: entry.paused ?? false,
    isMuted: entry.muted ?? false,
    expect: entry.expect ?? settings.expect,
    platforms:
      entry.platform ?? (settings.platform.length > 0 ? settings.platform : [platform].flatMap((one) => one ?? [])),
    proof: entry.proof ?? settings.proof,
    credentials:
      credentials === undefined
        ? null
        : 'authFile' in credentials
          ? { kind: 'auth-file', path: locate(credentials.authFile) }
          : { kind: 'password-file', username: credentials.username, path: locate(credentials.passwordFile) },
    insecure: false,
  };
}

/** What makes two texts the same image. */
export function canonicalOf(text: string): string {
  const parsed = parseReference(text);
  return parsed.ok ? formatReference(parsed.value) : text;
}
