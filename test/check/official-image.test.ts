import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { privateOrMissing } from '../../src/check/judge-permission.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';
import { codeOf, imageUnderCheck, refuses, responseOf } from '../support/scripted-check.ts';

const evidence = evidenceOf(responseOf(refuses(401, 'UNAUTHORIZED', 'authentication required')));
const judge = (image: string) => privateOrMissing(imageUnderCheck(image), evidence);

describe('an official image that Docker Hub refuses', () => {
  it('does not exist: the hint suggests the one that was meant', () => {
    const found = judge('ngnix:1.27');
    assert.equal(codeOf(found), 'unauthorized/missing-or-private');
    assert.equal(
      found.message,
      'Docker Hub has no official image "ngnix": it returned 401, as for a private image, but official images are never private.',
    );
    assert.equal(found.hint?.text, 'Did you mean nginx? An image of a user or an organization is USER/ngnix.');
  });

  it('may have no similar name', () => {
    const { hint } = judge('some-project-of-ours');
    assert.match(hint?.text ?? '', /^Check the spelling\. An image of a user/);
  });

  it('is only one without a user name', () => {
    assert.match(judge('acme/ngnix').message, /is private or does not exist/);
    assert.match(judge('ghcr.io/library/ngnix').message, /is private or does not exist/);
  });
});
