// What servers and the environment write around a request.

import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { parseRealmHost } from '../../src/auth/realm-list.ts';
import { parseChallenges } from '../../src/auth/rfc-challenge.ts';
import { scopesFor, vetRealm } from '../../src/auth/token-endpoint.ts';
import { cleanText } from '../../src/core/text.ts';
import { addressKind } from '../../src/http/address.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { selectProxy } from '../../src/http/proxy.ts';
import { findRetryAfter, parseRetryAfter } from '../../src/http/retry-after.ts';
import { shownUrl } from '../../src/http/shown-url.ts';
import { requestFor } from '../support/fake-send.ts';
import { assertLine } from './property.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const REGISTRY = new URL('https://registry.example/v2/');

const challenge = textTarget(
  'challenge',
  {
    seeds: [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
      'Basic realm="Registry Realm"',
      'Negotiate, Basic realm=x, Bearer realm="a\\"b" , error="invalid_token"',
      'Newauth a=1, Bearer realm=https://x/y?z,service=a:b',
      'Digest dGVzdA==',
    ],
    words: ['Bearer ', 'Basic ', 'realm=', 'service=', 'scope=', '"', ',', '=', '\\"', ' ', 'token68=='],
  },
  (text) => {
    for (const { scheme, params } of [...parseChallenges(text), ...parseChallenges([text, text])]) {
      assert.equal(scheme, scheme.toLowerCase());
      for (const name of Object.keys(params)) assert.equal(name, name.toLowerCase());
      for (const scope of scopesFor(params.scope, 'team/app')) assert.notEqual(scope, '');
      const realm = vetRealm(params.realm, REGISTRY, cleanText);
      // Over http it is requested without a login only.
      if (realm.ok) assert.match(`${realm.value.url.protocol}${realm.value.url.username}`, /^https?:$/);
      else assertLine(realm.error);
    }
  },
);

const NOW = Date.UTC(2026, 0, 1);

const retryAfter = textTarget(
  'retry-after',
  {
    seeds: [
      '120',
      '1.5',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      'Wed Oct 21 07:28:00 2026',
      '880.092µs',
      '1m30s',
      'toomanyrequests: retry-after: 880.092µs, allowed: 44000/minute',
    ],
    words: ['retry-after:', '1', '.', 's', 'm', 'GMT', 'Mon, ', '2026', '\\u00b5s'],
  },
  (text) => {
    for (const waitMs of [parseRetryAfter(text, NOW), findRetryAfter(text, NOW)]) {
      assert.ok(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0), `${waitMs}`);
    }
  },
);

const proxy = textTarget(
  'proxy',
  {
    seeds: [
      'http://u:p@proxy.example:3128',
      'proxy:3128',
      '*',
      '.example.com,10.0.0.0/8,[::1]:443',
      'socks5://x',
      '::1/128',
    ],
    words: ['http://', 'https://', '@', ':', ',', '.', '*', '/8', '/129', '10.0.0.1', '::', 'registry.example'],
  },
  (text) => {
    for (const [HTTPS_PROXY, NO_PROXY] of [
      [text, ''],
      ['http://proxy.example', text],
    ]) {
      const selected = selectProxy(new URL('https://registry.example/v2/'), { HTTPS_PROXY, NO_PROXY });
      if (!selected.ok) assertLine(selected.error);
      else assert.match(selected.value?.url.protocol ?? 'http:', /^https?:$/);
    }
  },
);

const url = textTarget(
  'shown-url',
  {
    seeds: [
      'https://u:secret-word@storage.example/blob/sha256:abc?X-Amz-Signature=secret-word&x=1#secret-word',
      'https://auth.example/token?scope=repository:library/nginx:pull&service=r&account=me',
      '/v2/team/app/blobs/uploads/x;sig=secret-word',
      `https://cdn.example/${'secret-word'.repeat(12)}/x`,
    ],
    words: ['?', '&', '=', '/', ';sig=', '#', '%2F', 'scope=', 'https://', '@'],
  },
  (text) => {
    if (!URL.canParse(text, REGISTRY.href) || !/^https?:$/.test(new URL(text, REGISTRY).protocol)) return;
    const secrets = createKnownSecrets();
    secrets.addCredential('me', 'secret-word');
    for (const purpose of ['token', 'blob'] as const) {
      const request = requestFor(new URL(text, REGISTRY).href, {
        purpose,
        namedBy: { registry: 'registry.example', as: purpose === 'token' ? 'realm' : 'redirect' },
        ...(purpose === 'blob' && { redirectedFrom: REGISTRY }),
      });
      const shown = shownUrl(request, secrets.hide);
      assert.ok(!shown.toLowerCase().includes('secret-word'), shown);
      assert.doesNotMatch(shown, /#|^[a-z]+:\/\/[^/]*@/);
      assertLine(shown);
    }
  },
);

const address = textTarget(
  'address',
  {
    seeds: [
      '10.0.0.1',
      '169.254.169.254',
      '::ffff:10.0.0.1',
      '2002:a9fe:a9fe::1',
      '64:ff9b::7f00:1',
      'fe80::1%eth0',
      '0x7f.1',
    ],
    words: ['.', ':', '::', '127', '255', 'ffff', '0x', '%25'],
  },
  (text) => {
    if (isIP(text) !== 0) assert.match(addressKind(text), /^[a-z]+$/);
    const host = parseRealmHost(text);
    if (!host.ok) return assertLine(host.error);
    assert.deepEqual(parseRealmHost(host.value), host);
  },
);

export const HTTP_TARGETS: readonly FuzzTarget[] = [challenge, retryAfter, proxy, url, address];
