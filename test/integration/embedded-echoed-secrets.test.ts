// A secret that a server repeats is not shown: the command recognizes what it sent.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createImage } from '../../src/demo/image.ts';
import { errorReply, jsonReply, textReply } from '../../src/demo/reply.ts';
import { checkJson } from '../support/command.ts';
import {
  assertSilent,
  base64,
  everythingWritten,
  IDENTITY_TOKEN,
  ISSUED_TOKEN,
  PASSWORD,
  PROXY_PASSWORD,
  REGISTRY_TOKEN,
} from '../support/secrets.ts';
import { type Echo, startEchoServer, startRawServer } from '../support/servers.ts';

const PLACES: Readonly<Record<string, Echo>> = {
  'the message of an error': ({ words }) => errorReply(403, 'DENIED', `not for ${words}`),
  'the code of an error': ({ word }) => errorReply(403, word, 'no'),
  'an error that is none of the specification': ({ words }) => jsonReply(401, { details: `unknown login ${words}` }),
  'plain text': ({ words }) => textReply(400, `cannot read ${words}`),
  'the answer in an outage': ({ words }) => errorReply(500, 'UNKNOWN', words),
  'the title of a page': ({ words }) => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><title>Hello ${words}</title>`,
  }),
  'the scheme of a challenge': ({ word }) => ({ status: 401, headers: { 'www-authenticate': `${word} realm="x"` } }),
  'a realm that is no URL': ({ word }) => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="http://[${word}"` },
  }),
  'the host of a realm': ({ word }) => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="http://${word}.example/token"` },
  }),
  'the host of a redirect': ({ word }) => ({ status: 307, headers: { location: `http://${word}.example/` } }),
  'the query of a realm': ({ word, origin }) => ({
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${origin}/again?scope=${word}",service="${word}",scope="${word}"` },
  }),
  'the path of a redirect': ({ words, origin }) => ({
    status: 307,
    headers: { location: `${origin}/elsewhere/${words.replaceAll(' ', '/')}` },
  }),
  'the query of a redirect': ({ word, origin }) => ({
    status: 307,
    headers: { location: `${origin}/elsewhere?service=${word}` },
  }),
  'a warning header': ({ words }) => ({
    status: 404,
    headers: { warning: `299 - "bye ${words}"`, 'docker-distribution-api-version': 'registry/2.0' },
  }),
  'the digest of a manifest': ({ word }) => {
    const { mediaType, bytes } = createImage().manifest;
    return {
      status: 200,
      headers: { 'content-type': mediaType, 'docker-content-digest': `sha256:${word}` },
      body: bytes,
    };
  },
  'the media type of a manifest': ({ word }) => jsonReply(200, { schemaVersion: 2, mediaType: `application/${word}` }),
  'the artifact type of a manifest': ({ word }) => {
    const { mediaType } = createImage().manifest;
    const config = { mediaType: `application/${word}`, digest: `sha256:${'0'.repeat(64)}`, size: 2 };
    const manifest = { schemaVersion: 2, mediaType, artifactType: `application/${word}`, config, layers: [] };
    return jsonReply(200, manifest, { 'content-type': mediaType });
  },
};

type Scene = readonly [name: string, scheme: 'Basic' | 'Bearer', auth: object, token?: string];

const SCENES: readonly Scene[] = [
  ['a password', 'Basic', { auth: base64(`ada:${PASSWORD}`) }],
  ['a password at the token service', 'Bearer', { auth: base64(`ada:${PASSWORD}`) }],
  ['an identity token at the token service', 'Bearer', { auth: base64('ada:'), identitytoken: IDENTITY_TOKEN }],
  ['a registry token', 'Bearer', { registrytoken: REGISTRY_TOKEN }],
  ['a token that was issued, and the password', 'Bearer', { auth: base64(`ada:${PASSWORD}`) }, ISSUED_TOKEN],
];

/** What is written of the images of a server that echoes, one after the other. */
async function checkEcho([, scheme, auth, token]: Scene, echo: Echo, repositories: readonly string[]): Promise<string> {
  await using server = await startEchoServer({ scheme, echo, ...(token !== undefined && { token }) });
  const images = repositories.map((repository) => `${server.name}/team/${repository}:v1`);
  const args = [...images, '--retries', '0', '--concurrency', '1'];
  const written = await everythingWritten(args, { auths: { [server.name]: auth } });
  assert.ok(server.log.some(({ headers, body }) => headers.authorization !== undefined || body !== ''));
  return written;
}

for (const scene of SCENES) {
  const [name] = scene;
  describe(`${name} is not shown though it is repeated in`, () => {
    for (const [place, echo] of Object.entries(PLACES)) {
      it(place, async () => assertSilent(await checkEcho(scene, echo, ['app'])));
    }
  });

  describe(`${name} is not shown although it is repeated to the next image, which was requested without it, in`, () => {
    for (const [place, echo] of Object.entries(PLACES)) {
      it(place, async () => assertSilent(await checkEcho(scene, echo, ['app', 'web'])));
    }
  });
}

describe('the credential of a proxy is not shown although the proxy repeats it in', () => {
  const image = 'registry.example.com/team/app:v1';
  const withCredential = (name: string): string => `http://ada:${PROXY_PASSWORD}@${name}`;

  it('its status line', async () => {
    const words = `${PROXY_PASSWORD} ${base64(`ada:${PROXY_PASSWORD}`)}`;
    await using proxy = await startRawServer((socket) => socket.end(`HTTP/1.1 403 ${words}\r\n\r\n`));
    assertSilent(await everythingWritten([image], {}, { env: { HTTPS_PROXY: withCredential(proxy.name) } }));
    assert.ok(proxy.connections() > 0);
  });

  it('its response instead of the registry’s', async () => {
    const echo: Echo = ({ words }) => textReply(403, `no entrance for ${words}`);
    await using proxy = await startEchoServer({ scheme: 'Basic', echo });
    const args = [image, '--plain-http'];
    assertSilent(await everythingWritten(args, {}, { env: { HTTP_PROXY: withCredential(proxy.name) } }));
    assert.ok(proxy.log.some(({ headers }) => headers['proxy-authorization'] !== undefined));
  });
});

it('no password of any kind is shown, whatever characters it has', async () => {
  const echo: Echo = ({ words }) => errorReply(403, 'DENIED', `not for ${words}`);
  const password = fc.string({ minLength: 8, maxLength: 24, unit: fc.integer({ min: 33, max: 126 }).map(characterOf) });
  await fc.assert(
    fc.asyncProperty(password, async (secret) => {
      await using server = await startEchoServer({ scheme: 'Basic', echo });
      const args = [`${server.name}/team/app:v1`, '-u', 'ada', '--password-stdin'];
      const { result } = await checkJson(args, { stdin: secret });
      assert.equal(result.reason, 'denied');
      const { message, registryErrors } = result;
      for (const text of [message, ...registryErrors.map((error) => `${error.message}`)]) {
        assert.ok(!text.includes(secret), text);
        assert.ok(!text.includes(base64(`ada:${secret}`)), text);
      }
    }),
    { numRuns: 25 },
  );
});

function characterOf(code: number): string {
  return String.fromCharCode(code);
}
