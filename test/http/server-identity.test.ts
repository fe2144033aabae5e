// Names in certificates, by the rules and the test cases of Go's crypto/x509.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesHost, namesOf } from '../../src/http/server-identity.ts';

describe('matchesHost', () => {
  // TestMatchHostnames and TestValidHostname of crypto/x509.
  const rows: readonly [pattern: string, host: string, isMatch: boolean][] = [
    ['a.b.c', 'a.b.c', true],
    ['a.b.c', 'A.b.C', true],
    ['A.B.c', 'a.b.c', true],
    ['a.b.c', 'b.b.c', false],
    ['a.b.c', 'a.b.c.', true],
    ['a.b.c.', 'a.b.c.', true],
    ['a.b.c.', 'a.b.c', false],
    ['*.internal', 'registry.internal', true],
    ['*.b.c', 'a.b.c', true],
    ['*.b.c', 'a.b.c.', true],
    ['*.b.c', 'a.a.b.c', false],
    ['*.b.c', 'b.c', false],
    ['*.b.c', '.b.c', false],
    ['*b.c', 'ab.c', false],
    ['a*.b.c', 'ab.b.c', false],
    ['a.*.c', 'a.b.c', false],
    ['*.*.c', 'a.b.c', false],
    ['*', 'registry', false],
    ['*', 'a.b', false],
    ['registry', 'registry', true],
    ['', 'registry', false],
    ['a_b.example', 'a_b.example', true],
    ['*.example', 'a_b.example', true],
    ['-a.example', '-a.example', true],
    ['*.example', '-a.example', false],
    ['a..example', 'a..example', true],
    ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example', true],
    ['192.0.2.1', '192.0.2.1', false],
  ];
  for (const [pattern, host, isMatch] of rows) {
    it(`${JSON.stringify(pattern)} is ${isMatch ? '' : 'not '}for ${host}`, () => {
      assert.equal(matchesHost(host, { dns: [pattern], ip: [] }), isMatch);
    });
  }

  it('compares addresses as addresses, and with no DNS name', () => {
    assert.equal(matchesHost('192.0.2.1', { dns: [], ip: ['192.0.2.1'] }), true);
    assert.equal(matchesHost('192.0.2.1', { dns: [], ip: ['192.0.2.2'] }), false);
    assert.equal(matchesHost('2001:db8::1', { dns: [], ip: ['2001:DB8:0:0:0:0:0:1'] }), true);
    assert.equal(matchesHost('registry', { dns: [], ip: ['192.0.2.1'] }), false);
  });
});

describe('namesOf', () => {
  it('reads the names and addresses of the subjectAltName, and nothing else', () => {
    const subjectaltname = 'DNS:a.example, IP Address:192.0.2.1, URI:https://b.example, email:c@d.example, DNS:*.e';
    assert.deepEqual(namesOf({ subjectaltname }), { dns: ['a.example', '*.e'], ip: ['192.0.2.1'] });
    assert.deepEqual(namesOf({}), { dns: [], ip: [] });
    assert.deepEqual(namesOf({ subjectaltname: null }), { dns: [], ip: [] });
  });

  it('reads no name inside a quoted one', () => {
    const subjectaltname = 'DNS:"evil.example, DNS:good.example", DNS:c.example';
    assert.deepEqual(namesOf({ subjectaltname }).dns, ['evil.example, DNS:good.example', 'c.example']);
  });
});
