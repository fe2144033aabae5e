import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatReference, parseReference, type Reference } from '../../src/core/reference.ts';

const HEX = '0123456789abcdef'.repeat(4);
const SHA256 = `sha256:${HEX}`;

function read(text: string): Reference {
  const parsed = parseReference(text);
  assert.ok(parsed.ok, `${text} should be a reference${parsed.ok ? '' : `, but: ${parsed.error.message}`}`);
  return parsed.value;
}

function refusal(text: string): { message: string; offset: number } {
  const parsed = parseReference(text);
  assert.ok(!parsed.ok, `${text.slice(0, 80)} should not be a reference`);
  return parsed.error;
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseReference', () => {
  it('gives the parts', () => {
    assert.deepEqual(parseReference('ghcr.io/team/app:1.2'), {
      ok: true,
      value: { registry: 'ghcr.io', repository: 'team/app', tag: '1.2' },
    });
    assert.deepEqual(read(`quay.io/a/b@${SHA256}`), { registry: 'quay.io', repository: 'a/b', digest: SHA256 });
  });

  it('keeps tag and digest when both are written', () => {
    assert.deepEqual(read(`nginx:1@${SHA256}`), {
      registry: 'docker.io',
      repository: 'library/nginx',
      tag: '1',
      digest: SHA256,
    });
  });

  const good: [text: string, canonical: string][] = [
    // what Docker fills in
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['grafana/loki', 'docker.io/grafana/loki:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['library/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library', 'docker.io/library/library:latest'],
    ['registry-1.docker.io/grafana/loki:3', 'registry-1.docker.io/grafana/loki:3'],
    ['registry-1.docker.io/nginx', 'registry-1.docker.io/nginx:latest'],
    ['docker.io/a/b/c', 'docker.io/a/b/c:latest'],
    [`nginx@${SHA256}`, `docker.io/library/nginx@${SHA256}`],
    // what is before the first slash
    ['ghcr.io/app', 'ghcr.io/app:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app', 'localhost:5000/app:latest'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['192.168.0.1:80', 'docker.io/library/192.168.0.1:80'],
    ['127.0.0.1:5000/a/b:c', '127.0.0.1:5000/a/b:c'],
    ['[::1]:5000/app', '[::1]:5000/app:latest'],
    ['[fc00:1:2:3:4:5:6:7]/app:1', '[fc00:1:2:3:4:5:6:7]/app:1'],
    ['[:]/x', '[:]/x:latest'],
    ['xn--n3h.com:18080/foo', 'xn--n3h.com:18080/foo:latest'],
    ['test-com:8080/foo', 'test-com:8080/foo:latest'],
    ['test_com/foo', 'docker.io/test_com/foo:latest'],
    ['1:1/1:1', '1:1/1:1'],
    ['Foo/bar', 'Foo/bar:latest'],
    ['DOCKER.IO/nginx', 'DOCKER.IO/nginx:latest'],
    ['docker.io:443/x', 'docker.io:443/x:latest'],
    ['docker.io/ghcr.io/x/y', 'docker.io/ghcr.io/x/y:latest'],
    // separators
    ['a.b/c_d/e__f/g---h', 'a.b/c_d/e__f/g---h:latest'],
    ['docker---rules/dock__er', 'docker.io/docker---rules/dock__er:latest'],
    // tags and digests
    ['a:_', 'docker.io/library/a:_'],
    ['a:V1.0-RC_2', 'docker.io/library/a:V1.0-RC_2'],
    [`a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`],
    [SHA256, `docker.io/library/sha256:${HEX}`],
    [`a@sha384:${'0'.repeat(96)}`, `docker.io/library/a@sha384:${'0'.repeat(96)}`],
    [`a@sha512:${'f'.repeat(128)}`, `docker.io/library/a@sha512:${'f'.repeat(128)}`],
    // lengths: 255 counts library/ but not the host
    ['a'.repeat(247), `docker.io/library/${'a'.repeat(247)}:latest`],
    [`r.example.com/${'a'.repeat(255)}`, `r.example.com/${'a'.repeat(255)}:latest`],
    [HEX.slice(1), `docker.io/library/${HEX.slice(1)}:latest`],
    [`docker.io/${HEX}`, `docker.io/library/${HEX}:latest`],
    // the transport other tools write in front
    ['docker://nginx', 'docker.io/library/nginx:latest'],
    ['docker://localhost:5000/a:b', 'localhost:5000/a:b'],
  ];
  for (const [text, canonical] of good) {
    it(`reads ${text.slice(0, 60)} as ${canonical.slice(0, 60)}`, () =>
      assert.equal(formatReference(read(text)), canonical));
  }

  const bad: [text: string, message: string, offset: number][] = [
    ['', 'The image reference is empty; use one such as nginx:1.27.', 0],
    ['docker://', 'The image reference is empty; use one such as nginx:1.27.', 0],
    [
      'my app',
      'There is a space after "my"; image references cannot contain spaces: remove it, or list two images separately.',
      2,
    ],
    [' nginx', 'There is a space at the beginning; image references cannot contain spaces: remove it.', 0],
    [
      'nginx\n',
      'There is whitespace (U+000A) after "nginx"; image references cannot contain whitespace: remove it.',
      5,
    ],
    [
      'ngi\u200bnx',
      'There is an invisible character (U+200B) after "ngi"; image references cannot contain invisible characters: remove it.',
      3,
    ],
    [
      '\ufeffnginx',
      'There is whitespace (U+FEFF) at the beginning; image references cannot contain whitespace: remove it.',
      0,
    ],
    ['https://ghcr.io/a', 'An image reference is not a URL; use "ghcr.io/a".', 0],
    [
      'http://r.example:5000/v2/shop/web/manifests/1.4',
      'An image reference is not a URL; use "r.example:5000/shop/web:1.4".',
      0,
    ],
    [
      `https://r.example/v2/web/manifests/sha256:${'a'.repeat(64)}?x=y`,
      `An image reference is not a URL; use "r.example/web@sha256:${'a'.repeat(64)}".`,
      0,
    ],
    ['https://r.example/v2/shop/web/tags/list', 'An image reference is not a URL; use "r.example/shop/web".', 0],
    ['https://r.example/v2/shop/web', 'An image reference is not a URL; use "r.example/v2/shop/web".', 0],
    ['docker://oci://a', 'An image reference is not a URL; use "a".', 9],
    // hosts
    ['a_b.com/x', 'The registry host "a_b.com" contains an underscore, which host names do not allow.', 1],
    ['my_reg:5000/x:1', 'The registry host "my_reg" contains an underscore, which host names do not allow.', 2],
    ['reg:/x', 'The registry "reg:" ends with a colon but no port; add a port.', 4],
    [
      'r.example:/x:1',
      'The registry "r.example:" ends with a colon but no port; use "r.example/x:1", or add a port.',
      10,
    ],
    [
      'nginx:1.25/x',
      '"1.25" in the registry "nginx:1.25" is not a port number; a tag goes at the end, after the last slash.',
      6,
    ],
    [
      'fc00::1:5000/debian',
      'The registry host "fc00::1:5000" looks like an IPv6 address, which requires brackets, for example [::1]:5000/app.',
      0,
    ],
    [
      '::1/x',
      'The registry host "::1" looks like an IPv6 address, which requires brackets, for example [::1]:5000/app.',
      0,
    ],
    ...['-reg.io', 'reg-.io', 'a..b', '.io', 'exämple.com', '[fe80::1%eth0]:5000', '[].io', 'a*b.io'].map(
      (host): [string, string, number] => [
        `${host}/x`,
        `"${host}" is not a registry host; use one such as registry.example.com, localhost:5000 or [::1]:5000.`,
        0,
      ],
    ),
    // repositories
    ['Nginx', 'The repository "Nginx" contains uppercase letters; use "nginx".', 0],
    ['library/niNX:Tag', 'The repository "library/niNX" contains uppercase letters; use "library/ninx:Tag".', 10],
    ['team/Bad:::', 'The repository "team/Bad" contains uppercase letters; use lowercase letters only.', 5],
    ['ghcr.io/Team/app', 'The repository "Team/app" contains uppercase letters; use "ghcr.io/team/app".', 8],
    ['A/A', 'The repository "A" contains uppercase letters; use "a/a".', 2],
    ['library/\u212a', 'The repository "library/\u212a" contains uppercase letters; use "library/k".', 8],
    [':latest', 'There is no image name at the beginning; use one such as nginx:1.27.', 0],
    [`@${SHA256}`, 'There is no image name at the beginning; use one such as nginx:1.27.', 0],
    ['ghcr.io/', 'There is no image name after "ghcr.io/"; use one such as nginx:1.27.', 8],
    ['/nginx', '"/nginx" has an empty path component.', 0],
    ['a//b', '"a//b" has an empty path component.', 2],
    ['ghcr.io/a/', '"a/" ends with a slash.', 10],
    ['a/-b', '"-b" must begin and end with a lowercase letter or a digit.', 2],
    ['a.', '"a." must begin and end with a lowercase letter or a digit.', 0],
    ['_', '"_" must begin and end with a lowercase letter or a digit.', 0],
    [
      'x/foo___bar',
      '"foo___bar" has too many separators in a row; join words with one ".", one or two "_", or any number of "-".',
      2,
    ],
    [
      'a..b',
      '"a..b" has too many separators in a row; join words with one ".", one or two "_", or any number of "-".',
      0,
    ],
    ['a/b+c', 'The repository "a/b+c" contains "+"; use only a-z, 0-9, ".", "_", "-" and "/".', 3],
    ['a$b', 'The repository "a$b" contains "$"; use only a-z, 0-9, ".", "_", "-" and "/".', 1],
    ['im😀g', 'The repository "im😀g" contains "😀"; use only a-z, 0-9, ".", "_", "-" and "/".', 2],
    // tags
    ['nginx:', 'The tag after ":" is empty in "nginx:"; add one or remove the colon.', 6],
    ['nginx:-1', 'The tag "-1" begins with "-"; a tag begins with a letter, a digit or "_".', 6],
    [
      'nginx:1.0+x',
      'The tag "1.0+x" contains "+"; a tag contains only letters, digits, "_", "." and "-"; perhaps "nginx:1.0_x".',
      9,
    ],
    [
      `a/nginx:1,@${DIGEST}`,
      `The tag "1," contains ","; a tag contains only letters, digits, "_", "." and "-"; perhaps "a/nginx:1@${DIGEST}".`,
      9,
    ],
    [
      `R.example/Web:Tag@${DIGEST}`,
      `The repository "Web" contains uppercase letters; use "r.example/web:Tag@${DIGEST}".`,
      10,
    ],
    ['nginx:1:2', 'The tag "1:2" contains ":"; a tag contains only letters, digits, "_", "." and "-".', 7],
    ['nginx:é', 'The tag "é" contains "é"; a tag contains only letters, digits, "_", "." and "-".', 6],
    // digests
    ['nginx@', 'The digest after "@" is empty in "nginx@"; add one or remove the "@".', 6],
    ['a:1@sha256', 'The digest "sha256" has no algorithm prefix ("sha256:").', 4],
    [
      'a@md5:e6693c20186f837fc393390135d8a598',
      'The digest "md5:e6693c20186f837fc393390135d8a598" must use sha256, sha384 or sha512.',
      2,
    ],
    ['a@sha256:abc', 'The digest "sha256:abc" must have 64 hexadecimal digits after sha256:, not 3.', 2],
  ];
  for (const [text, message, offset] of bad) {
    it(`refuses ${JSON.stringify(text)} and says why`, () => assert.deepEqual(refusal(text), { message, offset }));
  }

  it('counts library/ in the length of a repository, and names both lengths', () => {
    const { message, offset } = refusal('a'.repeat(248));
    assert.match(message, /^The repository "library\/a+…" is too long: 256 characters, maximum 255\.$/);
    assert.equal(offset, 0);
    assert.match(refusal(`r.io/${'a'.repeat(256)}`).message, /is too long: 256 characters, maximum 255\./);
  });

  it('refuses a tag of 129 characters', () =>
    assert.match(
      refusal(`a:${'t'.repeat(129)}`).message,
      /^The tag "t+…" is too long: 129 characters, maximum 128\.$/,
    ));

  it('takes 64 hexadecimal digits for an image ID, as Docker does', () =>
    assert.match(refusal(HEX).message, /is an image ID, not a name; to pull by digest use name@sha256:01234567…\.$/));

  it('refuses uppercase digits in a digest', () =>
    assert.match(
      refusal(`nginx@sha256:${HEX.toUpperCase()}`).message,
      /must contain only lowercase hexadecimal digits \(0-9, a-f\)\.$/,
    ));

  it('suggests the whole lowercase name, however long', () => {
    const name = `ghcr.io/team/${'long-'.repeat(40)}name`;
    assert.ok(refusal(name.replace('team', 'Team')).message.endsWith(`use "${name}".`));
  });

  it('refuses text that no reference can be as long as', () => {
    assert.equal(
      refusal('a/'.repeat(1_000_000)).message,
      'The reference is too long: 2000000 characters, maximum 4096.',
    );
    assert.equal(refusal('-'.repeat(4097)).offset, 4096);
  });

  it('refuses what is not text at all', () => {
    for (const value of [undefined, null, 7, {}, ['nginx']]) {
      assert.equal(parseReference(value as unknown as string).ok, false);
    }
  });
});

describe('any reference', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  const component = fc
    .tuple(word, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), word), { maxLength: 2 }))
    .map(([first, rest]) => first + rest.flat().join(''));
  const host = fc.constantFrom(
    'team/',
    'a_b/',
    'docker.io/',
    'index.docker.io/',
    'ghcr.io/',
    'localhost/',
    'R:5000/',
    '[::1]:443/',
  );
  const tag = fc.stringMatching(/^:\w[\w.-]{0,20}$/);
  const text = fc
    .tuple(
      host,
      fc.array(component, { minLength: 1, maxLength: 4 }),
      fc.option(tag, { nil: '' }),
      fc.constantFrom('', `@${SHA256}`, `@sha512:${HEX}${HEX}`),
    )
    .map(([registry, path, version, digest]) => `${registry}${path.join('/')}${version}${digest}`);

  it('survives being formatted and read again', () => {
    fc.assert(
      fc.property(text, (written) => {
        const reference = read(written);
        assert.deepEqual(read(formatReference(reference)), reference);
      }),
    );
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'aZ0._-/:@[]% \u001b\u202e', 'sha256:', '//', HEX) }),
    text.chain((written) =>
      fc
        .tuple(fc.nat(written.length), fc.string({ unit: 'binary', maxLength: 2 }))
        .map(([at, noise]) => written.slice(0, at) + noise + written.slice(at)),
    ),
  );

  it('never throws, and says nothing that could drive a terminal', () => {
    fc.assert(
      fc.property(anything, (written) => {
        const parsed = parseReference(written);
        if (parsed.ok) return;
        assert.doesNotMatch(parsed.error.message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.match(parsed.error.message, /[.]$/);
        assert.ok(parsed.error.offset >= 0 && parsed.error.offset <= written.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('holds only what a URL path carries unchanged', () => {
    fc.assert(
      fc.property(anything, (written) => {
        const parsed = parseReference(written);
        if (!parsed.ok) return;
        const { repository, tag = 'latest', digest = SHA256 } = parsed.value;
        for (const name of [tag, digest]) {
          const path = `/v2/${repository}/manifests/${name}`;
          assert.equal(new URL(path, 'https://registry.example').pathname, path);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
