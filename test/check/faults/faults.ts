// Faults that users meet, by name: the image, and what its registry, or the way to it, does.

import { shortDigest } from '../../../src/core/digest.ts';
import type { Credential } from '../../../src/credentials/credential.ts';
import type { FailedHelper } from '../../../src/credentials/credential-chain.ts';
import type { LoginTool } from '../../../src/credentials/login-tool.ts';
import type { HttpFailure } from '../../../src/http/failure.ts';
import type { CertificateFacts, TlsFailure, TlsProblem } from '../../../src/http/tls-failure.ts';
import type { Reply, Script, Scripted } from '../../support/fake-send.ts';
import { contentOf, imageOf, indexOf } from '../../support/images.ts';
import {
  AMD64,
  BOTH,
  bearer,
  challenges,
  ENTRIES,
  html,
  INDEX,
  MISSING,
  ONE,
  password,
  platforms,
  refuses,
  type ScriptedCheck,
  serves,
  whenKnown,
} from '../../support/scripted-check.ts';

export interface FaultText extends Omit<ScriptedCheck, 'mirrors'> {
  readonly image: string;
  readonly logins?: readonly Credential[];
  readonly failedHelpers?: readonly FailedHelper[];
  readonly tool?: LoginTool;
}

const IMAGE = 'registry.acme.example/team/app:1';
const HOST = 'registry.acme.example';
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const OTHER = imageOf({ os: 'linux', architecture: 'riscv64' });

const answers = (reply: Scripted, more: Script = {}): FaultText => ({ image: IMAGE, script: { ...more, '*': reply } });
const fails = (failure: Partial<HttpFailure>): FaultText => answers({ fails: failure });

const tcp = (code: string, more: Partial<HttpFailure> = {}): FaultText =>
  fails({ kind: 'tcp', phase: 'tcp', code, detail: `connect ${code}`, addresses: ['10.20.0.1'], ...more });

const tls = (
  failed: TlsProblem | TlsFailure,
  certificate?: Partial<CertificateFacts>,
  code: string | null = null,
): FaultText =>
  fails({
    ...{ kind: 'tls', phase: 'tls', code, detail: 'handshake failure', addresses: ['10.20.0.1'] },
    tls: {
      ...(typeof failed === 'string' ? { problem: failed } : failed),
      ...(certificate && { certificate: { ...CERTIFICATE, ...certificate } }),
    },
  });

const CERTIFICATE: CertificateFacts = {
  issuer: 'Acme Internal CA 2',
  commonName: HOST,
  names: [HOST],
  validFromMs: Date.UTC(2000, 0, 1),
  validToMs: Date.UTC(2100, 0, 1),
  purposes: [],
};

const proxied = (code: string, more: Partial<HttpFailure> = {}): FaultText =>
  fails({
    ...{ kind: 'proxy', phase: 'proxy', code, detail: `connect ${code} 10.20.0.1:3128` },
    proxy: { host: 'proxy.acme.example:3128', variable: 'HTTPS_PROXY', hasLogin: false, schemes: [] },
    ...more,
  });

const BASIC = challenges('Basic realm="x"');
const TOKENS = 'https://auth.acme.example:5001/token';
/** A token that opens nothing. */
const withToken = (image: string, realm: string, known: Scripted, token: Scripted = { body: { token: 'abc' } }) => ({
  image,
  script: { [realm]: token, '*': whenKnown(challenges(bearer(realm)), known) },
});

const unavailable: Reply = {
  status: 503,
  headers: {
    'content-type': 'text/html',
    server: 'nginx',
    date: 'Thu, 01 Jan 2026 06:30:00 GMT',
    'retry-after': '5400',
  },
  body: '<html><head><title>503 Service Temporarily Unavailable</title></head></html>',
};

