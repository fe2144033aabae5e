// What the monitor runs with: its flags, environment and config file in one, and what must be true before it starts.

import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { isLoopbackHost } from '../http/address.ts';
import type { MonitorOptions } from '../monitor/monitor-options.ts';
import { MONITOR_ROLES, type MonitorRole } from '../monitor/role.ts';
import { formatStore, isDatabaseUrl, isMemory, type StoreSetting } from '../monitor/store/store-setting.ts';
import type { AuthOptions, ListenAddress } from '../monitor/web/web-options.ts';
import type { MonitorConfig } from './monitor-config.ts';
import type { MonitorValues } from './monitor-schema.ts';
import { LOG_FORMATS, type LogFormat, type MonitorSettingName, monitorSettingOf } from './monitor-setting.ts';
import { parseFilePath, parseListen } from './monitor-values.ts';
import { findValue, type SettingInputs } from './resolve.ts';
import { parseOneOf, parseSwitch } from './setting-parsers.ts';
import { createUserFiles } from './user-files.ts';

export const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 8790 };
const DEFAULT_STORE = './kairos-pull.db';

interface Chosen<T> {
  readonly value: T;
  /** `--listen`, `KAIROS_PULL_LISTEN` */
  readonly label: string;
}

/** The settings of flags and environment. */
export interface MonitorChoice {
  readonly listen: Chosen<ListenAddress> | undefined;
  readonly store: Chosen<string> | undefined;
  readonly role: Chosen<MonitorRole> | undefined;
  readonly log: LogFormat | undefined;
  readonly mode: 'serve' | 'once' | 'check-config' | 'demo';
}

/** Throws a UsageError for an invalid value. */
export function readMonitorChoice(inputs: SettingInputs): MonitorChoice {
  const read = <T>(name: MonitorSettingName, parse: (text: string) => Outcome<T, string>): Chosen<T> | undefined => {
    const { source, raw } = findValue(name, monitorSettingOf(name), inputs);
    if (typeof raw !== 'string') return undefined;
    const parsed = parse(raw);
    if (!parsed.ok) throw new UsageError(`${source.label}: ${parsed.error}`);
    return { value: parsed.value, label: source.label };
  };
  const modes = (['once', 'checkConfig', 'demo'] as const).flatMap((name) => {
    const chosen = read(name, parseSwitch);
    return chosen?.value ? [{ name, label: chosen.label }] : [];
  });
  const [mode, other] = modes;
  if (mode !== undefined && other !== undefined) {
    throw new UsageError(`${mode.label} cannot be combined with ${other.label}.`);
  }
  return {
    listen: read('listen', parseListen),
    store: read('store', parseStorePlace),
    role: read('role', parseOneOf(MONITOR_ROLES)),
    log: read('log', parseOneOf(LOG_FORMATS))?.value,
    mode: mode === undefined ? 'serve' : mode.name === 'checkConfig' ? 'check-config' : mode.name,
  };
}

const parseStorePlace = (text: string): Outcome<string, string> =>
  parseFilePath(text).ok ? success(text) : failure('expected memory, a path or a postgres:// URL.');

/** Throws a UsageError for an unset variable, an unreadable file, or an address that needs auth. */
export async function resolveMonitorOptions(
  choice: Pick<MonitorChoice, 'listen' | 'store' | 'role'>,
  config: MonitorConfig,
  env: Env,
): Promise<Omit<MonitorOptions, 'plan'>> {
  const { values, labelOf } = config.section;
  const listen = choice.listen?.value ?? values.listen ?? DEFAULT_LISTEN;
  const auth = values.auth === undefined ? null : await readAuth(values.auth, config);
  if (auth === null && !isLoopbackHost(listen.host)) {
    const label = choice.listen?.label ?? labelOf(['listen']);
    const address = formatAddress(listen);
    throw new UsageError(
      `${label}: other machines can reach ${address}, and nothing protects it; set auth, or listen on 127.0.0.1:${listen.port}.`,
    );
  }
  const store = await readStore(choice.store, config, env);
  const role = choice.role?.value ?? values.role ?? 'all';
  if (role !== 'all' && !isDatabaseUrl(store.location)) {
    const label = choice.role?.label ?? labelOf(['role']);
    throw new UsageError(
      `${label}: the role ${role} needs a store that several processes share, and ${formatStore(store.location)} has one; set the store to a postgres:// URL, or use the role all.`,
    );
  }
  return { listen, store, role, auth, url: values.url ?? null };
}

/** `127.0.0.1:8790`, `[::1]:8790` */
export const formatAddress = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

async function readAuth(
  { bearerTokenFile, basicFile, publicRead = false }: NonNullable<MonitorValues['auth']>,
  { section: { labelOf }, locate }: MonitorConfig,
): Promise<AuthOptions> {
  const files = createUserFiles();
  const read = async (key: string, path: string | undefined): Promise<string | null> => {
    if (path === undefined) return null;
    const label = labelOf(['auth', key]);
    const text = await files.text(locate(path), label);
    if (text.trim() === '') throw new UsageError(`${label}: ${cleanText(hideUserinfo(path))} is empty.`);
    return locate(path);
  };
  return {
    bearerTokenFile: await read('bearerTokenFile', bearerTokenFile),
    basicFile: await read('basicFile', basicFile),
    publicRead,
  };
}

/** One that is not named may be replaced by memory. */
export async function readStore(
  chosen: Chosen<string> | undefined,
  { section: { values, labelOf }, locate }: MonitorConfig,
  env: Env,
): Promise<StoreSetting> {
  const { store, storeEnv, storeFile } = values;
  if (chosen !== undefined) return { location: chosen.value, isNamed: true };
  if (storeEnv !== undefined) {
    const location = env[storeEnv]?.trim();
    if (location) return { location, isNamed: true };
    throw new UsageError(`${labelOf(['storeEnv'])}: the environment variable ${storeEnv} is not set.`);
  }
  if (storeFile !== undefined) {
    const location = (await createUserFiles().text(locate(storeFile), labelOf(['storeFile']))).trim();
    if (location !== '') return { location, isNamed: true };
    throw new UsageError(`${labelOf(['storeFile'])}: ${cleanText(hideUserinfo(storeFile))} is empty.`);
  }
  if (store === undefined) return { location: DEFAULT_STORE, isNamed: false };
  const isPath = !isMemory(store) && !store.includes('://');
  return { location: isPath ? locate(store) : store, isNamed: true };
}
