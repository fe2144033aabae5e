import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { ask } from './ask.ts';
import * as fault from './faults.ts';

const image = createImage();
const TRUE_BODY = Buffer.from(image.manifest.bytes).toString();
const headers = { accept: image.manifest.mediaType };

describe('faults', () => {
  let registry: EmbeddedRegistry;
  let url: string;
  beforeEach(async () => {
    registry = await startRegistry();
    registry.put('team/app', 'v1', image);
    url = `${registry.origin}/v2/team/app/manifests/v1`;
  });
  afterEach(() => registry.close());

  it('reset: the connection is reset before any response', async () => {
    registry.inject(fault.reset());
    await assert.rejects(ask(url, { headers }), { code: 'ECONNRESET' });
    await registry.idle();
    assert.equal(registry.log[0]?.status, null);
    assert.equal(registry.log[0]?.aborted, true);
  });

  it('hang: the request arrives and nothing comes back', async () => {
    registry.inject(fault.hang());
    const controller = new AbortController();
    const answer = ask(url, { headers, signal: controller.signal });
    await until(() => registry.log.length === 1);
    controller.abort();
    await assert.rejects(answer, { name: 'AbortError' });
    await registry.idle();
    assert.deepEqual(registry.transcript(), ['GET /v2/team/app/manifests/v1 -']);
  });

  it('stall: headers and some of the body come, then nothing', async () => {
    registry.inject(fault.stall(5));
    const response = await responseOf(url);
    assert.equal(response.headers['content-length'], String(TRUE_BODY.length));
    const [chunk] = await once(response, 'data');
    assert.equal(chunk.toString(), TRUE_BODY.slice(0, 5));
    response.on('error', () => {}).destroy();
    await registry.idle();
    assert.equal(registry.log[0]?.aborted, true);
  });

  it('stall: without a byte of body, the headers still come', async () => {
    registry.inject(fault.stall());
    const response = await responseOf(url);
    assert.equal(response.statusCode, 200);
    response.on('error', () => {}).destroy();
  });

  it('cut: the connection closes in the middle of the body', async () => {
    registry.inject(fault.cut(5));
    await assert.rejects(ask(url, { headers }), { code: 'ECONNRESET' });
    await registry.idle();
    assert.equal(registry.log[0]?.bytesSent, 5);
  });

  it('drip: the body comes byte by byte, and is complete in the end', async () => {
    registry.inject(fault.drip(0));
    const response = await responseOf(url);
    const sizes: number[] = [];
    let body = '';
    for await (const chunk of response) {
      sizes.push(chunk.length);
      body += chunk;
    }
    assert.equal(body, TRUE_BODY);
    assert.ok(sizes.length > 1);
  });

  it('endless: the body goes on until the client leaves, and no further', async () => {
    registry.inject(fault.endless());
    const response = await responseOf(url);
    assert.equal(response.headers['content-length'], undefined);
    let read = 0;
    for await (const chunk of response) {
      read += chunk.length;
      if (read > 4_000_000) break;
    }
    await registry.idle();
    const { bytesSent, aborted } = registry.log[0] ?? assert.fail();
    assert.ok(bytesSent >= read);
    assert.equal(aborted, true);
  });

  it('raw: the very characters, whatever they are', async () => {
    registry.inject(fault.raw('SSH-2.0-OpenSSH_9.6\r\n'));
    await assert.rejects(ask(url), { code: /^HPE_/ });
  });

  it('gzipBomb: small on the wire, large once inflated', async () => {
    registry.inject(fault.gzipBomb(64 * 1024 * 1024));
    const response = await responseOf(url);
    assert.equal(response.headers['content-encoding'], 'gzip');
    assert.equal(response.headers['content-type'], image.manifest.mediaType);
    const wire = Buffer.concat(await response.toArray());
    assert.ok(wire.length < 100_000);
    assert.equal(gunzipSync(wire).length, 64 * 1024 * 1024);
  });

  it('redirect: anywhere, to itself too', async () => {
    registry.inject(fault.redirect('http://elsewhere.example/x?signature=1', 302), { times: 1 });
    registry.inject((request) => fault.redirect(request.url));
    const elsewhere = await ask(url);
    const itself = await ask(url);
    assert.deepEqual(
      [elsewhere, itself].map(({ status, headers }) => [status, headers.location]),
      [
        [302, 'http://elsewhere.example/x?signature=1'],
        [307, '/v2/team/app/manifests/v1'],
      ],
    );
  });

  it('tooManyRequests: 429, with the given Retry-After', async () => {
    registry.inject(fault.tooManyRequests('2'));
    const { status, headers, body } = await ask(url);
    assert.equal(status, 429);
    assert.equal(headers['retry-after'], '2');
    assert.equal(JSON.parse(body).errors[0].code, 'TOOMANYREQUESTS');
  });

  it('unavailable, once: the next request is fine', async () => {
    registry.inject(fault.unavailable(), { times: 1 });
    assert.equal((await ask(url, { headers })).status, 503);
    assert.equal((await ask(url, { headers })).status, 200);
  });

  it('captivePortal: 200 and HTML', async () => {
    registry.inject(fault.captivePortal());
    const { status, headers, body } = await ask(url);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['docker-distribution-api-version'], undefined);
    assert.match(body, /<title>Sign in to Guest WiFi<\/title>/);
  });

  it('wrongDigestHeader and withoutDigestHeader: the body is the true one', async () => {
    registry.inject(fault.wrongDigestHeader(), { times: 1 });
    registry.inject(fault.withoutDigestHeader(), { times: 1 });
    const wrong = await ask(url, { headers });
    const without = await ask(url, { headers });
    assert.equal(wrong.headers['docker-content-digest'], `sha256:${'0'.repeat(64)}`);
    assert.equal(without.headers['docker-content-digest'], undefined);
    assert.deepEqual([wrong.body, without.body], [TRUE_BODY, TRUE_BODY]);
  });

  it('contentType: another one, or none', async () => {
    registry.inject(fault.contentType('text/plain'), { times: 1 });
    registry.inject(fault.contentType(undefined), { times: 1 });
    assert.equal((await ask(url, { headers })).headers['content-type'], 'text/plain');
    assert.equal((await ask(url, { headers })).headers['content-type'], undefined);
  });

  it('truncated: half the JSON, delivered as if it were all', async () => {
    registry.inject(fault.truncated());
    const { headers: answered, body } = await ask(url, { headers });
    assert.equal(body, TRUE_BODY.slice(0, TRUE_BODY.length >> 1));
    assert.equal(answered['content-length'], String(body.length));
  });

  it('corrupted: one byte is another one', async () => {
    registry.inject(fault.corrupted());
    const { body } = await ask(url, { headers });
    assert.equal(body, `${TRUE_BODY.slice(0, -1)}|`);
  });

  it('unauthorized: 401 for ever, with any challenge', async () => {
    registry.inject(fault.unauthorized(['Negotiate', 'Basic realm="corp"']));
    const answers = await Promise.all([ask(url), ask(url, { headers: { authorization: 'Bearer x' } })]);
    for (const { status, lines } of answers) {
      assert.equal(status, 401);
      assert.deepEqual(lines['www-authenticate'], ['Negotiate', 'Basic realm="corp"']);
    }
  });

  it('terminalEscapes: control characters arrive as they are', async () => {
    registry.inject(fault.terminalEscapes());
    const { message } = JSON.parse((await ask(url)).body).errors[0];
    assert.equal(message, '\u001b[31mred\u001b]0;title\u0007\r\nverdict: pullable\u202e\u009b2J');
  });

  it('on HEAD, what happens to a body does not happen', async () => {
    for (const aFault of [fault.cut(), fault.stall(), fault.drip(), fault.endless()]) {
      registry.inject(aFault, { times: 1 });
      assert.equal((await ask(url, { method: 'HEAD', headers })).status, 200);
    }
  });
});

describe('fault rules', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startRegistry();
  });
  after(() => registry.close());
  const statusOf = async (method: string, path: string, more = {}) =>
    (await ask(`${registry.origin}${path}`, { method, headers: more })).status;
  const status = (code: number) => fault.replyWith({ status: code });

  it('choose by method, path, pattern and predicate, in the order they were given', async () => {
    registry.inject(status(460), { method: 'HEAD', path: '/v2/' });
    registry.inject(status(461), { path: /\/blobs\// });
    registry.inject(status(462), { where: ({ headers }) => headers.authorization !== undefined });
    registry.inject(({ query }) => (query.get('x') === '1' ? status(463) : undefined));
    assert.deepEqual(
      [
        await statusOf('HEAD', '/v2/'),
        await statusOf('GET', '/v2/'),
        await statusOf('GET', '/v2/a/blobs/sha256:0'),
        await statusOf('GET', '/v2/', { authorization: 'x' }),
        await statusOf('GET', '/v2/?x=1'),
      ],
      [460, 200, 461, 462, 463],
    );
  });
});

/** The response with its body unread. */
function responseOf(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, resolve).on('error', reject).end();
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
