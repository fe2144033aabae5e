import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxySchemes } from '../../src/http/proxy-challenge.ts';

describe('proxySchemes', () => {
  for (const [fields, expected] of [
    [
      ['Negotiate', 'NTLM'],
      ['Negotiate', 'NTLM'],
    ],
    [['Negotiate, NTLM'], ['Negotiate', 'NTLM']],
    [[' Basic realm="a, Digest b"'], ['Basic']],
    [['Digest realm="a", nonce="b", qop=auth, Basic realm=c'], ['Digest', 'Basic']],
    [['Negotiate dG9rZW4=='], ['Negotiate']],
    [['NTLM', 'NTLM'], ['NTLM']],
    [[], []],
    [['', ',,', '=', 'a=b'], []],
  ] as const) {
    it(JSON.stringify(fields), () => assert.deepEqual(proxySchemes(fields), expected));
  }
});
