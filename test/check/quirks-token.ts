// What token services answer to those without a login, and registries to their tokens.

import { imageOf } from '../support/image-bytes.ts';
import type { Quirk } from '../support/quirk.ts';
import { bearer, challenges, html, refuses, type Script, serves, whenKnown } from '../support/scripted-check.ts';

const IMAGE = imageOf();
const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(IMAGE);
const TOKEN = { body: { token: 'abc' } };
const scope = (repository: string) => `repository:${repository}:pull`;
const denied = (message: string) => refuses(403, 'DENIED', message);
const noScope = (challenge: string) => challenges(challenge.replace(/$/, ',error="insufficient_scope"'));
const HUB_AUTH = 'https://auth.docker.io/token';
const HUB = bearer(HUB_AUTH, { service: 'registry.docker.io', scope: scope('me/app') });
const HUB_MANIFEST = '/v2/me/app/manifests/1';

/** Docker Hub gives everybody a token; `known` is what the registry answers to it. */
const hub = (known: Script[string]): Script => ({
  [HUB_MANIFEST]: whenKnown(challenges(HUB), known as never),
  [HUB_AUTH]: TOKEN,
});

const GHCR_AUTH = 'https://ghcr.io/token';
const GHCR = bearer(GHCR_AUTH, { service: 'ghcr.io', scope: scope('me/app') });
const GHCR_MANIFEST = '/v2/me/app/manifests/1';

const ghcr = (token: Script[string]): Script => ({
  [GHCR_MANIFEST]: whenKnown(challenges(GHCR), SERVED),
  [GHCR_AUTH]: token,
});

/** A registry with its own token service. */
const withToken = (challenge: string, token: Script[string], known: Script[string] = SERVED): Script => ({
  [MANIFEST]: whenKnown(challenges(challenge), known as never),
  'https://auth.example/token': token,
});

const AUTH = 'https://auth.example/token';
const ASKED = bearer(AUTH, { service: 'r', scope: scope('team/app') });

