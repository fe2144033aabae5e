import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Mirror, type MirrorRule, planMirrors } from '../../src/check/mirror.ts';
import { parseReference } from '../../src/core/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function plan(text: string, rules: readonly MirrorRule[]) {
  const parsed = parseReference(text);
  assert.ok(parsed.ok);
  return planMirrors(parsed.value, rules);
}

const texts = (text: string, rules: readonly MirrorRule[]) =>
  plan(text, rules)?.attempts.map((attempt) => attempt.text);
const rule = (prefix: string, ...mirrors: readonly (string | Mirror)[]): MirrorRule => ({
  prefix,
  mirrors: mirrors.map((mirror) => (typeof mirror === 'string' ? { location: mirror } : mirror)),
});

/** Not blocked, and for tags and digests. */
const ALWAYS = { blockedBy: undefined, only: undefined };

describe('planMirrors', () => {
  it('is undefined without a rule for the image', () =>
    assert.equal(plan('quay.io/org/app:1', [rule('docker.io', 'm.example')]), undefined));

  it('uses the mirrors in order, then the registry', () =>
    assert.deepEqual(plan('nginx:1.27', [rule('docker.io', 'm.example', 'n.example:5000')]), {
      attempts: [
        {
          location: { registry: 'm.example', plainHttp: undefined, namespace: undefined, apiPath: undefined },
          text: 'm.example/library/nginx:1.27',
          isMirror: true,
          ...ALWAYS,
        },
        {
          location: { registry: 'n.example:5000', plainHttp: undefined, namespace: undefined, apiPath: undefined },
          text: 'n.example:5000/library/nginx:1.27',
          isMirror: true,
          ...ALWAYS,
        },
        {
          location: { registry: 'docker.io', plainHttp: undefined, namespace: undefined, apiPath: undefined },
          text: 'docker.io/library/nginx:1.27',
          isMirror: false,
          ...ALWAYS,
        },
      ],
      usedBy: undefined,
    }));

  const rewritten: readonly (readonly [string, string, string, string])[] = [
    ['docker.io', 'm.example/hub', 'nginx', 'm.example/hub/library/nginx:latest'],
    ['quay.io/org', 'm.example/foo', 'quay.io/org/app:1', 'm.example/foo/app:1'],
    ['quay.io/org/app', 'm.example/foo', `quay.io/org/app@${DIGEST}`, `m.example/foo@${DIGEST}`],
    ['quay.io', 'm.example', `quay.io/a/b:1@${DIGEST}`, `m.example/a/b:1@${DIGEST}`],
    ['*.example.com', 'm.example/x', 'a.b.example.com/app:1', 'm.example/x/app:1'],
    ['*.example.com', 'm.example', 'a.example.com:5000/app:1', 'm.example:5000/app:1'],
    ['*', 'm.example', 'localhost:5000/app:1', 'm.example/app:1'],
  ];
  for (const [prefix, location, image, there] of rewritten) {
    it(`with ${location} for ${prefix}, ${image} is ${there}`, () =>
      assert.equal(texts(image, [rule(prefix, location)])?.[0], there));
  }

  for (const [prefix, image] of [
    ['quay.io/org', 'quay.io/organ/app'],
    ['quay.io/org', 'quay.io/app'],
    ['r.example', 'r.example:5000/app'],
    ['*.example.com', 'example.com/app'],
    ['*.example.com', 'badexample.com/app'],
  ] as const) {
    it(`${prefix} does not apply to ${image}`, () => assert.equal(plan(image, [rule(prefix, 'm.example')]), undefined));
  }

  it('blocks a location, not its mirrors, and not where it is moved to', () => {
    const blocked = { ...rule('r.example', 'm.example', 'b.example'), blockedBy: 'registries.conf' };
    const moved = { ...rule('b.example'), upstream: { location: 'r.example/moved' }, blockedBy: 'other.conf' };
    const blockedIn = (text: string, rules: readonly MirrorRule[]) =>
      plan(text, rules)?.attempts.map(({ blockedBy }) => blockedBy);
    assert.deepEqual(blockedIn('r.example/app:1', [blocked]), [undefined, undefined, 'registries.conf']);
    assert.deepEqual(blockedIn('r.example/app:1', [blocked, moved]), [undefined, 'other.conf', 'registries.conf']);
    assert.deepEqual(blockedIn('b.example/app:1', [moved]), [undefined]);
  });

  it('keeps a host for digests only where every part is requested anew', () => {
    const forDigests = rule('r.example', { location: 'm.example', only: 'digest' });
    assert.deepEqual(texts('r.example/app:1', [forDigests]), ['r.example/app:1']);
    const containerd = { ...forDigests, usedBy: 'containerd' as const };
    assert.deepEqual(texts('r.example/app:1', [containerd]), ['m.example/app:1', 'r.example/app:1']);
  });

  it('uses the longest prefix, the first of equals, and a glob after every name', () => {
    const rules = [
      rule('*', 'any.example'),
      rule('*.very-long-name.example.com', 'glob.example'),
      rule('a.very-long-name.example.com', 'host.example'),
      rule('a.very-long-name.example.com/org', 'first.example'),
      rule('a.very-long-name.example.com/org', 'second.example'),
    ];
    const mirrorOf = (image: string) => plan(image, rules)?.attempts[0]?.location.registry;
    assert.equal(mirrorOf('a.very-long-name.example.com/org/app'), 'first.example');
    assert.equal(mirrorOf('a.very-long-name.example.com/app'), 'host.example');
    assert.equal(mirrorOf('b.very-long-name.example.com/app'), 'glob.example');
    assert.equal(mirrorOf('nginx'), 'any.example');
  });

  it('uses a mirror only for tags, or for digests', () => {
    const rules = [
      rule('docker.io', { location: 'd.example', only: 'digest' }, { location: 't.example', only: 'tag' }),
    ];
    const used = (image: string) => plan(image, rules)?.attempts.map(({ location }) => location.registry);
    assert.deepEqual(used('nginx:1'), ['t.example', 'docker.io']);
    assert.deepEqual(used(`nginx@${DIGEST}`), ['d.example', 'docker.io']);
  });

  it('uses the upstream of the rule last', () => {
    const rules = [{ ...rule('r.example/old', 'm.example'), upstream: { location: 'new.example/team' } }];
    assert.deepEqual(texts('r.example/old/app:1', rules), ['m.example/app:1', 'new.example/team/app:1']);
  });

  it('sends the namespace to a mirror that needs it', () => {
    const rules = [rule('*', { location: 'm.example', sendNamespace: true })];
    const namespaces = plan('nginx', rules)?.attempts.map(({ location }) => location.namespace);
    assert.deepEqual(namespaces, ['docker.io', undefined]);
  });
});
