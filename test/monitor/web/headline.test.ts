import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Counts, MonitorHealth } from '../../../src/monitor/view/monitor-view.ts';
import { headlineOf, noticesOf } from '../../../src/monitor/web/headline.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';
import { renderPage, textOf } from '../../support/rendered-page.ts';

const scene = createMonitorScene();

function headline(counts: Partial<Counts>, health: Partial<MonitorHealth> = {}) {
  const none = { available: 0, unavailable: 0, undetermined: 0, pending: 0, paused: 0, skipped: 0 };
  return headlineOf({
    summary: () => ({ ...scene.summary(), counts: { ...none, ...counts } }),
    health: () => ({ ...scene.health(), ...health }),
  });
}

describe('the sentence that comes first', () => {
  const sentences: readonly [Partial<Counts>, string, string][] = [
    [{ available: 42 }, 'All 42 are available', 'available'],
    [{ available: 1 }, 'The only resource is available', 'available'],
    [{ available: 8, unavailable: 1, undetermined: 1 }, '2 of 10 need attention', 'unavailable'],
    [{ available: 1_203, undetermined: 1 }, '1 of 1,204 needs attention', 'undetermined'],
    [{ available: 8, pending: 1, paused: 1 }, '8 of 10 are available, none needs attention', 'available'],
    [{ pending: 9, paused: 1 }, 'Starting with 10 resources', 'none'],
    [{ undetermined: 9, paused: 1 }, 'Cannot tell for any of 10', 'undetermined'],
    [{ paused: 3 }, 'All 3 are paused', 'none'],
    [{}, 'Nothing to check yet', 'none'],
  ];
  for (const [counts, title, look] of sentences) {
    it(`is "${title}"`, () => {
      const { title: sentence, look: icon } = headline(counts);
      assert.deepEqual([sentence, icon], [title, look]);
    });
  }

  it('is about the network if every host fails', () => {
    const { title, detail } = headline({ undetermined: 10 }, { isNetworkDown: true });
    assert.equal(title, 'The network of this monitor seems to be down');
    assert.match(detail, /That makes no resource unavailable/);
  });

  it('says how to begin, or that every image is skipped', () => {
    assert.match(headline({}).detail, /Add resources under monitor: in kairos-pull\.yaml/);
    assert.match(headline({ skipped: 2 }).detail, /Every image of the configuration is skipped/);
  });
});

describe('trouble of the monitor itself', () => {
  it('is said before everything else, each with its sentence', async () => {
    const health = {
      store: 'The disk is full (ENOSPC).',
      reload: 'kairos-pull.yaml:7 monitor.interval: use a duration such as 5m.',
      sources: ['deploy/ cannot be read (EACCES).'],
    };
    const text = textOf(await renderPage(createMonitorScene({ health })));
    assert.match(
      text,
      /The store is unavailable\. The disk is full \(ENOSPC\)\. Checks continue; their history is not kept\./,
    );
    assert.match(text, /The new configuration was refused\. kairos-pull\.yaml:7 .* The previous one stays in use\./);
    assert.match(
      text,
      /A source could not be read\. deploy\/ cannot be read \(EACCES\)\. Its last known images are still checked\./,
    );
    assert.ok(text.indexOf('The store is unavailable') < text.indexOf('2 of 10 need attention'));
  });

  it('says that the clock is wrong, or that no worker is alive, and no longer that checks are running', async () => {
    const health = { isReady: false, clock: 'It is 10 min ahead.', workers: 'No worker has checked anything.' };
    assert.deepEqual(
      noticesOf({ ...scene.health(), ...health }).map(({ title, detail }) => `${title}. ${detail}`),
      [
        'The clock of this machine is wrong. It is 10 min ahead.',
        'No worker is running. No worker has checked anything.',
      ],
    );
    assert.equal(headline({ pending: 10 }, health).detail, 'Nothing is checked yet.');
  });

  it('is not there if all is well', () => {
    assert.deepEqual(noticesOf(scene.health()), []);
    assert.deepEqual(
      noticesOf({ ...scene.health(), isAlive: false }).map(({ title }) => title),
      ['The monitor is stuck'],
    );
  });
});
