import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AddressKind, addressKind, addressOf, bareHost, isLoopbackHost } from '../../src/http/address.ts';

describe('addressKind', () => {
  const kinds: Record<AddressKind, readonly string[]> = {
    public: ['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '198.18.0.1', '2606:4700::1'],
    private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fc12:3::4'],
    loopback: ['127.0.0.1', '127.0.0.2', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
    local: ['169.254.169.254', '0.0.0.0', '192.0.0.1', '224.0.0.1', '255.255.255.255', '::', 'fe80::1', 'fe80::1%eth0'],
  };
  for (const [kind, addresses] of Object.entries(kinds)) {
    for (const address of addresses) it(`${address} is ${kind}`, () => assert.equal(addressKind(address), kind));
  }

  it('judges an IPv4 address in an IPv6 one as the IPv4 address', () => {
    assert.equal(addressKind('::ffff:127.0.0.1'), 'loopback');
    assert.equal(addressKind('::ffff:7f00:1'), 'loopback');
    assert.equal(addressKind('::FFFF:169.254.169.254'), 'local');
    assert.equal(addressKind('::ffff:10.1.2.3'), 'private');
    assert.equal(addressKind('::ffff:8.8.8.8'), 'public');
  });

  it('never reaches through blocks whose IPv4 address is unknown', () => {
    for (const address of ['::127.0.0.1', '::8.8.8.8', '64:ff9b:1::a00:1', '64:ff9b:1:ffff::808:808']) {
      assert.equal(addressKind(address), 'local', address);
    }
  });

  /** An IPv6 address of each form around two groups of an IPv4 address. */
  const FORMS: Readonly<Record<string, (high: string, low: string) => string>> = {
    SIIT: (high, low) => `::ffff:0:${high}:${low}`,
    'SIIT, written out': (high, low) => `0:0:0:0:FFFF:0000:${high}:${low}`,
    NAT64: (high, low) => `64:ff9b::${high}:${low}`,
    'NAT64, written out': (high, low) => `0064:FF9B:0:0:0:0:${high}:${low}`,
    '6to4': (high, low) => `2002:${high}:${low}::1`,
    '6to4 with a subnet': (high, low) => `2002:${high}:${low}:1:2:3:4:5`,
    'Teredo, its server': (high, low) => `2001:0:${high}:${low}:8000:63bf:f7f7:f7f7`,
    'Teredo, its client': (high, low) => `2001::808:808:8000:63bf:${inverted(high)}:${inverted(low)}`,
    ISATAP: (high, low) => `2606:4700::5efe:${high}:${low}`,
    'ISATAP, globally unique': (high, low) => `2606:4700::200:5efe:${high}:${low}`,
    'ISATAP in a private network': (high, low) => `fd12::5efe:${high}:${low}`,
  };
  const inverted = (group: string): string => (~Number.parseInt(group, 16) & 0xffff).toString(16);

  for (const [form, carrying] of Object.entries(FORMS)) {
    const isPrivate = carrying('0', '0').startsWith('fd');
    const kinds: Readonly<Record<string, readonly [high: string, low: string, kind: AddressKind]>> = {
      '169.254.169.254': ['a9fe', 'a9fe', 'local'],
      '168.63.129.16': ['a83f', '8110', 'local'],
      '100.100.100.200': ['6464', '64c8', 'local'],
      '192.0.0.192': ['c000', 'c0', 'local'],
      '0.0.0.0': ['0', '0', 'local'],
      '224.0.0.1': ['e000', '1', 'local'],
      // Not this machine: the far end of a tunnel.
      '127.0.0.1': ['7f00', '1', 'local'],
      '10.0.0.1': ['a00', '1', 'private'],
      '192.168.1.1': ['c0a8', '101', 'private'],
      '100.64.0.1': ['6440', '1', 'private'],
      '8.8.8.8': ['808', '808', isPrivate ? 'private' : 'public'],
    };
    for (const [inner, [high, low, kind]] of Object.entries(kinds)) {
      const address = carrying(high, low);
      it(`${address}, ${inner} as ${form}, is ${kind}`, () => assert.equal(addressKind(address), kind));
    }
  }

  it('recognizes the metadata and host services of clouds at every address', () => {
    for (const address of [
      ...['169.254.169.254', '169.254.170.2', '169.254.169.123', '168.63.129.16', '100.100.100.200', '192.0.0.192'],
      ...['fd00:ec2::254', 'fd00:ec2::23', 'FD00:0EC2:0:0::254', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd00:42::42'],
      ...['fd00:a9fe:a9fe::1', 'fd00:100::100:200', 'fe80::a9fe:a9fe', '::ffff:168.63.129.16', '::ffff:6464:64c8'],
    ]) {
      assert.equal(addressKind(address), 'local', address);
    }
    for (const [address, kind] of [
      ['168.63.129.17', 'public'],
      ['100.100.100.201', 'private'],
      ['fd00:ec3::254', 'private'],
      ['fd20:ce::253', 'private'],
    ]) {
      assert.equal(addressKind(address as string), kind, address);
    }
  });

  it('judges an IPv4 address the same in its mapped form', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        assert.equal(addressKind(`::ffff:${address}`), addressKind(address));
      }),
    );
  });

  it('treats whatever is not an address as local, and never throws', () => {
    for (const text of ['', 'localhost', '1.2.3', '127.1', '0x7f.1', '[::1]', '%', '::1::']) {
      assert.equal(addressKind(text), 'local', text);
    }
    const almost = fc.stringMatching(/^[0-9a-f:.%]{0,30}$/);
    fc.assert(fc.property(fc.oneof(fc.string(), almost), (text) => addressKind(text) !== undefined));
  });
});

describe('hosts', () => {
  it('isLoopbackHost recognizes localhost, the names below it and loopback addresses', () => {
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '127.0.0.9', '[::1]', '::1']) {
      assert.equal(isLoopbackHost(host), true, host);
    }
    for (const host of ['localhost.example', 'notlocalhost', '10.0.0.1', '[fe80::1]', '']) {
      assert.equal(isLoopbackHost(host), false, host);
    }
  });

  it('bareHost removes the brackets', () => {
    assert.equal(bareHost(new URL('http://[::1]:5000/')), '::1');
    assert.equal(bareHost(new URL('http://a.example:5000/')), 'a.example');
  });

  it('addressOf recognizes addresses and localhost, nothing else', () => {
    assert.equal(addressOf('10.0.0.1'), '10.0.0.1');
    assert.equal(addressOf('localhost'), '127.0.0.1');
    assert.equal(addressOf('registry.example'), undefined);
  });
});
