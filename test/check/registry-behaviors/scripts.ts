// The scripted registries of several groups of rows.

import type { Script } from '../../support/fake-send.ts';
import { imageOf } from '../../support/images.ts';
import { bearer, challenges, refuses, serves, whenKnown } from '../../support/scripted-check.ts';

export const IMAGE = imageOf();
export const MANIFEST = '/v2/team/app/manifests/1';
export const SERVED = serves(IMAGE);
export const TOKEN = { body: { token: 'abc' } };
export const scope = (repository: string) => `repository:${repository}:pull`;
export const denied = (message: string) => refuses(403, 'DENIED', message);
export const noScope = (challenge: string) => challenges(challenge.replace(/$/, ',error="insufficient_scope"'));
export const HUB_AUTH = 'https://auth.docker.io/token';
export const HUB = bearer(HUB_AUTH, { service: 'registry.docker.io', scope: scope('me/app') });
const HUB_MANIFEST = '/v2/me/app/manifests/1';

/** Docker Hub issues anonymous tokens; `known` is the response to one. */
export const hub = (known: Script[string]): Script => ({
  [HUB_MANIFEST]: whenKnown(challenges(HUB), known as never),
  [HUB_AUTH]: TOKEN,
});

export const GHCR_AUTH = 'https://ghcr.io/token';
export const GHCR = bearer(GHCR_AUTH, { service: 'ghcr.io', scope: scope('me/app') });
export const GHCR_MANIFEST = '/v2/me/app/manifests/1';

export const ghcr = (token: Script[string]): Script => ({
  [GHCR_MANIFEST]: whenKnown(challenges(GHCR), SERVED),
  [GHCR_AUTH]: token,
});

/** A registry with its own token service. */
export const withToken = (challenge: string, token: Script[string], known: Script[string] = SERVED): Script => ({
  [MANIFEST]: whenKnown(challenges(challenge), known as never),
  'https://auth.registry.example/token': token,
});

export const AUTH = 'https://auth.registry.example/token';
export const ASKED = bearer(AUTH, { service: 'r', scope: scope('team/app') });
