// What the config file says of one registry.

import { parseRealmHost } from '../auth/realm-list.ts';
import type { Mirror } from '../check/mirror.ts';
import { parseReference } from '../core/reference.ts';
import { UsageError } from '../core/usage-error.ts';
import type { RegistrySettingName } from './file-shape.ts';
import { parseMirrorLocation } from './mirror-location.ts';

interface RegistrySettings {
  readonly plainHttp?: boolean;
  readonly insecure?: boolean;
  readonly caFile?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface RegistrySection {
  /** As a Reference names it. */
  readonly registry: string;
  readonly settings: RegistrySettings;
  /** Where a setting stands: `caFile of localhost:5000 in kairos-pull.yaml:7`. */
  readonly labelOf: (name: RegistrySettingName) => string;
  /** The first is asked first. */
  readonly mirrors: readonly Mirror[];
  /** The hosts that its token service may have; unset: any. */
  readonly realms?: readonly string[];
}

/** As the shape of the file lets it through. */
export type SectionValues = RegistrySettings & {
  readonly mirrors?: string | readonly string[];
  readonly realms?: string | readonly string[];
};

/** `labelOf`: where a setting of the section stands, or the section itself. Throws a UsageError. */
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
