// Requests without a response: names, connections, certificates, timeouts.

import { imageOf } from '../../support/images.ts';
import { bearer, challenges, serves } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(IMAGE);

const fails = (failure: object, more: Partial<RegistryBehavior> = {}) => ({
  script: { [MANIFEST]: { fails: failure } },
  requests: 1,
  reason: 'unreachable' as const,
  ...more,
});

const EXPIRED = {
  issuer: 'Acme CA',
  commonName: '',
  names: ['registry.example'],
  validFromMs: Date.UTC(2019, 0, 1),
  validToMs: Date.UTC(2020, 0, 2, 3, 4),
};

export const FAILED: readonly RegistryBehavior[] = [
  {
    name: 'the proxy refuses the connection',
    ...fails({ kind: 'proxy', phase: 'proxy', code: 'HTTP_407', detail: 'the proxy asks for a login (407)' }),
    cause: 'proxy',
    hint: /HTTPS_PROXY/,
  },
  {
    name: 'a TLS request to a plain HTTP port',
    ...fails({ kind: 'tls', phase: 'tls', code: 'EPROTO', tls: { problem: 'not-tls' } }),
    cause: 'tls',
    message: /^registry\.example responded to the TLS handshake with something other than TLS\.$/,
    hint: /--plain-http/,
  },
  {
    name: 'a certificate of a private CA',
    ...fails({ kind: 'tls', phase: 'tls', tls: { problem: 'untrusted' } }),
    cause: 'tls',
    hint: /--ca-file/,
  },
  {
    name: 'an expired certificate',
    ...fails({ kind: 'tls', phase: 'tls', tls: { problem: 'expired', certificate: EXPIRED } }),
    cause: 'tls',
    message: /^The certificate of registry\.example expired on 2020-01-02 03:04 UTC; it was issued by "Acme CA"\.$/,
  },
  {
    name: 'a certificate for another host name',
    ...fails({
      kind: 'tls',
      phase: 'tls',
      tls: { problem: 'other-name' },
    }),
    cause: 'tls',
    message: /is for another host name, not for registry\.example/,
  },
  {
    name: 'no such host',
    ...fails({ kind: 'dns', phase: 'dns', code: 'ENOTFOUND', detail: 'not found' }),
    cause: 'dns',
    message: /^Cannot resolve registry\.example: no such host \(ENOTFOUND\)\.$/,
    hint: /^Check the host name/,
  },
  {
    name: 'a temporary DNS failure',
    ...fails({ kind: 'dns', phase: 'dns', code: 'EAI_AGAIN', detail: 'again' }),
    cause: 'dns',
    hint: /try again/,
  },
  {
    name: 'no connection',
    ...fails({ kind: 'tcp', phase: 'tcp', code: 'EHOSTUNREACH', detail: 'connect EHOSTUNREACH' }),
    cause: 'tcp',
  },
  {
    name: 'a refused connection',
    ...fails({ kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED', detail: 'refused' }),
    cause: 'tcp',
    message: /^Connection to registry\.example refused/,
  },
  {
    name: 'no response',
    ...fails({ kind: 'timeout', phase: 'headers', detail: 'connected, but no response' }),
    cause: 'timeout',
    message: /accepted the request, but did not respond in time\.$/,
  },
  {
    name: 'every connection is cut',
    ...fails({ kind: 'tcp', phase: 'body', code: 'UND_ERR_SOCKET', detail: 'other side closed', isTransient: true }),
    retries: 2,
    requests: 3,
    cause: 'tcp',
    message: /closed the connection in the middle of its response 3 times in 450 ms\.$/,
  },
  {
    name: 'one connection is cut, the retry is not',
    script: { [MANIFEST]: [{ fails: { isTransient: true } }, SERVED] },
    retries: 2,
    requests: 2,
  },
  {
    name: 'a response that is not HTTP',
    ...fails({ kind: 'not-http', phase: 'headers', detail: 'the answer is not HTTP' }),
    reason: 'not-a-registry',
    cause: 'not-oci',
  },
  {
    name: 'an address that is not allowed',
    ...fails({ kind: 'blocked-address', phase: 'tcp', detail: '169.254.169.254' }),
    reason: 'not-a-registry',
    cause: 'insecure-redirect',
  },
  {
    name: 'content at a private address',
    ...fails({ kind: 'private-address', phase: 'tcp', host: 's3.example', detail: 'the private address 10.20.0.9' }),
    reason: 'unreachable',
    cause: 'private-address',
    message:
      /^registry\.example redirects to s3\.example, which has the private address 10\.20\.0\.9; a registry outside that network must not direct requests into it, so nothing was requested there\.$/,
    hint: /set allowPrivate: true for registry\.example in the config file, or pass --allow-private/,
  },
  {
    name: 'a token service at a private address',
    script: {
      [MANIFEST]: challenges(bearer('https://auth.example/token')),
      'https://auth.example/token': {
        fails: { kind: 'private-address', phase: 'tcp', detail: 'the private address 10.20.0.9' },
      },
    },
    reason: 'unreachable',
    cause: 'private-address',
    requests: 2,
    message: /names the token service auth\.example, which has the private address 10\.20\.0\.9; .* no credentials/,
  },
  {
    name: 'a redirect target does not respond',
    image: 'registry.k8s.io/team/app:1',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://europe-docker.pkg.dev/x' } },
      'https://europe-docker.pkg.dev/x': { fails: { kind: 'timeout', phase: 'tcp', detail: 'connection timed out' } },
    },
    reason: 'unreachable',
    cause: 'timeout',
    requests: 2,
    message: /^Could not connect to europe-docker\.pkg\.dev \(redirected from registry\.k8s\.io\) in time/,
  },
  {
    name: 'a loopback registry with plain HTTP',
    image: '127.0.0.1:5000/team/app:1',
    script: {
      'https://127.0.0.1:5000/v2/team/app/manifests/1': {
        fails: { kind: 'tls', phase: 'tls', code: 'EPROTO', tls: { problem: 'not-tls' } },
      },
      'http://127.0.0.1:5000/v2/team/app/manifests/1': SERVED,
    },
    requests: 2,
  },
  {
    name: 'a loopback registry that is down',
    image: 'localhost:5000/team/app:1',
    script: { [MANIFEST]: { fails: { kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED', detail: 'refused' } } },
    reason: 'unreachable',
    cause: 'tcp',
    requests: 1,
  },
];
