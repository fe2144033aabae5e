// Reads the config file of the monitor: the one that the user named, or kairos-pull.yaml of the working directory, which
// counts as named.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { parseYamlFile } from '../input/yaml.ts';
import type { ListenAddress } from '../monitor/web/web-options.ts';
import { CONFIG_NAMES, type ConfigFile, locateFrom, namedConfigFile } from './config-file.ts';
import { type MonitorSection, readMonitorSection } from './monitor-section.ts';
import { parseListen } from './monitor-values.ts';
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

/** What needs the file: without one, each has its own remedy. */
export type ConfigUse = 'run' | 'health' | 'export';

const EXAMPLE = ['monitor:', '  interval: 5m', '  resources:', '    - image: nginx:1.27'];

const REMEDIES: Readonly<Record<ConfigUse, readonly [remedy: string, ...examples: string[]]>> = {
  run: [
    'Write one such as this, name another with --config, or look at the demo with kairos-pull monitor --demo:',
    ...EXAMPLE,
  ],
  health: [
    'Name the address of the monitor, or its config file:',
    'kairos-pull monitor health --listen 127.0.0.1:8790',
    'kairos-pull monitor health --config /etc/kairos-pull.yaml',
  ],
  export: [
    'Name the config file of the monitor:',
    'kairos-pull monitor export backup.db --config /etc/kairos-pull.yaml',
  ],
};

/** `cwd`: undefined if the working directory was removed. Throws a UsageError if there is none. */
export function locateMonitorConfig(
  inputs: SettingInputs,
  cwd: string | undefined,
  use: ConfigUse = 'run',
): ConfigPlace {
  const named = namedConfigFile(inputs);
  if (named !== undefined) {
    const path = cwd === undefined ? named.path : resolve(cwd, named.path);
    return { ...named, path, name: cleanText(hideUserinfo(named.path)), locate: locateFrom(path, cwd) };
  }
  const name = CONFIG_NAMES.find((candidate) => cwd !== undefined && existsSync(join(cwd, candidate)));
  if (name === undefined || cwd === undefined) {
    const [remedy, ...examples] = REMEDIES[use];
    throw new UsageError(`there is no ${CONFIG_NAMES[0]} in this directory. ${remedy}`, ...examples);
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

/** The address in a file that may have mistakes elsewhere. `isReadable`: whether the file says where the monitor listens. */
export function findListen(text: string): { readonly isReadable: boolean; readonly listen: ListenAddress | undefined } {
  const unreadable = { isReadable: false, listen: undefined };
  const { roots, problems } = parseYamlFile(text);
  const [root] = roots;
  if (problems.length > 0 || roots.length > 1 || root?.kind !== 'map') return unreadable;
  const section = root.entries.get('monitor');
  if (section?.kind !== 'map') return unreadable;
  const node = section.entries.get('listen');
  // Without the key, the monitor listens on the default address.
  if (node === undefined) return { isReadable: true, listen: undefined };
  const address = node.kind === 'scalar' ? parseListen(String(node.value)) : undefined;
  return address?.ok ? { isReadable: true, listen: address.value } : unreadable;
}