export const TOKENS: readonly Quirk[] = [
  {
    name: 'Q1 Docker Hub, missing or private',
    image: 'me/app:1',
    script: hub(noScope(HUB)),
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 3,
    says: /^docker\.io\/me\/app is private or does not exist; Docker Hub does not say which\.$/,
    advises: /^Check the name; if it is private, log in: `docker login` with your user name/,
  },
  {
    name: 'Q2 a second 401 does not loop',
    script: withToken(ASKED, TOKEN, challenges(ASKED)),
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 3,
  },
  {
    name: 'Q24 a token service that answers without a token',
    script: withToken(ASKED, { body: {} }),
    reason: 'registry-error',
    cause: 'token-service',
    requests: 2,
    says: /^The token service auth\.example gave an answer without a token\.$/,
  },
  {
    name: 'Q24 a login page in place of the token service',
    script: withToken(ASKED, html(200)),
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 2,
    says: /^In place of the token service, a web page \("Sign in"\) answers at auth\.example \(200\)\.$/,
  },
  {
    name: 'Q27 Docker Hub refuses everybody a token: an outage',
    image: 'me/app:1',
    script: { ...hub(SERVED), [HUB_AUTH]: { status: 401 } },
    reason: 'registry-error',
    cause: 'token-service',
    requests: 2,
  },
  {
    name: 'Q28 GHCR, missing or private, by 403',
    image: 'ghcr.io/me/app:1',
    script: ghcr(denied('requested access to the resource is denied')),
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 2,
    says: /^ghcr\.io\/me\/app is private or does not exist; GHCR refuses it without a login\.$/,
    advises: /`docker login ghcr\.io` with .*read:packages\. A package is private until/,
  },
  {
    name: 'Q28 GHCR, missing or private, by 401',
    image: 'ghcr.io/me/app:1',
    script: ghcr(refuses(401, 'UNAUTHORIZED', 'authentication required')),
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 2,
    says: /GHCR does not say which/,
    advises: /A package is private until its settings on GitHub make it public\.$/,
  },
  {
    name: 'Q30 Google, missing or private',
    image: 'europe-docker.pkg.dev/team/app:1',
    script: {
      '/v2/team/app/manifests/1': challenges(bearer('https://europe-docker.pkg.dev/v2/token')),
      '/v2/token': denied('Unauthenticated request. (or it may not exist)'),
    },
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 2,
    advises: /artifactregistry\.repositories\.downloadArtifacts/,
  },
  {
    name: 'Q32 GitLab, missing or private',
    image: 'registry.gitlab.com/team/app:1',
    script: { ...withToken(ASKED, denied('access forbidden')) },
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 2,
    advises: /read_registry/,
  },
  {
    name: 'Q33 GitLab without a registry',
    image: 'registry.gitlab.com/team/app:1',
    script: withToken(ASKED, refuses(404, 'UNAVAILABLE', 'registry not enabled')),
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 2,
    says: /^The registry of GitLab is switched off: registry not enabled\.$/,
  },
  {
    name: 'Q36 a token without access, then 401',
    image: 'quay.io/team/app:1',
    script: withToken(ASKED, TOKEN, noScope(ASKED)),
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 3,
  },
  {
    name: 'ECR without a login',
    image: '1.dkr.ecr.eu-west-1.amazonaws.com/team/app:1',
    script: {
      [MANIFEST]: { status: 401, headers: { 'www-authenticate': 'Basic realm="ecr"' }, body: 'Not Authorized' },
    },
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 1,
    advises: /--password-stdin 1\.dkr\.ecr\.eu-west-1\.amazonaws\.com` \(lasts 12 hours\)\.$/,
  },
  {
    name: 'Q42 a registry that wants a login at /v2/, and none for the image',
    script: { [MANIFEST]: SERVED },
    requests: 1,
  },
  {
    name: 'a token that its registry does not take, nor a new one, for nobody',
    script: withToken(ASKED, TOKEN, challenges(`${ASKED},error="invalid_token"`)),
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 5,
  },
  {
    name: 'a registry without public images refuses a token',
    image: 'registry.redhat.io/team/app:1',
    script: withToken(ASKED, refuses(401, 'UNAUTHORIZED', 'Please login to the Red Hat Registry')),
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 2,
    says: /^Red Hat registry gives no access to registry\.redhat\.io\/team\/app without a login\.$/,
  },
  {
    name: 'Scaleway, a namespace that is missing or private',
    image: 'rg.fr-par.scw.cloud/team/app:1',
    script: withToken(ASKED, { status: 404, body: { message: 'resource is not found' } }),
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 2,
  },
  {
    name: 'a token service that does not know the name',
    script: withToken(ASKED, refuses(400, 'NAME_INVALID', 'invalid repository name')),
    reason: 'invalid-reference',
    requests: 2,
  },
  {
    name: 'Quay, a repository of something else',
    image: 'quay.io/team/app:1',
    script: withToken(ASKED, refuses(405, 'UNSUPPORTED', 'this repository is for managing applications')),
    reason: 'not-an-image',
    requests: 2,
  },
  {
    name: 'a token service at a wrong address',
    script: withToken(ASKED, html(404, '<html><h1>404</h1></html>')),
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 2,
    says: /^The token service auth\.example answers 404\.$/,
  },
  {
    name: 'Q17 Q85 a token service that is down',
    script: withToken(ASKED, { status: 503 }),
    reason: 'registry-error',
    cause: 'token-service',
    requests: 2,
    says: /^The token service auth\.example answers 503\.$/,
  },
  {
    name: 'Q85 a token service that cannot be reached',
    script: withToken(ASKED, {
      fails: { kind: 'timeout', phase: 'headers', detail: 'connected, but no answer in time' },
    }),
    reason: 'unreachable',
    cause: 'timeout',
    requests: 2,
    says: /^The token service auth\.example did not answer in time: connected, but no answer in time\.$/,
  },
];
