// How well-known registries differ, as their users and sources show it: challenge, token service, refusals.

import type { Dialect } from '../../src/demo/dialect.ts';
import { errorReply, jsonReply, textReply } from '../../src/demo/reply.ts';

const unauthorized = (message: string) => errorReply(401, 'UNAUTHORIZED', message);
const denied = (message: string) => errorReply(403, 'DENIED', message);

export const DIALECTS = {
  /** Issues a token to everyone, so the registry's responses for missing and private are the same. */
  dockerHub: {
    auth: 'bearer',
    service: 'registry.docker.io',
    tokens: { wrongCredential: jsonReply(401, { details: 'incorrect username or password' }) },
    headers: {
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '97;w=21600',
      'docker-ratelimit-source': '192.0.2.1',
    },
  },
  /** Refuses at the token service; the ping's scope is a placeholder that opens nothing. */
  ghcr: {
    auth: 'bearer',
    service: 'ghcr.io',
    tokens: {
      fields: ['token'],
      wrongCredential: denied('denied'),
      nothingGranted: denied('requested access to the resource is denied'),
    },
    scope: (repository) => `repository:${repository ?? 'user/image'}:pull`,
  },
  /** Silently grants less than was requested, and never returns insufficient_scope. */
  quay: {
    auth: 'bearer',
    service: 'quay.io',
    tokenPath: '/v2/auth',
    tokens: {
      fields: ['token'],
      expiresInSeconds: undefined,
      wrongCredential: unauthorized('Invalid username or password'),
      nothingRequested: unauthorized('authentication required'),
    },
    challenge: ({ standard }) => standard.replace(/,error="[^"]*"/, ''),
    unauthorized: ({ repository }) =>
      repository === undefined
        ? { status: 401, headers: { 'content-type': 'text/html; charset=utf-8' }, body: 'true' }
        : unauthorized('access to the requested resource is not authorized'),
    invalidToken: jsonReply(401, { error: 'Invalid bearer token format' }),
  },
  /** A wrong password counts as none; only a request without a scope is refused. */
  harbor: {
    auth: 'bearer',
    service: 'harbor-registry',
    tokenPath: '/service/token',
    tokens: {
      fields: ['token'],
      expiresInSeconds: 1800,
      wrongCredential: 'anonymous',
      nothingRequested: { status: 401 },
      post: { status: 404 },
    },
    challenge: ({ standard, withCredential }) => (withCredential ? 'Basic realm="harbor"' : standard),
    unauthorized: ({ repository, withCredential }) =>
      unauthorized(
        withCredential
          ? `unauthorized to access repository: ${repository}, action: pull: unauthorized to access repository`
          : 'authorize header needed to send HEAD to repository',
      ),
    manifestUnknown: (repository, reference) =>
      errorReply(404, 'NOT_FOUND', `artifact ${repository}:${reference} not found`),
  },
  /** Only anonymous requests get the 403. */
  gitlab: {
    auth: 'bearer',
    service: 'container_registry',
    tokenPath: '/jwt/auth',
    tokens: {
      fields: ['token'],
      expiresInSeconds: undefined,
      wrongCredential: unauthorized('HTTP Basic: Access denied.'),
      nothingGranted: (user) => (user === undefined ? denied('access forbidden') : 'empty-token'),
    },
  },
  googleArtifactRegistry: {
    auth: 'bearer',
    tokenPath: '/v2/token',
    tokens: {
      post: { status: 404 },
      nothingGranted: (user) =>
        denied(
          user === undefined
            ? 'Unauthenticated request. Unauthenticated requests do not have permission ' +
                '"artifactregistry.repositories.downloadArtifacts" on resource "projects/p" (or it may not exist)'
            : 'Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/p" ' +
                '(or it may not exist)',
        ),
    },
    manifestUnknown: (repository, reference) =>
      errorReply(
        404,
        'MANIFEST_UNKNOWN',
        `Failed to fetch "${reference}" from request "/v2/${repository}/manifests/${reference}".`,
      ),
  },
  /** Basic only, and not a word of JSON. */
  ecr: {
    auth: 'basic',
    challenge: () => 'Basic realm="https://ecr.example/",service="ecr.amazonaws.com"',
    unauthorized: () => textReply(401, 'Not Authorized\n'),
    denied: (repository) =>
      denied(`User: arn is not authorized to perform: ecr:BatchGetImage on resource: ${repository}`),
    manifestUnknown: () => errorReply(404, 'MANIFEST_UNKNOWN', 'Requested image not found'),
  },
  /** One fixed scope for everything, and a 400 without a challenge for a token that is too old. */
  ecrPublic: {
    auth: 'bearer',
    service: 'public.ecr.aws',
    tokenPath: '/token/',
    tokens: { fields: ['token'], ignoresScope: true },
    scope: () => 'aws',
    invalidToken: { status: 400 },
  },
  azure: {
    auth: 'bearer',
    service: 'azure.example',
    tokenPath: '/oauth2/token',
    tokens: { fields: ['access_token'] },
    unauthorized: () =>
      unauthorized('authentication required, visit https://aka.ms/acr/authorization for more information.'),
    manifestUnknown: (_, reference) =>
      errorReply(404, 'MANIFEST_UNKNOWN', `manifest tagged by "${reference}" is not found`, { Tag: reference }),
  },
  /** The scope leaves out the repository key that the path begins with. */
  artifactory: {
    auth: 'bearer',
    service: 'artifactory.example',
    tokenPath: '/artifactory/api/docker/docker-local/v2/token',
    tokens: { fields: ['token'], post: { status: 401 } },
    scope: (repository) => repository && `repository:${repository.replace(/^[^/]*\//, '')}:pull`,
  },
  /** Two schemes on one line, and a scope that is none. */
  gitea: {
    auth: 'bearer',
    service: 'container_registry',
    tokenPath: '/v2/token',
    tokens: { fields: ['token'], ignoresScope: true },
    scope: () => '*',
    challenge: ({ standard, withCredential }) =>
      withCredential
        ? 'Basic realm="Gitea Package API"'
        : `${standard},Basic realm="gitea",service="container_registry",scope="*"`,
    unauthorized: ({ repository }) =>
      textReply(401, repository === undefined ? '' : 'user should have specific permission or be a site admin\n'),
  },
  /** An error object without the list around it. */
  zot: {
    auth: 'basic',
    unauthorized: () => jsonReply(401, { code: 'UNAUTHORIZED', message: 'authentication required' }),
    challenge: () => 'Basic realm="Authorization Required"',
  },
  nexus: {
    auth: 'basic',
    challenge: () => 'BASIC realm="Sonatype Nexus Repository Manager"',
  },
  /** Blanks between the parameters. */
  ibm: {
    auth: 'bearer',
    service: 'registry',
    tokenPath: '/oauth/token',
    challenge: ({ standard }) => standard.replaceAll(',', ', '),
  },
} satisfies Record<string, Dialect>;
