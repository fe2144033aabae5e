import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { redactUrl } from '../../src/http/redact.ts';

const redacted = (text: string): string => redactUrl(new URL(text));

describe('redactUrl', () => {
  it('keeps what a person needs to see', () => {
    const manifest = 'https://r.example:5000/v2/library/nginx/manifests/1.27';
    assert.equal(redacted(manifest), manifest);
    const token = 'https://auth.example/token?service=registry&scope=repository:library/nginx:pull&account=me';
    assert.equal(redacted(token), token);
    const blob = `https://r.example/v2/a/blobs/sha512:${'a'.repeat(128)}`;
    assert.equal(redacted(blob), blob);
  });

  it('leaves out user info and fragment', () => {
    assert.equal(redacted('https://user:hunter2@r.example/v2/#hunter3'), 'https://r.example/v2/');
  });

  it('leaves out the value of every parameter it does not know', () => {
    assert.equal(
      redacted('https://s3.example/x?X-Amz-Signature=abc&sig=def&scope=a'),
      'https://s3.example/x?X-Amz-Signature=***&sig=***&scope=a',
    );
  });

  it('leaves out a query that is a token itself', () => {
    assert.equal(redacted('https://cdn.example/x?dGhpc2lzYXNlY3JldA=='), 'https://cdn.example/x?***');
    assert.equal(redacted(`https://cdn.example/x?${'t'.repeat(60)}=1`), 'https://cdn.example/x?***');
  });

  it('leaves out a path segment that is long enough to be a token', () => {
    assert.equal(redacted(`https://cdn.example/${'t'.repeat(129)}/blob`), 'https://cdn.example/***/blob');
  });

  it('shows no secret planted in user info, query value or fragment, and only printable ASCII', () => {
    const secret = fc.uuid().map((id) => `s3cret-${id}`);
    fc.assert(
      fc.property(secret, fc.webUrl(), fc.string(), (planted, base, noise) => {
        const url = new URL(base);
        url.username = planted;
        url.password = planted;
        url.searchParams.append('X-Signature', planted);
        url.searchParams.append(noise.slice(0, 10), planted);
        url.searchParams.append(planted, '');
        url.hash = planted;
        const shown = redactUrl(url);
        const known = /^(?:scope|service|client_id|grant_type|offline_token|account|ns|n|last)$/i.test(noise);
        assert.ok(known || !shown.includes(planted), shown);
        assert.match(shown, /^[\x21-\x7e]*$/);
      }),
    );
  });
});
