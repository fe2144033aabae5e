// The settings of the command `monitor`: flag, help, default. Only a list is loaded here, so that --help stays fast.

import { MONITOR_ROLES } from '../monitor/role.ts';
import type { Setting } from './setting.ts';

const RUN = 'Monitor:';
const INSTEAD = 'Instead of monitoring:';

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const MONITOR_SETTINGS = {
  config: { group: RUN, value: 'path', description: 'config file (default: ./kairos-pull.yaml)' },
  listen: {
    group: RUN,
    value: 'host:port',
    description: 'address of dashboard, API and metrics; beyond this machine only with auth (default: 127.0.0.1:8790)',
  },
  store: {
    group: RUN,
    value: 'memory|path|url',
    description: 'where the history is kept; a postgres:// URL for PostgreSQL (default: ./kairos-pull.db)',
  },
  role: {
    group: RUN,
    value: 'role',
    choices: MONITOR_ROLES,
    description:
      'role of this process when several share a PostgreSQL store: worker (checks), web (dashboard), or all (default: all)',
  },
  log: {
    group: RUN,
    value: 'format',
    choices: LOG_FORMATS,
    description: 'text or json (default: text on a terminal, else json)',
  },
  once: { group: INSTEAD, description: 'check every resource once, record it, and exit; exit codes as for check' },
  checkConfig: { group: INSTEAD, description: 'validate the config file and list the resources; no network' },
  demo: { group: INSTEAD, description: 'monitor a built-in registry, with made-up history; no network' },
} as const satisfies Record<string, Setting>;

export type MonitorSettingName = keyof typeof MONITOR_SETTINGS;

export const monitorSettingOf = (name: MonitorSettingName): Setting => MONITOR_SETTINGS[name];
