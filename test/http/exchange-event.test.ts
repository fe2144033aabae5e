import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResponseEvent } from '../../src/core/check-event.ts';
import { requestEvent, responseEvent } from '../../src/http/exchange-event.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { requestFor } from '../support/fake-send.ts';

const record = {
  purpose: 'manifest',
  method: 'GET',
  url: 'https://r.example/v2/',
  status: 200,
  durationMs: 1,
  attempt: 1,
} as const;

function eventFor(
  headers: Readonly<Record<string, string>>,
  body = '',
  status = 200,
  request = requestFor('https://r.example/v2/'),
): ResponseEvent {
  const response: HttpResponse = {
    status,
    headers: new HttpHeaders(headers),
    body: Buffer.from(body),
    truncated: false,
    url: request.url,
    host: 'r.example',
    quote: (text) => text,
    crossedOrigin: false,
  };
  return responseEvent(requestEvent(request, record), { ...record, status }, request, response);
}

const shown = (name: string, value: string): string | undefined => eventFor({ [name]: value }).headers[0]?.[1];

describe('a response as an event', () => {
  it('hides headers that identify the user', () => {
    for (const name of ['set-cookie', 'x-amz-security-token', 'authorization', 'x-session', 'x-api-key']) {
      assert.equal(shown(name, 'abc'), '***', name);
    }
  });

  it('hides the query of every URL, which may be signed, except in a challenge', () => {
    assert.equal(shown('location', 'https://u:p@s.example/x?sig=abc'), 'https://s.example/x?***');
    assert.equal(shown('location', '/x?sig=abc'), '/x?***');
    assert.equal(shown('link', '</v2/x?last=1>; rel=next'), '</v2/x?***>; rel=next');
    const challenge = 'Bearer realm="https://a.example/token?x=1",service="s"';
    assert.equal(shown('www-authenticate', challenge), challenge);
  });

  it('hides what may be a token in the path of a URL', () => {
    const token = 'tok'.repeat(20);
    assert.equal(shown('location', `https://s.example/${token}/blob;sig=abc`), 'https://s.example/***/blob;sig=***');
    assert.equal(shown('location', `/${token}/blob;sig=abc`), '/***/blob;sig=***');
    assert.equal(shown('content-location', `//s.example/${token}`), '//s.example/***');
    assert.equal(shown('link', `<https://s.example/${token};sig=a>; rel=next`), '<https://s.example/***>; rel=next');
    assert.equal(shown('refresh', `0; url=/${token}`), '0; url=/***');
    const digest = `https://s.example/sha256:${'a'.repeat(64)}`;
    assert.equal(shown('location', digest), digest);
    const host = `https://${'bucket.'.repeat(8)}s3.example/blob`;
    assert.equal(shown('location', host), host);
  });

  it('repeats of an error of storage only its code and message', () => {
    const request = { ...requestFor('https://s.example/x?sig=abc'), redirectedFrom: new URL('https://r.example/v2/') };
    const body = '<Error><Code>AccessDenied</Code><Message>Expired</Message><Signature>abc</Signature></Error>';
    assert.equal(eventFor({}, body, 403, request).excerpt, 'AccessDenied: Expired');
    assert.equal(eventFor({}, 'abc', 403, request).excerpt, undefined);
  });

  it('has the title of a page and the beginning of an error, never of other content', () => {
    assert.equal(eventFor({ 'content-type': 'text/html' }, '<html><title>Sign in</title>').excerpt, 'Sign in');
    assert.equal(eventFor({}, '{"errors":[]}', 404).excerpt, '{"errors":[]}');
    assert.equal(eventFor({}, '{"token":"abc"}').excerpt, undefined);
  });
});

describe('a request as an event', () => {
  const credential = { source: 'x', kind: 'password', username: 'ada' } as const;
  const eventOf = (changes: Partial<HttpRequest>) =>
    requestEvent({ ...requestFor('https://r.example/v2/'), ...changes }, record);

  it('says who sends it, without the secret', () => {
    const event = eventOf({ headers: { authorization: 'Basic YWRhOng=' }, credential });
    assert.deepEqual(event.headers, [
      ['user-agent', 'kairos-pull'],
      ['authorization', 'Basic ***'],
    ]);
    assert.deepEqual(event.authorization, { scheme: 'basic', credential });
  });

  it('is anonymous once a redirect dropped the credentials', () => {
    assert.equal(eventOf({ headers: {}, credential }).authorization, undefined);
  });
});
