// The hint for a required platform that is probably misspelled: nothing should be built for it.

import { KNOWN_PLATFORMS, platformDoubt } from '../core/platform.ts';
import { suggest } from '../core/suggestion.ts';
import { advise, type Hint } from './hint.ts';

/** undefined if all of them are known. */
export function spellingHint(platforms: readonly string[]): Hint | undefined {
  for (const platform of platforms) {
    const doubt = platformDoubt(platform);
    if (doubt === undefined) continue;
    return advise('check-name', `${platform} ${doubt}: check its spelling.${suggest(platform, KNOWN_PLATFORMS)}`);
  }
  return undefined;
}
