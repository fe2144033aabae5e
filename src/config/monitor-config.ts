// Reads the config file of the monitor: the one that the user named, or kairos-pull.yaml of the working directory, which
// counts as named.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { CONFIG_NAMES, type ConfigFile, locateFrom, namedConfigFile } from './config-file.ts';
import { type MonitorSection, readMonitorSection } from './monitor-section.ts';
import { parseConfig } from './parse-config.ts';
import type { SettingInputs } from './resolve.ts';

export interface MonitorConfig extends ConfigFile {
  readonly section: MonitorSection;
  /** Resolves a path in the file. */
  readonly locate: (path: string) => string;
}

export interface ConfigPlace {
  readonly path: string;
  /** As in messages. */
  readonly name: string;
  readonly label: string | undefined;
  readonly locate: (path: string) => string;
}

/** `cwd`: undefined if the working directory was removed. Throws a UsageError if there is none. */
export function locateMonitorConfig(inputs: SettingInputs, cwd: string | undefined): ConfigPlace {
  const named = namedConfigFile(inputs);
  if (named !== undefined) {
    const path = cwd === undefined ? named.path : resolve(cwd, named.path);
    return { ...named, path, name: cleanText(hideUserinfo(named.path)), locate: locateFrom(path, cwd) };
  }
  const name = CONFIG_NAMES.find((candidate) => cwd !== undefined && existsSync(join(cwd, candidate)));
  if (name === undefined || cwd === undefined) {
    throw new UsageError(
      `there is no ${CONFIG_NAMES[0]} in this directory. Name a config file, or look at the demo:`,
      'kairos-pull monitor --config /etc/kairos-pull.yaml',
      'kairos-pull monitor --demo',
    );
  }
  const path = join(cwd, name);
  return { path, name, label: undefined, locate: locateFrom(path, cwd) };
}

/** Throws a UsageError with every mistake. */
export function parseMonitorConfig(text: string, { name, locate }: Omit<ConfigPlace, 'path' | 'label'>): MonitorConfig {
  let section: MonitorSection | undefined;
  const config = parseConfig(text, {
    name,
    locate,
    readMonitor: (source) => {
      const read = readMonitorSection(source, name);
      if ('mistakes' in read) return read.mistakes;
      section = read;
      return [];
    },
  });
  if (section === undefined) {
    throw new UsageError(`${name} has no monitor section, for example:`, ...EXAMPLE);
  }
  return { name, locate, ...config, section };
}

const EXAMPLE = ['monitor:', '  interval: 5m', '  resources:', '    - image: nginx:1.27'];
