// How registries ask for a login.

import { imageOf } from '../../support/image-bytes.ts';
import { bearer, challenges, password, type Script, serves, whenKnown } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(IMAGE);
const TOKEN = { body: { token: 'abc' } };
const scope = (repository: string) => `repository:${repository}:pull`;
const GHCR_AUTH = 'https://ghcr.io/token';
const GHCR = bearer(GHCR_AUTH, { service: 'ghcr.io', scope: scope('me/app') });
const GHCR_MANIFEST = '/v2/me/app/manifests/1';

/** A registry with its own token service. */
const withToken = (challenge: string, token: Script[string], known: Script[string] = SERVED): Script => ({
  [MANIFEST]: whenKnown(challenges(challenge), known as never),
  'https://auth.registry.example/token': token,
});

const AUTH = 'https://auth.registry.example/token';
const ASKED = bearer(AUTH, { service: 'r', scope: scope('team/app') });

export const CHALLENGES: readonly RegistryBehavior[] = [
  {
    name: 'the placeholder scope of GHCR is not the scope of this image',
    image: 'ghcr.io/me/app:1',
    script: {
      [GHCR_MANIFEST]: whenKnown(
        challenges(bearer(GHCR_AUTH, { service: 'ghcr.io', scope: scope('user/image') })),
        SERVED,
      ),
      [`GET ${GHCR_AUTH}?service=ghcr.io&scope=${scope('me/app')}`]: TOKEN,
    },
    requests: 3,
  },
  {
    name: 'Artifactory leaves the repository key out of its scope',
    image: 'registry.example/docker-local/team/app:1',
    script: {
      '/v2/docker-local/team/app/manifests/1': whenKnown(
        challenges(
          bearer('https://registry.example/artifactory/api/docker/docker-local/v2/token', { scope: scope('team/app') }),
        ),
        SERVED,
      ),
      [`/artifactory/api/docker/docker-local/v2/token?scope=${scope('team/app')}`]: TOKEN,
    },
    requests: 3,
  },
  {
    name: 'ECR Public has one scope for all',
    image: 'public.ecr.aws/team/app:1',
    script: {
      [MANIFEST]: whenKnown(
        challenges(bearer('https://public.ecr.aws/token/', { service: 'public.ecr.aws', scope: 'aws' })),
        SERVED,
      ),
      '/token/?service=public.ecr.aws&scope=aws': TOKEN,
    },
    requests: 3,
  },
  {
    name: 'no service is asked for where none is named',
    script: withToken(bearer(AUTH), TOKEN),
    requests: [
      `GET https://registry.example${MANIFEST}`,
      `GET ${AUTH}?scope=${scope('team/app')}`,
      `GET https://registry.example${MANIFEST}`,
    ],
  },
  {
    name: 'an empty scope counts as none',
    script: { ...withToken(bearer(AUTH, { scope: '' }), TOKEN), [`GET ${AUTH}?scope=${scope('team/app')}`]: TOKEN },
    requests: 3,
  },
  {
    name: 'IBM sends values without quotes',
    script: withToken(`Bearer realm=${AUTH}, service=registry, scope=${scope('team/app')}`, TOKEN),
    requests: 3,
  },
  {
    name: 'the scheme has no case',
    script: { [MANIFEST]: whenKnown(challenges('BASIC realm="Sonatype Nexus Repository Manager"'), SERVED) },
    logins: [password()],
    requests: 2,
  },
  {
    name: 'two challenges in one line',
    script: withToken(`${bearer(AUTH, { scope: '*' })},Basic realm="r",service="s",scope="*"`, TOKEN),
    requests: 3,
  },
  {
    name: 'two challenges in two lines',
    script: { [MANIFEST]: whenKnown(challenges(bearer(AUTH), 'Basic realm="r"'), SERVED), [AUTH]: TOKEN },
    requests: 3,
  },
  {
    name: 'what nobody can answer is passed over',
    script: { [MANIFEST]: whenKnown(challenges('Negotiate', 'Basic realm="corp"'), SERVED) },
    logins: [password()],
    requests: 2,
  },
  {
    name: 'only a login that cannot be given',
    script: { [MANIFEST]: challenges('Negotiate') },
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    says: /^Cannot authenticate to registry\.example: it requires the unsupported scheme "negotiate"\.$/,
  },
  {
    name: 'a comma inside a quoted scope',
    script: withToken(bearer(AUTH, { scope: 'repository:team/app:pull,push' }), TOKEN),
    requests: 3,
  },
  {
    name: 'a realm with a query of its own',
    script: {
      [MANIFEST]: whenKnown(challenges(bearer(`${AUTH}?host=x`)), SERVED),
      [`${AUTH}?host=x&scope=${scope('team/app')}`]: TOKEN,
    },
    requests: 3,
  },
  {
    name: 'a relative realm',
    script: { [MANIFEST]: whenKnown(challenges(bearer('/service/token')), SERVED), '/service/token': TOKEN },
    requests: 3,
  },
  {
    name: 'a realm that is not encrypted gets no login',
    script: { [MANIFEST]: challenges(bearer('http://169.254.169.254/latest')) },
    logins: [password()],
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    advises: /^No credentials were sent/,
  },
  {
    name: 'no challenge with the 401, but one at /v2/',
    script: {
      [MANIFEST]: whenKnown({ status: 401 }, SERVED),
      '/v2/': challenges(bearer(AUTH)),
      [AUTH]: TOKEN,
    },
    requests: 4,
  },
  {
    name: 'no challenge anywhere',
    script: { [MANIFEST]: { status: 401 }, '/v2/': { status: 401 } },
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 2,
    says: /^registry\.example requires a login for team\/app\.$/,
    advises: /`docker login registry\.example`/,
  },
  {
    name: 'the challenge of another host is answered there',
    image: 'lscr.io/team/app:1',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://ghcr.io/v2/team/app/manifests/1' } },
      'https://ghcr.io/v2/team/app/manifests/1': whenKnown(challenges(GHCR), SERVED),
      [GHCR_AUTH]: TOKEN,
    },
    requests: 4,
  },
  {
    name: 'a token by its other name',
    script: withToken(ASKED, { body: { access_token: 'abc' } }),
    requests: 3,
  },
  {
    name: 'a token that says it lives for one second',
    script: withToken(ASKED, { body: { token: 'abc', expires_in: 1 } }),
    requests: 3,
  },
];
