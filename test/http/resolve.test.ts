import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { shareLookups, systemResolve } from '../../src/http/resolve.ts';

const HERE: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }];

describe('shareLookups', () => {
  it('looks a name up once for all who ask meanwhile, and anew afterwards', async () => {
    const asked: string[] = [];
    const resolve = shareLookups(async (host) => {
      asked.push(host);
      return HERE;
    });
    assert.deepEqual(await Promise.all([resolve('a'), resolve('a'), resolve('b')]), [HERE, HERE, HERE]);
    assert.deepEqual(asked, ['a', 'b']);
    await resolve('a');
    assert.deepEqual(asked, ['a', 'b', 'a']);
  });

  it('gives a failure to all who ask meanwhile, and looks up anew afterwards', async () => {
    const answers = [Promise.reject(new Error('busy')), Promise.resolve(HERE)];
    const resolve = shareLookups(() => answers.shift() as Promise<LookupAddress[]>);
    const both = await Promise.allSettled([resolve('a'), resolve('a')]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual(await resolve('a'), HERE);
  });
});

describe('systemResolve', () => {
  it('knows localhost', async () => {
    const addresses = (await systemResolve('localhost')).map(({ address }) => address);
    assert.ok(addresses.includes('127.0.0.1') || addresses.includes('::1'));
  });
});
