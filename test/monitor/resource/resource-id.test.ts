import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assignIds, resourceId } from '../../../src/monitor/resource/resource-id.ts';

const hash = (target: string) => createHash('sha256').update(target).digest('hex').slice(0, 8);

describe('resourceId', () => {
  it('is made of kind and target, in lower case, other characters as one hyphen', () => {
    assert.equal(resourceId({ kind: 'image', target: 'ghcr.io/org/app:1.2' }), 'image-ghcr.io-org-app-1.2');
    assert.equal(
      resourceId({ kind: 'http', target: 'https://Shop.example/healthz' }),
      'http-https-shop.example-healthz',
    );
    assert.equal(resourceId({ kind: 'tcp', target: 'db.example:5432' }), 'tcp-db.example-5432');
    assert.equal(resourceId({ kind: 'image', target: 'my__app/Ünï' }), 'image-my-app-n-');
  });

  it('is cut with a hash beyond 60 characters', () => {
    const target = `ghcr.io/organization/${'a'.repeat(33)}`;
    assert.equal(resourceId({ kind: 'image', target }), `image-ghcr.io-organization-${'a'.repeat(33)}`);
    const long = `${target}b`;
    assert.equal(
      resourceId({ kind: 'image', target: long }),
      `image-ghcr.io-organization-${'a'.repeat(24)}-${hash(long)}`,
    );
    assert.equal(resourceId({ kind: 'image', target: long }).length, 60);
  });

  it('is always safe in a URL, and never longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (target) => {
        assert.match(resourceId({ kind: 'image', target }), /^[a-z0-9.-]{1,60}$/);
      }),
    );
  });
});

describe('assignIds', () => {
  const slash = { kind: 'image', target: 'org/app' };
  const hyphen = { kind: 'image', target: 'org-app' };

  it('gives both the hash where two would share an id, in whatever order', () => {
    const ids = [`image-org-app-${hash('org/app')}`, `image-org-app-${hash('org-app')}`];
    assert.deepEqual(assignIds([slash, hyphen]), ids);
    assert.deepEqual(assignIds([hyphen, slash]), ids.toReversed());
    assert.deepEqual(assignIds([slash]), ['image-org-app']);
  });

  it('uses a configured id unchanged, and keeps it free of others', () => {
    assert.deepEqual(assignIds([{ ...slash, id: 'image-org-app' }, hyphen]), [
      'image-org-app',
      `image-org-app-${hash('org-app')}`,
    ]);
    assert.deepEqual(assignIds([{ ...slash, id: 'Mine' }]), ['Mine']);
  });

  it('gives the same id to the same kind and target, so that the caller can refuse it', () => {
    assert.deepEqual(assignIds([slash, slash]), ['image-org-app', 'image-org-app']);
    assert.deepEqual(
      assignIds([
        { ...slash, id: 'x' },
        { ...hyphen, id: 'x' },
      ]),
      ['x', 'x'],
    );
  });
});
