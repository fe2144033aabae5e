// `monitor export`: a copy of the history, also from the monitor that is running; and how to reach that monitor.

import { createWriteStream, existsSync, statSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { readConfigText } from '../config/config-file.ts';
import { locateMonitorConfig, type MonitorConfig, parseMonitorConfig } from '../config/monitor-config.ts';
import { DEFAULT_LISTEN, formatAddress, type MonitorChoice, readStore } from '../config/monitor-options.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { cleanText } from '../core/text.ts';
import { isUsageError, UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { fileProblem } from '../file/file-failure.ts';
import { openStore } from '../monitor/store/open-store.ts';
import { formatStore, isDatabaseUrl, isMemory } from '../monitor/store/store-setting.ts';
import type { ListenAddress } from '../monitor/web/web-options.ts';
import type { Io } from './io.ts';
import { sentence } from './open-monitor.ts';
import type { Flags } from './program.ts';

/** Throws a UsageError if there is nothing to copy, or the file exists. */
export async function exportStore(path: string, flags: Flags, choice: MonitorChoice, io: Io): Promise<ExitCode> {
  try {
    return await writeCopy(path, flags, choice, io);
  } catch (error) {
    // The help says nothing about a store or a path.
    throw isUsageError(error) ? withoutHelp(error) : error;
  }
}

async function writeCopy(path: string, flags: Flags, choice: MonitorChoice, io: Io): Promise<ExitCode> {
  const directory = dirname(path);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`cannot write ${shown(path)}: ${shown(directory)} is not a directory.`);
  }
  if (existsSync(path)) throw new UsageError(`${shown(path)} exists; name a new file.`);
  const config = await readConfig(flags, io);
  const { location } = await readStore(choice.store, config, io.env);
  if (isDatabaseUrl(location)) {
    throw new UsageError(`${formatStore(location)} is a database; copy it with pg_dump --schema=kairos_pull.`);
  }
  const fetchCopy = (why: string): Promise<void> => download(path, why, config, choice, io);
  if (isMemory(location)) {
    await fetchCopy('the store is memory, and');
  } else if (!existsSync(location)) {
    const absent = `there is no store at ${shown(location)}`;
    if (choice.store !== undefined) throw new UsageError(`${absent}.`);
    // The monitor may have been started with another one.
    await fetchCopy(`${absent}, and`);
  } else {
    const opened = await openStore({ location, isNamed: true });
    if (opened.ok) {
      const copied = await opened.value.store.backupTo(path);
      await opened.value.store.close();
      if (!copied.ok) throw new UsageError(sentence(copied.error.message));
    } else {
      if (opened.error.kind !== 'in-use') throw new UsageError(sentence(opened.error.message));
      await fetchCopy('the store is in use, but');
    }
  }
  io.stderr.writeLines(`The history was written to ${shown(path)}.`);
  return EXIT.ok;
}

/** Copies from the running monitor. If none responds, the message begins with `why`, the reason for asking it. */
async function download(
  path: string,
  why: string,
  { section, locate }: MonitorConfig,
  choice: MonitorChoice,
  io: Io,
): Promise<void> {
  const { values } = section;
  const listen = choice.listen?.value ?? values.listen ?? DEFAULT_LISTEN;
  if (listen.port === 0) throw new UsageError(`${why} ${FREE_PORT}`);
  const origin = originOf(listen);
  const tokenFile = values.auth?.bearerTokenFile;
  const token = tokenFile === undefined ? undefined : (await readFile(locate(tokenFile), 'utf8')).trim();
  const headers = { 'x-kairos-pull': '1', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${origin}/api/v1/export`, { method: 'POST', headers, signal: io.interruption }).catch(
    (error: unknown) => {
      throw new UsageError(`${why} no monitor responds at ${origin}: ${problemOf(error)}.`);
    },
  );
  if (!response.ok || response.body === null) {
    const remedy = response.status === 401 ? '; export needs auth.bearerTokenFile in the config file' : '';
    const { detail = '' } = (await response.json().catch(() => ({}))) as { readonly detail?: string };
    // The monitor says why it has no copy.
    if (response.status === 503 && detail !== '') throw new UsageError(`${origin}: ${cleanText(detail)}`);
    throw new UsageError(
      `${origin} refused the export with status ${response.status}${remedy}. ${capitalize(cleanText(detail))}`.trim(),
    );
  }
  const partial = `${path}.partial`;
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, createWriteStream(partial, { mode: 0o600 }), { signal: io.interruption });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw io.interruption.aborted
      ? error
      : new UsageError(`cannot write ${shown(path)}: ${fileProblem(error) ?? problemOf(error)}.`);
  }
}

async function readConfig(flags: Flags, { env, cwd, interruption }: Io): Promise<MonitorConfig> {
  const place = locateMonitorConfig({ flags, env }, cwd(), 'export');
  return parseMonitorConfig(await readConfigText(place, interruption), place);
}

export const FREE_PORT = 'the monitor listens on a free port; pass --listen with its address, as in its log.';

/** Of this machine: what listens everywhere is asked on its loopback address. */
export function originOf({ host, port }: ListenAddress): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${formatAddress({ host: own, port })}`;
}

const shown = (path: string): string => cleanText(hideUserinfo(path), 300);

export function problemOf(error: unknown, timeoutMs = 0): string {
  const { cause, message, name } = error as Error & { readonly cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `no response within ${timeoutMs / 1000} s`;
  if (cause?.code === 'ECONNREFUSED') return 'connection refused: no monitor listens there';
  return cleanText(cause?.code ?? cause?.message ?? message);
}

export const withoutHelp = (error: UsageError): UsageError => Object.assign(error, { refersToHelp: false });

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
