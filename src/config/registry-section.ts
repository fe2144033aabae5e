// A registry's section in the config file.

import { parseRealmHost } from '../auth/realm-list.ts';
import type { Mirror } from '../check/mirror.ts';
import { parseReference } from '../core/reference.ts';
import { UsageError } from '../core/usage-error.ts';
import type { RegistrySettingName } from './config-file-schema.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import type { Settings } from './setting-parsers.ts';

type RegistrySettings = Partial<Pick<Settings, RegistrySettingName>>;

export interface RegistrySection {
  /** As in a reference. */
  readonly registry: string;
  readonly settings: RegistrySettings;
  /** `caFile of localhost:5000 in kairos-pull.yaml:7` */
  readonly labelOf: (name: RegistrySettingName) => string;
  /** In the order they are tried. */
  readonly mirrors: readonly Mirror[];
  /** The allowed hosts of its token service; unset: any. */
  readonly realms?: readonly string[];
}

/** The validated values of the file. */
export type SectionValues = RegistrySettings & {
  readonly mirrors?: string | readonly string[];
  readonly realms?: string | readonly string[];
};

/** `labelOf`: of a setting, or of the section itself. Throws a UsageError. */
export function readRegistrySection(
  key: string,
  { mirrors = [], realms, ...values }: SectionValues,
  labelOf: (...name: readonly string[]) => string,
  locate: (path: string) => string,
): RegistrySection {
  const parsed = parseReference(`${key}/some/image`);
  if (!parsed.ok || parsed.value.repository !== 'some/image') {
    throw new UsageError(`${labelOf()}: expected a registry such as docker.io or localhost:5000.`);
  }
  const settings = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? locate(value) : value,
  ]);
  return {
    registry: parsed.value.registry,
    settings: Object.fromEntries(settings),
    labelOf,
    mirrors: [mirrors].flat().map((text) => {
      const mirror = parseMirrorLocation(text);
      if (!mirror.ok) throw new UsageError(`${labelOf('mirrors')}: ${mirror.error}`);
      return mirror.value;
    }),
    ...(realms !== undefined && {
      realms: [realms].flat().map((text) => {
        const host = parseRealmHost(text);
        if (!host.ok) throw new UsageError(`${labelOf('realms')}: expected ${host.error}.`);
        return host.value;
      }),
    }),
  };
}
