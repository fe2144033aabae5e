import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReference } from '../../../src/core/reference.ts';
import { type AllowPattern, createAllowList, parseAllowPattern } from '../../../src/monitor/probe/allow-list.ts';

const patternsOf = (...texts: readonly string[]): AllowPattern[] =>
  texts.map((text) => {
    const parsed = parseAllowPattern(text);
    return parsed.ok ? parsed.value : assert.fail(parsed.error);
  });

const listOf = (...texts: readonly string[]) => createAllowList(patternsOf(...texts));

const allows = (pattern: string, image: string): boolean => {
  const reference = parseReference(image);
  return reference.ok ? listOf(pattern).allowsImage(reference.value) : assert.fail(image);
};

describe('the list of allowed images', () => {
  it('has registries, repositories and tags', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    for (const [pattern, image, isAllowed] of [
      ['registry.example.com', 'registry.example.com/any/thing:1', true],
      ['registry.example.com', 'registry.example.com:5000/any/thing:1', false],
      ['registry.example.com:5000', 'registry.example.com:5000/any:1', true],
      ['ghcr.io/org/*', 'ghcr.io/org/app:1', true],
      ['ghcr.io/org/*', 'ghcr.io/organization/app:1', false],
      ['ghcr.io/org/app', 'ghcr.io/org/app:1', true],
      ['ghcr.io/org/app', 'ghcr.io/org/app/other:1', false],
      ['ghcr.io/org/app:1.*', 'ghcr.io/org/app:1.2', true],
      ['ghcr.io/org/app:1.*', 'ghcr.io/org/app:2', false],
      ['ghcr.io/org/app:latest', 'ghcr.io/org/app', true],
      [`ghcr.io/org/app@${digest}`, `ghcr.io/org/app@${digest}`, true],
      ['docker.io/library/nginx', 'nginx', true],
      ['docker.io/library/*', 'evil/nginx', false],
      ['*.example.com/shop/*', 'registry.example.com/shop/web', true],
      ['*.example.com', 'example.com/shop/web', false],
    ] as const) {
      assert.equal(allows(pattern, image), isAllowed, `${pattern} ${image}`);
    }
  });

  it('does not let the * of a host match a path', () => {
    assert.equal(allows('*.example.com/*', 'evil.test/x.example.com/y:1'), false);
    assert.equal(allows('*.example.com', 'evil.test:5000/a.example.com:1'), false);
  });

  it('has the hosts of its registries and of the token services that they are known to have, and no other', () => {
    const { allowsHost } = listOf('docker.io/library/*', 'ghcr.io/org/*', '*.cdn.example.com', 'localhost:5000');
    for (const host of ['registry-1.docker.io', 'auth.docker.io', 'ghcr.io', 'a.cdn.example.com', 'localhost:5000']) {
      assert.equal(allowsHost(host), true, host);
    }
    for (const host of ['evil.test', '169.254.169.254', 'localhost', 'cdn.example.com', 'auth.docker.io.evil.test']) {
      assert.equal(allowsHost(host), false, host);
    }
  });

  it('is empty without patterns', () => {
    const { allowsHost, allowsImage } = createAllowList([]);
    const reference = parseReference('nginx');
    assert.ok(reference.ok);
    assert.deepEqual([allowsHost('docker.io'), allowsImage(reference.value)], [false, false]);
  });
});

describe('a pattern', () => {
  const errorOf = (text: string): string => {
    const parsed = parseAllowPattern(text);
    return parsed.ok ? assert.fail(text) : parsed.error;
  };

  it('names a host', () => {
    for (const text of ['*', '**', '*/app', '*:*/x', '.*'])
      assert.match(errorOf(text), /any host|is not a registry/, text);
    // Anyone can have a name that begins so.
    for (const text of ['ghcr.io*', '*io', 'g*', '10.0.0.*', 'ghcr.*/org/*', '*.example*', 'registry*:5000']) {
      assert.match(errorOf(text), /to hosts of others; after \*, use a domain, such as \*\.example\.com\.$/, text);
    }
    patternsOf('*.example.com', 'registry-*.example.com', '*.*.example.com:5000', '*.internal/shop/*');
    assert.match(errorOf('nginx'), /^"nginx" is not a host; an image of Docker Hub is docker\.io\/library\/nginx\.$/);
    for (const text of ['', 'https://ghcr.io/org', 'user:password@ghcr.io/x', 'ghcr.io:abc/x', 'a b']) {
      assert.match(errorOf(text), /is not a registry or an image/, text);
    }
    assert.doesNotMatch(errorOf('user:password@ghcr.io/x'), /password/);
  });
});
