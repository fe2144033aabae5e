// Responses of other servers, and responses that no registry sends.

import { imageOf } from '../../support/images.ts';
import { html, password, refuses, serves } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(imageOf());

export const INTERCEPTED: readonly RegistryBehavior[] = [
  {
    name: 'a captive portal',
    script: { [MANIFEST]: html(200) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 1,
    message: /^registry\.example returned 200 with a web page \("Sign in"\) instead of a registry response\.$/,
  },
  {
    name: 'a web server that requires a client certificate',
    script: {
      [MANIFEST]: {
        status: 400,
        headers: { 'content-type': 'text/html' },
        body: '<html><head><title>400 No required SSL certificate was sent</title></head></html>',
      },
    },
    reason: 'unreachable',
    cause: 'tls',
    requests: 1,
    message: /^registry\.example requires a client certificate, and none was sent\.$/,
    hint: /--cert and --key/,
  },
  {
    name: 'a redirect to a captive portal',
    script: {
      [MANIFEST]: { status: 302, headers: { location: 'https://login.hotel.example/' } },
      'https://login.hotel.example/': html(200),
    },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 2,
    message: /^login\.hotel\.example returned 200/,
  },
  {
    name: 'a network that requires authentication (511)',
    script: { [MANIFEST]: html(511) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 1,
  },
  {
    name: 'a web page with 401, without a challenge',
    script: { [MANIFEST]: html(401), '/v2/': html(401) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 2,
  },
  {
    name: 'a proxy in front of the registry requires authentication',
    script: { [MANIFEST]: { status: 407 } },
    reason: 'unreachable',
    cause: 'proxy',
    requests: 1,
  },
  {
    name: 'plain HTTP to an https port',
    plainHttp: true,
    script: {
      'http://registry.example/v2/team/app/manifests/1': {
        status: 400,
        body: 'Client sent an HTTP request to an HTTPS server.',
      },
    },
    reason: 'unreachable',
    cause: 'tls',
    requests: 1,
    hint: /^Omit --plain-http\.$/,
  },
  {
    name: 'Nexus behind a proxy requires a login with 400',
    script: {
      [MANIFEST]: {
        status: 400,
        body: '&#x7b;&quot;errors&quot; [ERROR-400] DOCKER Either Authorization header is missing or invalid',
      },
    },
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 1,
  },
  {
    name: 'a status that no registry sends',
    script: { [MANIFEST]: { status: 418, body: 'teapot' } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
    message: /^registry\.example returned 418, which is not a valid registry response: teapot\.$/,
  },
  {
    name: 'no content (204)',
    script: { [MANIFEST]: { status: 204 } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
  },
  {
    name: 'a redirect without a Location',
    script: { [MANIFEST]: { status: 302 } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
    message: /^registry\.example returned 302, a redirect without a Location header\.$/,
  },
  ...['https://store.example/%zz/m', 'https:\\\\store.example\\m', 'https:/store.example/m'].map(
    (location): RegistryBehavior => ({
      name: `a registry that redirects to ${location}, which no client can parse`,
      script: {
        [MANIFEST]: {
          status: 307,
          headers: { location, 'docker-distribution-api-version': 'registry/2.0', 'content-type': 'text/html' },
          body: '<html><title>Temporary Redirect</title></html>',
        },
      },
      reason: 'not-a-registry',
      cause: 'not-oci',
      requests: 1,
      message: /^registry\.example returned 307, a redirect to an address that no client can parse\.$/,
    }),
  ),
  {
    name: 'an unexpected status with a registry error',
    script: { [MANIFEST]: refuses(405, 'UNSUPPORTED', 'The operation is unsupported.') },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
  },
  {
    name: 'storage that rejects the redirected request',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://store.example/x' } },
      'https://store.example/x': {
        status: 400,
        body: '<?xml version="1.0"?><Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>',
      },
    },
    reason: 'registry-error',
    cause: 'upstream',
    requests: 2,
    message:
      /^store\.example, which registry\.example redirects to, returned 400 Bad Request: Only one auth mechanism allowed\.$/,
  },
  {
    name: 'a redirect to itself',
    script: { [MANIFEST]: { status: 307, headers: { location: MANIFEST } } },
    reason: 'not-a-registry',
    cause: 'redirect-loop',
    requests: 1,
  },
  {
    name: 'a redirect to plain HTTP, without credentials',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'http://cdn.example/x' } },
      'http://cdn.example/x': SERVED,
    },
    warnings: ['insecure-redirect'],
    requests: 2,
  },
  {
    name: 'a redirect to plain HTTP, with credentials',
    logins: [password()],
    script: {
      [MANIFEST]: ({ headers }) =>
        headers.authorization === undefined
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
          : { status: 307, headers: { location: 'http://cdn.example/x' } },
    },
    reason: 'not-a-registry',
    cause: 'insecure-redirect',
    requests: 2,
  },
  {
    name: 'a redirect target requires a login',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://other.example/x' } },
      'https://other.example/x': { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    },
    logins: [password()],
    reason: 'unauthorized',
    cause: 'credentials-required',
    requests: 2,
    message: /^other\.example, which registry\.example redirects to, requires a login/,
  },
];
