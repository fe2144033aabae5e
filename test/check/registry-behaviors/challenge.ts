// The challenges of registries.

import { bearer, challenges, password, whenKnown } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';
import { ASKED, AUTH, GHCR, GHCR_AUTH, GHCR_MANIFEST, MANIFEST, SERVED, scope, TOKEN, withToken } from './scripts.ts';

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
    name: 'Artifactory omits the repository key from its scope',
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
    name: 'ECR Public has one scope for all repositories',
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
    name: 'no service is requested if the challenge has none',
    script: withToken(bearer(AUTH), TOKEN),
    requests: [
      `GET https://registry.example${MANIFEST}`,
      `GET ${AUTH}?scope=${scope('team/app')}`,
      `GET https://registry.example${MANIFEST}`,
    ],
  },
  {
    name: 'an empty scope means no scope',
    script: { ...withToken(bearer(AUTH, { scope: '' }), TOKEN), [`GET ${AUTH}?scope=${scope('team/app')}`]: TOKEN },
    requests: 3,
  },
  {
    name: 'no client can read a URL without quotes',
    script: withToken(`Bearer realm=${AUTH}, service=registry, scope=${scope('team/app')}`, TOKEN),
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    message: /its challenge cannot be parsed, because the value of "realm" must be quoted\.$/,
  },
  {
    name: 'no client can read what follows a value without quotes',
    script: withToken(`Bearer service=a/b,realm="${AUTH}"`, TOKEN),
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    message: /cannot be parsed, because the value of "service" must be quoted/,
  },
  {
    name: 'a value without quotes after the realm',
    script: withToken(`Bearer realm="${AUTH}",service=a/b`, TOKEN),
    requests: 3,
  },
  {
    name: 'the last of two realms counts',
    script: withToken(`Bearer realm="https://elsewhere.example/",realm="${AUTH}"`, TOKEN),
    requests: 3,
  },
  {
    name: 'the scheme is case-insensitive',
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
    name: 'unsupported challenges are skipped',
    script: { [MANIFEST]: whenKnown(challenges('Negotiate', 'Basic realm="corp"'), SERVED) },
    logins: [password()],
    requests: 2,
  },
  {
    name: 'only an unsupported scheme',
    script: { [MANIFEST]: challenges('Negotiate') },
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    message: /^Cannot authenticate to registry\.example: it requires the unsupported scheme "negotiate"\.$/,
  },
  {
    name: 'a comma inside a quoted scope',
    script: withToken(bearer(AUTH, { scope: 'repository:team/app:pull,push' }), TOKEN),
    requests: 3,
  },
  {
    name: 'a realm with a query',
    script: {
      [MANIFEST]: whenKnown(challenges(bearer(`${AUTH}?host=x`)), SERVED),
      [`${AUTH}?host=x&scope=${scope('team/app')}`]: TOKEN,
    },
    requests: 3,
  },
  {
    name: 'a relative realm',
    script: { [MANIFEST]: challenges(bearer('/service/token')) },
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
  },
  {
    name: 'no credentials for a realm without encryption',
    script: { [MANIFEST]: challenges(bearer('http://169.254.169.254/latest')) },
    logins: [password()],
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 1,
    hint: /^No credentials were sent/,
  },
  {
    name: 'no challenge in the 401, but one at /v2/',
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
    message: /^registry\.example returned 401 without a challenge \(WWW-Authenticate\)\.$/,
    hint: /^No client can log in there\. Check the host of the image/,
  },
  {
    name: 'a challenge that no client can read',
    script: {
      [MANIFEST]: { status: 401, headers: { 'www-authenticate': ', Bearer realm="https://auth.example/token"' } },
      '/v2/': { status: 401, headers: { 'www-authenticate': '"' } },
    },
    logins: [password()],
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 2,
    message: /^registry\.example returned 401 with a challenge \(WWW-Authenticate\) that clients cannot read\.$/,
  },
  {
    name: 'the challenge of a redirect target is answered at its own token service',
    image: 'lscr.io/team/app:1',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://ghcr.io/v2/team/app/manifests/1' } },
      'https://ghcr.io/v2/team/app/manifests/1': whenKnown(challenges(GHCR), SERVED),
      [GHCR_AUTH]: TOKEN,
    },
    requests: 4,
  },
  {
    name: 'a token in access_token',
    script: withToken(ASKED, { body: { access_token: 'abc' } }),
    requests: 3,
  },
  {
    name: 'a token that expires after one second',
    script: withToken(ASKED, { body: { token: 'abc', expires_in: 1 } }),
    requests: 3,
  },
];
