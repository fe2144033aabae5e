import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hideSecrets } from '../../src/check/hide-secrets.ts';
import { createSecrets } from '../../src/http/secrets.ts';
import { failedResult } from '../support/sample-result.ts';

describe('hideSecrets', () => {
  const secrets = createSecrets(['http://me:right@proxy.test', 'http://me:correct-horse@proxy.test']);

  it('cleans what the registry said, also where a sentence quotes it', () => {
    const result = failedResult('denied', 'no-access', {
      message: 'It may not pull it: right is no good.',
      registryErrors: [{ code: 'DENIED', message: 'right is no good.' }],
      warnings: [{ code: 'registry-warning', message: 'correct-horse' }],
    });
    const { message, registryErrors, warnings } = hideSecrets(result, secrets);
    assert.equal(message, 'It may not pull it: *** is no good.');
    assert.deepEqual(registryErrors, [{ code: 'DENIED', message: '*** is no good.' }]);
    assert.deepEqual(warnings, [{ code: 'registry-warning', message: '***' }]);
  });

  it('leaves a word of ours that happens to be somebody’s password', () => {
    const { hint } = hideSecrets(failedResult('denied', null, { hint: 'If the name is right, log in.' }), secrets);
    assert.equal(hint, 'If the name is right, log in.');
  });

  it('leaves the names of the image and of the user', () => {
    const result = failedResult('denied', null, {
      input: 'registry.test/right/app',
      message: 'registry.test/right/app is out of reach for me.',
      reference: {
        registry: 'registry.test',
        repository: 'right/app',
        tag: '1',
        digest: null,
        canonical: 'registry.test/right/app:1',
      },
    });
    assert.equal(hideSecrets(result, secrets).message, result.message);
  });
});
