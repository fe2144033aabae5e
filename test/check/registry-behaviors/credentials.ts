// Responses of registries and token services to credentials.

import { Secret } from '../../../src/credentials/secret.ts';
import { challenges, password, platforms, refuses, serves, whenKnown } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';
import {
  ASKED,
  denied,
  ghcr,
  HUB,
  HUB_AUTH,
  hub,
  IMAGE,
  MANIFEST,
  noScope,
  SERVED,
  TOKEN,
  withToken,
} from './scripts.ts';

const HUB_LOGIN_REFUSED = { status: 401, body: { details: 'incorrect username or password' } };

export const CREDENTIALS: readonly RegistryBehavior[] = [
  {
    name: 'Docker Hub rejects the credentials, the image is public',
    image: 'me/app:1',
    script: {
      ...hub(serves(IMAGE, { 'content-type': 'application/vnd.docker.distribution.manifest.v2+json' })),
      [HUB_AUTH]: whenKnown(TOKEN, HUB_LOGIN_REFUSED),
    },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'bad-credentials',
    requests: 4,
    message: /were rejected \(401\); the image can be pulled without them\.$/,
    hint: /Remove them: `docker logout docker\.io`\. Or log in again: `docker login` .* To check without them, use --anonymous\.$/,
  },
  {
    name: 'Docker Hub rejects the credentials, others are accepted',
    image: 'me/app:1',
    script: {
      ...hub(serves(IMAGE, { 'content-type': 'application/vnd.docker.distribution.manifest.v2+json' })),
      [HUB_AUTH]: [HUB_LOGIN_REFUSED, TOKEN],
    },
    logins: [password('me'), password('you')],
    warnings: ['stale-credentials'],
    requests: 4,
  },
  {
    name: 'Docker Hub rejects the credentials, the image is private',
    image: 'me/app:1',
    script: { ...hub(noScope(HUB)), [HUB_AUTH]: whenKnown(TOKEN, HUB_LOGIN_REFUSED) },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'bad-credentials',
    requests: 4,
    message: /^The credentials for docker\.io from ~\/\.docker\/config\.json \(user me\) were rejected \(401\)\.$/,
    hint: /^Log in again: `docker login` with/,
  },
  {
    name: 'a locked account',
    image: 'me/app:1',
    script: {
      ...hub(SERVED),
      [HUB_AUTH]: { status: 429, body: 'too many failed login attempts for username or IP address' },
    },
    logins: [password()],
    reason: 'rate-limited',
    cause: 'login-lockout',
    requests: 2,
    message: /^Docker Hub has locked the account after too many failed logins\.$/,
  },
  {
    name: 'GHCR rejects the credentials, the package is public',
    image: 'ghcr.io/me/app:1',
    script: ghcr(whenKnown(TOKEN, denied('denied'))),
    logins: [password()],
    reason: 'unauthorized',
    cause: 'bad-credentials',
    requests: 4,
    message: /were rejected \(403\); the image can be pulled without them\.$/,
  },
  {
    name: 'GHCR rejects the credentials, and anonymous access',
    image: 'ghcr.io/me/app:1',
    script: ghcr(denied('denied')),
    logins: [password()],
    reason: 'unauthorized',
    cause: 'bad-credentials',
    requests: 3,
    message: /^The credentials for ghcr\.io from .* \(user me\) were rejected \(403\)\.$/,
    hint: /^Check the name; if it is correct, log in with an account that is allowed to pull it/,
  },
  {
    name: 'Harbor issues a token for a wrong password',
    script: withToken(ASKED, TOKEN),
    logins: [password()],
    requests: 3,
  },
  {
    name: 'Harbor, a wrong password or a private repository',
    script: withToken(ASKED, TOKEN, { ...challenges('Basic realm="harbor"') }),
    logins: [password()],
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 3,
    message: /do not grant access to registry\.example\/team\/app: no permission, or the repository does not exist\.$/,
  },
  {
    name: 'the account has less access than anonymous clients',
    script: {
      [MANIFEST]: ({ headers }) =>
        headers.authorization === undefined
          ? challenges(ASKED)
          : headers.authorization === 'Bearer anonymous'
            ? SERVED
            : noScope(ASKED),
      'https://auth.registry.example/token': whenKnown({ body: { token: 'anonymous' } }, { body: { token: 'mine' } }),
    },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 3,
  },
  {
    name: 'Chainguard, an expired pull token',
    image: 'cgr.dev/team/app:1',
    script: withToken(
      ASKED,
      whenKnown(
        refuses(401, 'UNAUTHORIZED', 'Authentication required'),
        refuses(400, 'BAD_REQUEST', "InvalidArgument: this identity's keys have expired"),
      ),
    ),
    logins: [password()],
    reason: 'unauthorized',
    cause: 'credentials-expired',
    warnings: ['foreign-realm'],
    requests: 3,
    hint: /^Log in again: `chainctl auth configure-docker`/,
  },
  {
    name: 'ECR, expired credentials with 403',
    image: '1.dkr.ecr.eu-west-1.amazonaws.com/team/app:1',
    script: {
      [MANIFEST]: whenKnown(
        { status: 401, headers: { 'www-authenticate': 'Basic realm="ecr"' }, body: 'Not Authorized' },
        denied('Your authorization token has expired. Reauthenticate and try again.'),
      ),
    },
    logins: [password('AWS')],
    reason: 'unauthorized',
    cause: 'credentials-expired',
    requests: 2,
    hint: /aws ecr get-login-password/,
  },
  {
    name: 'valid credentials without access to the repository',
    script: {
      [MANIFEST]: whenKnown(challenges('Basic realm="r"'), denied('requested access to the resource is denied')),
    },
    logins: [password()],
    reason: 'denied',
    cause: 'no-access',
    requests: 2,
    message: /are not allowed to pull registry\.example\/team\/app \(403\)\.$/,
  },
  {
    name: 'ECR of another account',
    image: '1.dkr.ecr.eu-west-1.amazonaws.com/geo/vulnerability-firewall:1',
    script: {
      '/v2/geo/vulnerability-firewall/manifests/1': whenKnown(
        challenges('Basic realm="ecr"'),
        denied(
          'User: arn:aws:iam::2:user/curation is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:1:repository/geo/vulnerability-firewall because no resource-based policy allows the action',
        ),
      ),
    },
    logins: [password('AWS')],
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 2,
    hint: /grant the permission ecr:BatchGetImage to the AWS identity of that token \(.*\), or switch to another/,
  },
  {
    name: 'Artifactory hides a missing tag of a virtual repository',
    script: {
      [MANIFEST]: whenKnown(
        challenges('Basic realm="Artifactory Realm"'),
        refuses(403, 'UNAUTHORIZED', 'The client does not have permission for manifest'),
      ),
    },
    logins: [password()],
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 2,
  },
  {
    name: 'zot denies with a bare error',
    script: {
      [MANIFEST]: {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="Authorization Required"' },
        body: { code: 'UNAUTHORIZED', message: 'authentication required' },
      },
    },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'bad-credentials',
    requests: 2,
    message: /were rejected \(401\)\.$/,
  },
  {
    name: 'the registry rejects the token of its own token service, and a new one',
    script: withToken(ASKED, TOKEN, challenges(`${ASKED},error="invalid_token"`)),
    logins: [password()],
    reason: 'unauthorized',
    cause: 'token-rejected',
    requests: 5,
    message:
      /accepted the credentials for registry\.example .*, but registry\.example rejects the token \(invalid_token\)/,
    hint: /^Logging in again will not help/,
  },
  {
    name: 'the token service redirects to another host, and the registry rejects its anonymous token',
    script: {
      ...withToken(
        ASKED,
        { status: 307, headers: { location: 'https://other.example/token' } },
        challenges(`${ASKED},error="invalid_token"`),
      ),
      'https://other.example/token': TOKEN,
    },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 7,
    message:
      /^The token service of registry\.example redirects to another host, which does not receive the credentials for .*; registry\.example rejects the anonymous token from there/,
  },
  {
    name: 'a token service refuses the request with credentials',
    script: withToken(ASKED, refuses(400, 'BAD', 'bad request')),
    logins: [password()],
    reason: 'not-a-registry',
    cause: 'bad-challenge',
    requests: 2,
    message:
      /^The token service auth\.registry\.example returned 400 Bad Request to the credentials for registry\.example .*: bad request\.$/,
    hint: /^Check the credentials: --anonymous shows/,
  },
  {
    name: 'Basic is required, and only a registry token is stored',
    script: { [MANIFEST]: challenges('Basic realm="x"') },
    logins: [{ kind: 'registry-token', token: new Secret('rt'), source: '~/.docker/config.json' }],
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 1,
    message:
      /^registry\.example requires a user name and password \(Basic\) for team\/app, but ~\/\.docker\/config\.json has only a registry token \(registrytoken\) for it\.$/,
  },
  {
    name: 'Basic is accepted, from an entry with a registry token, which docker sends',
    script: {
      [MANIFEST]: ({ headers }) =>
        headers.authorization?.startsWith('Basic ') ? SERVED : challenges('Basic realm="x"'),
    },
    logins: [
      {
        kind: 'registry-token',
        token: new Secret('rt'),
        login: { username: 'me', password: new Secret('hunter2') },
        source: '~/.docker/config.json',
      },
    ],
    warnings: ['credentials-file'],
    requests: 2,
  },
  ...(
    [
      [ASKED, /but rejects the same for the config/, /must issue tokens that are valid for several requests\.$/],
      [
        ASKED.replace('token"', 'other"'),
        /requires a token from the token service https:\/\/auth\.registry\.example\/other for the/,
        /one way/,
      ],
      [
        ASKED.replace('pull', 'pull,x'),
        /requires a token for the scope "repository:team\/app:pull,x" for the config/,
        /one way/,
      ],
      [ASKED.replace('"r"', '"s"'), /requires a token for the service "s" for the config/, /one way/],
      ['Basic realm="x"', /requires user name and password \(Basic\) for the config/, /one way/],
    ] as const
  ).map(
    ([challenge, message, hint]): RegistryBehavior => ({
      name: `a token is accepted for the manifest, but not for the config: ${challenge}`,
      script: { ...withToken(ASKED, TOKEN), '/v2/': { status: 200 }, '*': challenges(challenge) },
      logins: [password()],
      platforms: platforms('linux/amd64'),
      reason: 'unauthorized',
      cause: 'token-rejected',
      requests: 4,
      message,
      hint,
    }),
  ),
];
