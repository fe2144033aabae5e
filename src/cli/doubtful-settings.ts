// Settings that are valid but look like a mistake: each gets a warning with a suggestion.

import { MONITOR_SETTINGS } from '../config/monitor-setting.ts';
import { environmentNameOf, SETTING_NAMES } from '../config/setting.ts';
import type { Env } from '../core/env.ts';
import { KNOWN_PLATFORMS, platformDoubt } from '../core/platform.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';

/** Variables that are no settings: credentials, and those for contributors. */
const OTHER_VARIABLES = [
  'KAIROS_PULL_REGISTRY',
  'KAIROS_PULL_USERNAME',
  'KAIROS_PULL_PASSWORD',
  'KAIROS_PULL_DEBUG',
  'KAIROS_PULL_REQUIRE_PROGRAMS',
  'KAIROS_PULL_TEST_BUILD',
];

/** What Kubernetes sets for a Service whose name begins with kairos-pull: `KAIROS_PULL_PORT_80_TCP_ADDR`. */
const OF_A_SERVICE = /_PORT(?:_|$)|_SERVICE_/;

/** `warning: ignoring the unknown environment variable KAIROS_PULL_TIMOUT. Did you mean KAIROS_PULL_TIMEOUT?` */
export function unknownVariables(env: Env): string[] {
  const names = [...SETTING_NAMES, ...Object.keys(MONITOR_SETTINGS)].map(environmentNameOf);
  const known = [...names, ...OTHER_VARIABLES];
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('KAIROS_PULL_') && Boolean(value) && !known.includes(name))
    .filter(([name]) => !OF_A_SERVICE.test(name))
    .map(([name]) => {
      const shown = cleanText(name, 80);
      return `warning: ignoring the unknown environment variable ${shown}.${suggestName(name, known)}`;
    });
}

/** The common beginning says nothing about how similar two names are. */
function suggestName(name: string, known: readonly string[]): string {
  const ends = known.map((one) => one.slice('KAIROS_PULL_'.length).toLowerCase());
  const found = suggest(name.slice('KAIROS_PULL_'.length), ends);
  return found.replace(/(?<=mean )[a-z_0-9]+/, (end) => `KAIROS_PULL_${end.toUpperCase()}`);
}

/** `warning: --platform: linux/amd46 has an unknown architecture. Did you mean linux/amd64?` */
export const unknownPlatforms = (platforms: readonly string[], label: string): string[] =>
  platforms.flatMap((text) => {
    const doubt = platformDoubt(text);
    if (doubt === undefined) return [];
    return [`warning: ${label}: "${cleanText(text, 60)}" ${doubt}.${suggest(text, KNOWN_PLATFORMS)}`];
  });
