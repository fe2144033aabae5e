import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createReloader, describeRefusal, type ReloadOptions } from '../../src/cli/monitor-reload.ts';
import type { LoadedMonitor } from '../../src/config/load-monitor.ts';
import { failure, success } from '../../src/core/outcome.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { createHeldClock } from '../support/fake-clock.ts';
import { imageResource, planOf } from '../support/monitor-run.ts';

/** A config file whose text is a list of ids; `!` is a mistake. */
function start(text = 'a b') {
  const clock = createHeldClock();
  const file = { text: text as string | undefined, print: '1', sources: 'x' };
  const seen: string[] = [];
  let storeFails = false;
  const loaded = (): LoadedMonitor => {
    const ids = [...(file.text ?? '').split(' '), file.sources].filter((id) => id !== '');
    return {
      plan: planOf(ids.map((id) => imageResource(id))),
      sources: ['deploy'],
      warnings: [],
    } as unknown as LoadedMonitor;
  };
  const options: ReloadOptions = {
    clock,
    read: async () => {
      if (file.text === undefined) throw new UsageError('cannot read it.');
      return file.text;
    },
    load: async (read) => {
      if (read.includes('!')) throw new UsageError('a mistake.', 'another one.');
      return loaded();
    },
    fingerprint: async () => file.print,
    apply: async ({ plan }, isReload) => {
      if (storeFails) return failure({ message: 'the disk is full' });
      seen.push(`${isReload ? 'reload' : 'sources'}: ${plan.resources.map(({ id }) => id).join(' ')}`);
      return success(null);
    },
    refuse: async ({ message, examples }) => void seen.push(`refused: ${[message, ...examples].join(' ')}`),
    onError: (error) => void seen.push(`bug: ${error}`),
  };
  const reloader = createReloader({ text, loaded: loaded(), print: file.print }, options);
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...{ clock, file, seen, reloader, settle },
    failStore: (fails: boolean) => {
      storeFails = fails;
    },
    async pass(durationMs: number) {
      for (let passed = 0; passed < durationMs; passed += 2000) {
        clock.pass(2000);
        await settle();
      }
      return seen.splice(0);
    },
  };
}

describe('createReloader', () => {
  it('does nothing while nothing changes', async () => {
    const { pass } = start();
    assert.deepEqual(await pass(60_000), []);
  });

  it('reloads when the content of the config file changes', async () => {
    const { file, pass } = start();
    file.text = 'a c';
    assert.deepEqual(await pass(2000), ['reload: a c x']);
    assert.deepEqual(await pass(10_000), []);
  });

  it('keeps the configuration while the file has a mistake, says so once, and takes the next one', async () => {
    const { file, pass } = start();
    file.text = 'a !';
    assert.deepEqual(await pass(20_000), ['refused: a mistake. another one.']);
    file.text = 'a b';
    assert.deepEqual(await pass(2000), ['reload: a b x']);
  });

  it('says once that the file cannot be read, and reloads when it is back', async () => {
    const { file, pass } = start();
    file.text = undefined;
    assert.deepEqual(await pass(20_000), ['refused: cannot read it.']);
    file.text = 'a b';
    assert.deepEqual(await pass(2000), ['reload: a b x']);
  });

  it('reloads when it is asked to, even if nothing has changed', async () => {
    const { reloader, settle, seen } = start();
    reloader.request();
    reloader.request();
    await settle();
    assert.deepEqual(seen, ['reload: a b x', 'reload: a b x']);
  });

  it('says again on request what is wrong', async () => {
    const { file, pass, reloader, settle, seen } = start();
    file.text = '!';
    await pass(2000);
    reloader.request();
    await settle();
    assert.deepEqual(seen, ['refused: a mistake. another one.']);
  });

  it('reads the sources again when one of them changes, with the configuration that is in force', async () => {
    const { file, pass } = start();
    Object.assign(file, { print: '2', sources: 'y z' });
    assert.deepEqual(await pass(4000), ['sources: a b y z']);
    file.print = '3';
    assert.deepEqual(await pass(4000), [], 'a change without a difference');
  });

  it('reads all sources from time to time: they refer to files that are not watched', async () => {
    const { file, pass } = start();
    file.sources = 'y';
    assert.deepEqual(await pass(290_000), []);
    assert.deepEqual(await pass(20_000), ['sources: a b y']);
  });

  it('tries again what the store could not keep', async () => {
    const { file, pass, failStore } = start();
    failStore(true);
    Object.assign(file, { print: '2', sources: 'y' });
    assert.deepEqual(await pass(10_000), []);
    failStore(false);
    assert.deepEqual(await pass(4000), ['sources: a b y']);
    failStore(true);
    file.text = 'c';
    assert.deepEqual(await pass(2000), ['refused: the disk is full']);
  });

  it('ends', async () => {
    const { file, pass, reloader } = start();
    await reloader.stop();
    file.text = 'c';
    reloader.request();
    assert.deepEqual(await pass(10_000), []);
  });
});

describe('a refused configuration', () => {
  it('is described in sentences, also after a suggestion', () => {
    const suggestion = 'kairos-pull.yaml:3: unknown setting "monitor.intervall". Did you mean interval?';
    assert.equal(describeRefusal({ message: suggestion, examples: [] }), suggestion);
    assert.equal(describeRefusal({ message: 'It is wrong', examples: [] }), 'It is wrong.');
    assert.equal(describeRefusal({ message: 'It is wrong.', examples: ['a'] }), 'It is wrong (and 1 more mistake).');
  });
});
