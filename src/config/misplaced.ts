// Where an unknown setting belongs, if another part of the config file has it.

import { FILE_SETTING_NAMES, REGISTRY_SETTINGS } from './config-file-schema.ts';
import type { Path } from './mistake.ts';

/** The keys of the `monitor` section. Not from its schema, which a check does not load. */
export const MONITOR_KEYS: readonly string[] = [
  ...['listen', 'store', 'storeEnv', 'storeFile', 'role', 'url', 'auth', 'interval', 'jitter', 'failAfter'],
  ...['recoverAfter', 'retention', 'timeZone', 'kairosMetrics', 'resources', 'notify', 'probe', 'maintenance'],
];

const CREDENTIAL_KEYS = new Set(['username', 'passwordFile', 'authFile']);

/** ` Put it under monitor.`, or '' if no part has it. `path`: from the top of the file; `parent`: what has it. */
export function placeOf(path: Path, parent: unknown): string {
  const key = String(path.at(-1));
  const isTop = path.length === 1;
  if (isTop) return MONITOR_KEYS.includes(key) ? ' Put it under monitor.' : '';
  const [section, list] = path;
  if (section === 'monitor' && CREDENTIAL_KEYS.has(key)) {
    const isResource = list === 'resources' && path.length === 4;
    if (isResource && isOfImages(parent))
      return ` Put it under credentials of the resource: credentials: { ${key}: … }.`;
    if (isResource) return key === 'authFile' ? '' : ' Use authFile.';
    if (key !== 'authFile') return ' Put it under credentials of a resource.';
  }
  if (Object.hasOwn(REGISTRY_SETTINGS, key))
    return ' Put it at the top level of the file, or under registries for one of them.';
  if ((FILE_SETTING_NAMES as readonly string[]).includes(key)) return ' Put it at the top level of the file.';
  return section === 'monitor' && path.length > 2 && MONITOR_KEYS.includes(key) ? ' Put it under monitor.' : '';
}

const isOfImages = (resource: unknown): boolean =>
  typeof resource === 'object' &&
  resource !== null &&
  ['image', 'files', 'kubernetes'].some((kind) => kind in resource);
