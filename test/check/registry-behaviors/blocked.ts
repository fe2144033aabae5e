// Refusals that are not about permissions: policies, firewalls, CDNs.

import { bearer, challenges, html, password, refuses } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const MANIFEST = '/v2/team/app/manifests/1';

export const BLOCKED: readonly RegistryBehavior[] = [
  {
    name: 'a policy of Harbor',
    script: {
      [MANIFEST]: refuses(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities cannot be pulled.'),
    },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
    message:
      /^A policy of registry\.example blocks this image \(412, PROJECTPOLICYVIOLATION\): current image with 3 vulnerabilities cannot be pulled\.$/,
  },
  {
    name: 'a download blocked by Xray',
    script: {
      [MANIFEST]: {
        status: 403,
        body: {
          errors: [
            {
              status: 403,
              message:
                "Artifact download request rejected: app was not downloaded due to the download blocking policy 'x' configured in Xray.",
            },
          ],
        },
      },
    },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
    message: /download blocking policy/,
  },
  {
    name: 'a quarantine',
    script: { [MANIFEST]: { status: 403, body: 'REQUESTED ITEM IS QUARANTINED' } },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
  },
  {
    name: 'terms must be accepted',
    image: 'registry.access.redhat.com/team/app:1',
    script: {
      [MANIFEST]: refuses(
        404,
        'UNSUPPORTED',
        'This repo requires terms acceptance and is only available on registry.redhat.io',
      ),
    },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
    message: /only available on registry\.redhat\.io\.$/,
  },
  {
    name: 'a registry that is shutting down',
    image: 'gcr.io/team/app:1',
    script: {
      [MANIFEST]: refuses(
        404,
        'UNKNOWN',
        'Container Registry is deprecated and shutting down, please use the auto migration tool',
      ),
    },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
  },
  {
    name: 'a disabled namespace',
    image: 'quay.io/team/app:1',
    script: {
      [MANIFEST]: challenges(bearer('https://quay.io/v2/auth')),
      '/v2/auth': refuses(405, 'DENIED', 'Namespace team has been disabled'),
    },
    reason: 'denied',
    cause: 'policy-block',
    requests: 2,
  },
  {
    name: 'a firewall with its own web page',
    script: {
      [MANIFEST]: html(
        403,
        '<h1>403 Forbidden</h1> Since Docker is a US company, we must comply with US export control',
      ),
    },
    reason: 'denied',
    cause: 'network-block',
    requests: 1,
    message: /^registry\.example, or a firewall in front of it, blocked the request: 403 Forbidden\.$/,
    hint: /says nothing about permissions/,
  },
  {
    name: 'a firewall in front of the token service',
    script: {
      [MANIFEST]: challenges(bearer('https://auth.registry.example/token')),
      'https://auth.registry.example/token': html(403),
    },
    logins: [password()],
    reason: 'denied',
    cause: 'network-block',
    requests: 3,
    message: /^auth\.registry\.example, or a firewall in front of it, blocked the request/,
  },
  {
    name: 'Microsoft returns an empty 403',
    image: 'mcr.microsoft.com/team/app:1',
    script: { [MANIFEST]: { status: 403, headers: { 'x-msedge-ref': 'x' } } },
    reason: 'denied',
    cause: 'network-block',
    requests: 1,
  },
  {
    name: 'an empty 403 from any registry',
    script: { [MANIFEST]: { status: 403 } },
    reason: 'denied',
    cause: 'network-block',
    requests: 1,
    message: /: 403 with an empty body\.$/,
  },
  {
    name: 'Azure blocks the address',
    image: 'team.azurecr.io/team/app:1',
    script: {
      [MANIFEST]: refuses(
        403,
        'DENIED',
        "client with IP '1.2.3.4' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
      ),
    },
    reason: 'denied',
    cause: 'network-block',
    requests: 1,
    message: /client with IP '1\.2\.3\.4' is not allowed access/,
  },
  {
    name: 'the token service of Azure blocks the address',
    image: 'team.azurecr.io/team/app:1',
    script: {
      [MANIFEST]: challenges(bearer('https://team.azurecr.io/oauth2/token')),
      '/oauth2/token': refuses(
        403,
        'DENIED',
        "client with IP '1.2.3.4' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
      ),
    },
    logins: [password()],
    reason: 'denied',
    cause: 'network-block',
    requests: 3,
  },
  {
    name: 'the host behind registry.k8s.io blocks this network',
    image: 'registry.k8s.io/team/app:1',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://europe-docker.pkg.dev/v2/k8s/team/app/manifests/1' } },
      'https://europe-docker.pkg.dev/v2/k8s/team/app/manifests/1': refuses(403, 'DENIED', 'no'),
    },
    reason: 'denied',
    cause: 'network-block',
    requests: 2,
    message:
      /^europe-docker\.pkg\.dev, or a firewall in front of it, blocked the request: 403 Forbidden after a redirect from registry\.k8s\.io: no\.$/,
  },
  {
    name: 'unavailable for legal reasons',
    script: { [MANIFEST]: { status: 451, body: 'no' } },
    reason: 'denied',
    cause: 'policy-block',
    requests: 1,
    message: /^registry\.example blocks this image for legal reasons \(451\): no\.$/,
    hint: /^Ask the registry's operator/,
  },
  {
    name: 'the registry denies anonymous access',
    script: { [MANIFEST]: refuses(403, 'DENIED', 'requested access to the resource is denied') },
    reason: 'denied',
    cause: 'missing-or-no-access',
    requests: 1,
    message:
      /^registry\.example\/team\/app is private or does not exist; registry\.example denies anonymous access \(403, no credentials sent\)\.$/,
  },
];