const QUOTA: Reply = {
  ...refuses(
    429,
    'TOOMANYREQUESTS',
    'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  ),
  headers: {
    'ratelimit-limit': '100;w=21600',
    'ratelimit-remaining': '0;w=21600',
    'docker-ratelimit-source': '203.0.113.9',
  },
};

/** As ECR sends it. */
const NOT_AUTHORIZED: Reply = {
  status: 401,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': ['Basic realm="x"'] },
  body: 'Not Authorized\n',
};

const helper = (code: FailedHelper['code'], problem: string, more: Partial<FailedHelper> = {}): FailedHelper => ({
  ...{ code, problem, program: 'docker-credential-ecr-login', label: '~/.docker/config.json' },
  ...more,
});

const served = (content: Parameters<typeof serves>[0], headers?: Reply['headers']): FaultText =>
  answers(serves(content, headers));

export const FAULTS: Readonly<Record<string, FaultText>> = {
  'a content type that runtimes refuse': served(AMD64, { 'content-type': 'application/octet-stream' }),
  'nothing responds': fails({ kind: 'timeout', phase: 'tcp', waitedMs: 10_000, addresses: ['10.20.0.1'] }),
  'a connection without a response': fails({ kind: 'timeout', phase: 'headers', waitedMs: 30_000 }),
  'a credential helper that is missing': {
    image: `${ECR}/shop/web:1.4`,
    script: { '*': NOT_AUTHORIZED },
    failedHelpers: [helper('helper-missing', 'is not on the PATH')],
  },
  'a credential helper that is missing, in a pipeline': {
    image: `${ECR}/shop/web:1.4`,
    script: { '*': NOT_AUTHORIZED },
    failedHelpers: [helper('helper-missing', 'is not on the PATH')],
    tool: 'variables',
  },
  'a credentials store that fails': {
    ...answers(BASIC),
    failedHelpers: [
      helper('helper-failed', 'exited with code 1 (no desktop keyring is running)', {
        program: 'docker-credential-secretservice',
        field: 'credsStore',
      }),
    ],
  },
  'the quota of Docker Hub': { image: 'python:3.12', script: { '*': QUOTA }, proof: 'manifest' },
  'too many requests, with a time': answers(refuses(429, 'TOOMANYREQUESTS', 'slow down', { 'retry-after': '120' })),
  'an outage that says how long': { ...answers(unavailable), retries: 2 },
  'an outage, three times': { ...answers({ status: 500, body: 'unknown error' }), retries: 2 },
  'an outage behind a CDN': answers({
    status: 502,
    headers: { 'content-type': 'text/html', server: 'cloudflare', 'cf-ray': '8c1f0e2ab9d93c1e-FRA' },
    body: '<html><head><title>acme.example | 502: Bad gateway</title></head></html>',
  }),
  'a token service that is down': {
    image: IMAGE,
    script: {
      [TOKENS]: { fails: { kind: 'tcp', phase: 'tcp', code: 'ECONNREFUSED', addresses: ['10.20.0.1'] } },
      '*': challenges(bearer(TOKENS)),
    },
  },
  'a policy of the registry': answers(
    refuses(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 critical vulnerabilities cannot be pulled'),
  ),
  'a private image of Docker Hub': withToken(
    'acme/billing:2',
    'https://auth.docker.io/token',
    refuses(401, 'UNAUTHORIZED', 'authentication required', {
      'www-authenticate': [bearer('https://auth.docker.io/token', { error: 'insufficient_scope' })],
    }),
  ),
  'an official image that is misspelled': withToken(
    'ngnix:1.27',
    'https://auth.docker.io/token',
    refuses(401, 'UNAUTHORIZED', 'authentication required', {
      'www-authenticate': [bearer('https://auth.docker.io/token', { error: 'insufficient_scope' })],
    }),
  ),
  'a private image of GHCR': withToken('ghcr.io/acme/api:2', 'https://ghcr.io/token', BASIC, {
    ...refuses(403, 'DENIED', 'requested access to the resource is denied'),
  }),
  'a login that is refused, of a public image': {
    image: 'ghcr.io/acme/tool:1',
    script: {
      'https://ghcr.io/token': whenKnown({ body: { token: 'abc' } }, refuses(403, 'DENIED', 'denied')),
      '*': whenKnown(challenges(bearer('https://ghcr.io/token')), serves(AMD64)),
    },
    logins: [password('octocat')],
  },
  'a wrong password': { ...answers(BASIC), logins: [password('lab')] },
  'a wrong password on standard input': { ...answers(BASIC), logins: [password('lab', '--username')] },
  'a login required, in a pipeline': { ...answers(BASIC), tool: 'variables' },
  'a login of ECR that has expired': {
    image: `${ECR}/shop/web:1.4`,
    script: {
      '*': whenKnown(
        BASIC,
        refuses(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.'),
      ),
    },
    logins: [password('AWS')],
  },
  'a login without access': {
    image: 'europe-docker.pkg.dev/acme/apps/web:1',
    script: {
      '*': whenKnown(
        BASIC,
        refuses(
          403,
          'DENIED',
          'Permission "artifactregistry.repositories.downloadArtifacts" denied on resource (or it may not exist).',
        ),
      ),
    },
    logins: [password('oauth2accesstoken')],
  },
  'a redirect loop': answers({
    fails: { kind: 'redirect-loop', detail: 'redirects /v2/team/app/manifests/1 to itself (301, server nginx)' },
  }),
  'a redirect to a file': answers({ status: 302, headers: { location: 'file:///etc/hostname' } }),
  'content with another digest': {
    image: `registry.acme.example/team/app@${AMD64.digest}`,
    script: { '*': serves(OTHER) },
  },
  'an expired certificate': tls('expired', { issuer: 'Acme Corp Root CA', validToMs: Date.UTC(2020, 0, 2, 3, 4) }),
  'a certificate for another name': tls('other-name', { names: ['registry-old.acme.example', 'images.acme.example'] }),
  'a certificate with only a common name': tls('other-name', { names: [] }),
  'an unknown authority': tls('untrusted', {}),
  'an unknown authority and another name': tls('untrusted', { names: ['images.acme.example'] }),
  'a client certificate that is required': tls('certificate-required'),
  'an old version of TLS': tls('old-version'),
  'a TLS handshake that is cut': tls('closed', undefined, 'ECONNRESET'),
  'something other than TLS on the port': tls('not-tls'),
  'plain HTTP on the port': tls({ problem: 'not-tls', repliesInHttp: true }),
  'a name that does not exist': fails({ kind: 'dns', phase: 'dns', code: 'ENOTFOUND' }),
  'no DNS': { image: 'nginx', script: { '*': { fails: { kind: 'dns', phase: 'dns', code: 'EAI_FAIL' } } } },
  'a refused connection': tcp('ECONNREFUSED'),
  'no route': tcp('ENETUNREACH'),
  'a connection that is lost': fails({ kind: 'tcp', phase: 'body', code: 'UND_ERR_SOCKET' }),
  'an SSH server': fails({ kind: 'not-http', detail: 'it sent "SSH-2.0-OpenSSH_9.9", so it is an SSH server' }),
  'a proxy that refuses': proxied('ECONNREFUSED'),
  'a proxy whose name is unknown': proxied('ENOTFOUND'),
  'a proxy that requires a login': proxied('HTTP_407', { detail: 'the proxy returned 407' }),
  'a firewall with a page': answers({
    ...html(403, '<html><head><title>Attention Required! | Cloudflare</title></head></html>'),
    headers: { 'content-type': 'text/html', server: 'cloudflare', 'cf-ray': '8c1f0e2ab9d93c1e-FRA' },
  }),
  'a captive portal': answers(html(200, '<html><head><title>Guest WiFi</title></head></html>')),
  'a token service at a private address': {
    image: IMAGE,
    script: {
      [TOKENS]: { fails: { kind: 'private-address', phase: 'tcp', detail: 'the private address 10.20.0.9' } },
      '*': challenges(bearer(TOKENS)),
    },
  },
  'a 401 without a challenge': answers({ status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'no' }] } }),
  'a token that the registry rejects': withToken(
    IMAGE,
    TOKENS,
    refuses(401, 'UNAUTHORIZED', 'invalid token', {
      'www-authenticate': [bearer(TOKENS, { error: 'invalid_token' })],
    }),
  ),
  'a tag that does not exist': answers(refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown')),
  'a repository that does not exist': answers(refuses(404, 'NAME_UNKNOWN', 'repository name not known to registry')),
  'a 404 with a web page': answers(html(404, '<html><head><title>404 Not Found</title></head></html>')),
  'a missing layer': { ...named(ONE, { [`/v2/team/app/blobs/${AMD64.layers[0]?.digest}`]: MISSING }), proof: 'layers' },
  'a missing platform manifest': {
    ...named(BOTH, {
      [`/v2/team/app/manifests/${AMD64.digest}`]: refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown'),
    }),
    platforms: platforms('linux/amd64'),
  },
  'a missing platform': { ...named(BOTH), platforms: platforms('linux/s390x') },
  'an index with attestations only': served(
    indexOf([
      {
        ...(ENTRIES[0] as object),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      } as never,
    ]),
  ),
  'a Helm chart': {
    image: 'registry.acme.example/charts/shop:0.3.1',
    script: {
      '*': serves(
        contentOf(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: AMD64.digest, size: 2 },
            layers: [],
          }),
          'application/vnd.oci.image.manifest.v1+json',
        ),
      ),
    },
  },
  'a schema 1 manifest': answers({
    headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
    body: JSON.stringify({ schemaVersion: 1, name: 'team/app', tag: '1', fsLayers: [], history: [], signatures: [] }),
  }),
  'an array instead of a manifest': answers({ headers: { 'content-type': INDEX.mediaType }, body: '[]' }),
  'a space in the name': { image: 'registry.acme.example/shop/my app:1', script: {} },
  'upper case in the name': { image: 'registry.acme.example/Shop/web:1.4', script: {} },
  'a tag with a forbidden character': { image: 'registry.acme.example/shop/web:1.4+build', script: {} },
  'a digest that is too short': { image: `registry.acme.example/shop/web@${shortDigest(AMD64.digest)}`, script: {} },
};

/** The scripts name paths without a host: they are those of this registry. */
function named(script: Script, more: Script = {}): FaultText {
  const changed = Object.keys(more);
  const kept = Object.entries(script).filter(([name]) => !changed.some((path) => name.endsWith(path)));
  return { image: IMAGE, script: { ...Object.fromEntries(kept), ...more } };
}
