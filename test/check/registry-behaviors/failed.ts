// What never became an answer: names, connections, certificates, time.

import { imageOf } from '../../support/image-bytes.ts';
import { serves } from '../../support/scripted-check.ts';
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

export const FAILED: readonly RegistryBehavior[] = [
  {
    name: 'the proxy refuses',
    ...fails({ kind: 'proxy', phase: 'proxy', code: 'HTTP_407', detail: 'the proxy asks for a login (407)' }),
    cause: 'proxy',
    advises: /HTTPS_PROXY/,
  },
  {
    name: 'plain http spoken to TLS',
    ...fails({ kind: 'tls', phase: 'tls', code: 'EPROTO', detail: 'wrong version number' }),
    cause: 'tls',
    says: /^registry\.example does not use TLS on that port\.$/,
    advises: /--plain-http/,
  },
  {
    name: 'a certificate of a private authority',
    ...fails({ kind: 'tls', phase: 'tls', code: 'SELF_SIGNED_CERT_IN_CHAIN', detail: 'self-signed' }),
    cause: 'tls',
    advises: /--ca-file/,
  },
  {
    name: 'a certificate that has expired',
    ...fails({ kind: 'tls', phase: 'tls', code: 'CERT_HAS_EXPIRED', detail: 'expired' }),
    cause: 'tls',
    says: /has expired \(CERT_HAS_EXPIRED\)\.$/,
  },
  {
    name: 'a certificate for another name',
    ...fails({
      kind: 'tls',
      phase: 'tls',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      detail: 'Host: a. is not in the cert',
    }),
    cause: 'tls',
    says: /for a different host name/,
  },
  {
    name: 'no such host',
    ...fails({ kind: 'dns', phase: 'dns', code: 'ENOTFOUND', detail: 'not found' }),
    cause: 'dns',
    says: /^Cannot resolve registry\.example: no such host \(ENOTFOUND\)\.$/,
    advises: /^Check the host name/,
  },
  {
    name: 'no DNS at the moment',
    ...fails({ kind: 'dns', phase: 'dns', code: 'EAI_AGAIN', detail: 'again' }),
    cause: 'dns',
    advises: /try again/,
  },
  {
    name: 'no connection',
    ...fails({ kind: 'tcp', phase: 'tcp', code: 'EHOSTUNREACH', detail: 'connect EHOSTUNREACH' }),
    cause: 'tcp',
  },
  {
    name: 'nothing listens',
    ...fails({ kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED', detail: 'refused' }),
    cause: 'tcp',
    says: /^Connection to registry\.example refused/,
  },
  {
    name: 'no answer',
    ...fails({ kind: 'timeout', phase: 'headers', detail: 'connected, but no response' }),
    cause: 'timeout',
    says: /timed out: connected, but no response\.$/,
  },
  {
    name: 'cut off, again and again',
    ...fails({ kind: 'tcp', phase: 'body', code: 'UND_ERR_SOCKET', detail: 'other side closed', isTransient: true }),
    retries: 2,
    requests: 3,
    cause: 'tcp',
    says: /closed the connection before its response was complete/,
  },
  {
    name: 'cut off, and then not',
    script: { [MANIFEST]: [{ fails: { isTransient: true } }, SERVED] },
    retries: 2,
    requests: 2,
  },
  {
    name: 'what answers is no HTTP',
    ...fails({ kind: 'not-http', phase: 'headers', detail: 'the answer is not HTTP' }),
    reason: 'not-a-registry',
    cause: 'not-oci',
  },
  {
    name: 'an address that is not asked',
    ...fails({ kind: 'blocked-address', phase: 'tcp', detail: '169.254.169.254' }),
    reason: 'not-a-registry',
    cause: 'insecure-redirect',
  },
  {
    name: 'the host behind the registry does not answer',
    image: 'registry.k8s.io/team/app:1',
    script: {
      [MANIFEST]: { status: 307, headers: { location: 'https://europe-docker.pkg.dev/x' } },
      'https://europe-docker.pkg.dev/x': { fails: { kind: 'timeout', phase: 'tcp', detail: 'connection timed out' } },
    },
    reason: 'unreachable',
    cause: 'timeout',
    requests: 2,
    says: /^No connection to europe-docker\.pkg\.dev \(redirected from registry\.k8s\.io\) in time/,
  },
  {
    name: 'a loopback registry that speaks plain http',
    image: '127.0.0.1:5000/team/app:1',
    script: {
      'https://127.0.0.1:5000/v2/team/app/manifests/1': {
        fails: { kind: 'tls', phase: 'tls', code: 'EPROTO', detail: 'wrong version number' },
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
