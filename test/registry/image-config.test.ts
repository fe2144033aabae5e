import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readImageConfig } from '../../src/registry/image-config.ts';
import { contentOf, OCI_CONFIG } from '../support/image-bytes.ts';

const CONFIG = contentOf({ os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' }, OCI_CONFIG);
const read = (bytes: Uint8Array, descriptor = CONFIG, truncated = false) =>
  readImageConfig({ bytes, truncated }, descriptor);

describe('readImageConfig', () => {
  it('finds the platform, named as in an index', () => {
    const { platform } = (read(CONFIG.bytes) as { value: { platform: object } }).value;
    assert.deepEqual(platform, { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' });
  });

  const other = contentOf({ os: 'Windows' }, OCI_CONFIG);
  const text = contentOf('no JSON', OCI_CONFIG);
  for (const [name, outcome, error] of [
    ['of another length', read(other.bytes), `has ${other.size} bytes, but the manifest says ${CONFIG.size}`],
    ['of one byte', read(Buffer.from('x')), `has 1 byte, but the manifest says ${CONFIG.size}`],
    [
      'of other bytes',
      read(other.bytes, { ...CONFIG, size: other.size }),
      `does not match its digest: its content is ${other.digest}`,
    ],
    ['that is no JSON', read(text.bytes, text), 'is not valid JSON'],
    ['without an end', read(CONFIG.bytes, CONFIG, true), 'is larger than 4 MiB, which runtimes refuse to read'],
  ] as const) {
    it(`refuses one ${name}`, () => assert.deepEqual(outcome, { ok: false, error }));
  }
});
