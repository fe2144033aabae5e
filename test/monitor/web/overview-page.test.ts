import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createPages } from '../../../src/monitor/web/html-pages.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';
import { renderPage, textOf, textsOf } from '../../support/rendered-page.ts';

const H1 = /<h1[^>]*>(.*?)<\/h1>/g;
const ROW = /<div class="row" role="row" (data-id=.*?)\n/g;
const PANEL = /<article class="panel [^>]*>([\s\S]*?)<\/article>/g;

describe('the dashboard', () => {
  it('says one sentence first, then counts, then what needs attention, then every resource', async () => {
    const page = await renderPage(createMonitorScene());
    const text = textOf(page);
    const order = ['2 of 10 need attention', '6 available', 'Needs attention', 'Filter', 'shop', 'storefront'];
    const places = order.slice(0, 5).map((words) => text.indexOf(words));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.ok(places.every((place) => place >= 0));
    assert.equal([...page.matchAll(ROW)].length, 10);
    assert.match(page, /<title>2 of 10 need attention · kairos-pull monitor<\/title>/);
  });

  it('shows the worst first, with reason, message and cure in the words of a check, and since when', async () => {
    const panels = textsOf(await renderPage(createMonitorScene()), PANEL);
    assert.equal(panels.length, 2);
    assert.match(
      panels[0] ?? '',
      /^unavailable: web quay\.io\/org\/web:1\.1 unavailable for 22 h 46 min · outage since yesterday 14:13 Not found \(tag\): .*Push the tag, or correct it\.$/,
    );
    assert.match(
      panels[1] ?? '',
      /^cannot tell: worker .*last known available Rate limited \(pull quota used up\): .*Next check at 13:00\.$/,
    );
  });

  it('shows what is new first among those that are equally bad, and folds all but five', async () => {
    const page = await renderPage(createMonitorScene({ resources: 300 }));
    const more = page.indexOf('<details class="more" id="more-attention">');
    const shown = [...page.slice(0, more).matchAll(PANEL)];
    assert.equal(shown.length, 5);
    const rest = /<summary>(\d+) more/.exec(page)?.[1];
    assert.equal([...page.matchAll(PANEL)].length, 5 + Number(rest));
  });

  it('gives a row its state in words, uptime, time and age', async () => {
    const rows = textsOf(await renderPage(createMonitorScene()), ROW);
    assert.match(
      rows.find((row) => row.includes('web')) ?? '',
      /unavailable web quay\.io\/org\/web:1\.1 5\.1 % 81 ms 20 s$/,
    );
    assert.match(rows.find((row) => row.includes('worker')) ?? '', /cannot tell worker .* 100 % – 20 s$/);
    assert.match(rows.find((row) => row.includes('gateway')) ?? '', /not checked yet gateway .* no data – –$/);
  });

  it('links a row to its page with the window that is shown, and has windows and counts as links', async () => {
    const page = await renderPage(createMonitorScene(), '/?window=7d&state=unavailable', {}, '/status');
    assert.match(page, /<a href="\/status\/resources\/image-web\?window=7d">web<\/a>/);
    assert.match(page, /<a href="\/status\/\?state=unavailable">24 h<\/a>/);
    assert.match(page, /<a href="\/status\/\?window=7d&amp;state=unavailable" aria-current="true">7 d<\/a>/);
    assert.match(page, /<a href="\/status\/\?window=7d" aria-current="true">.*?unavailable<\/a>/);
    assert.equal([...page.matchAll(ROW)].length, 1);
  });

  it('filters by name, target and group without a script', async () => {
    const scene = createMonitorScene();
    const rowsOf = async (query: string): Promise<number> => [...(await renderPage(scene, query)).matchAll(ROW)].length;
    assert.equal(
      await rowsOf('/?q=GHCR.io'),
      scene.resources().filter(({ target }) => target.includes('ghcr.io')).length,
    );
    assert.equal(await rowsOf('/?q=platform'), 2);
    assert.equal(await rowsOf('/?q=nothing-like-it'), 0);
    assert.match(textOf(await renderPage(scene, '/?q=nothing-like-it')), /No resource matches\. Show all/);
    assert.equal(await rowsOf('/?window=no&state=no'), 10);
  });

  it('renews only the rows that the script asks for, under the sentence about all', async () => {
    const page = await renderPage(createMonitorScene(), '/?only=image-web,image-api');
    assert.equal([...page.matchAll(ROW)].length, 2);
    assert.deepEqual(textsOf(page, H1), ['2 of 10 need attention']);
  });

  it('folds healthy groups first, then the largest, when there are many', async () => {
    const isOpen = (page: string): boolean[] =>
      [...page.matchAll(/<details class="group" [^>]*?( open)?>/g)].map(([, open]) => open !== undefined);
    assert.ok(isOpen(await renderPage(createMonitorScene())).every((open) => open));
    const page = await renderPage(createMonitorScene({ resources: 1_000 }));
    assert.ok(isOpen(page).filter((open) => open).length <= 1);
    assert.match(textOf(page), /shop 6 of 200 need attention/);
  });

  for (const window of ['24h', '90d']) {
    it(`stays under 200 kB for 1,000 resources over ${window}, one path a state`, async () => {
      const page = await renderPage(createMonitorScene({ resources: 1_000 }), `/?window=${window}`);
      assert.ok(gzipSync(page).length < 200_000, `${gzipSync(page).length} bytes`);
      const bars = [...page.matchAll(/<svg class="bar"[^>]*>(.*?)<\/svg>/g)].map(([, inner = '']) => inner);
      assert.equal(bars.length, 1_000);
      for (const bar of bars) {
        const looks = [...bar.matchAll(/<path class="(\w+)"/g)].map(([, look]) => look);
        assert.equal(new Set(looks).size, looks.length);
        assert.ok(looks.length >= 1 && looks.length <= 4);
      }
    });
  }

  it('asks the store once', async () => {
    const scene = createMonitorScene({ resources: 100 });
    let queries = 0;
    const bars: typeof scene.bars = (query) => {
      queries += 1;
      return scene.bars(query);
    };
    await renderPage({ ...scene, bars });
    assert.equal(queries, 1);
  });

  it('draws a bar again after a check, a change of state, and a minute', async () => {
    const scene = createMonitorScene();
    const drawn: (readonly string[] | undefined)[] = [];
    const bars: typeof scene.bars = (query) => {
      drawn.push(query.ids);
      return scene.bars(query);
    };
    const pages = createPages({ ...scene, bars });
    const load = async (query = ''): Promise<string> =>
      String((await pages.dashboard({ base: '', query: new URLSearchParams(query) })).body);
    const first = await load();
    assert.equal(drawn[0]?.length, 10);
    assert.equal(await load(), first);
    scene.pass(5_000);
    scene.check('image-web', 'available');
    await load();
    scene.pass(5_000);
    await load('window=7d');
    await load('window=7d&q=web');
    assert.deepEqual(
      drawn.slice(1).map((ids) => ids?.length),
      [1, 10],
    );
    assert.deepEqual(drawn[1], ['image-web']);
    scene.pass(60_000);
    await load();
    assert.equal(drawn.at(-1)?.length, 10);
  });

  it('lists skipped images with reason and place', async () => {
    assert.match(
      textOf(await renderPage(createMonitorScene())),
      /Not checked on purpose 1 \$\{REGISTRY\}\/app:1 The variable REGISTRY is not set\. compose\.yaml:12/,
    );
  });

  it('says that the data of a demo is made up', async () => {
    assert.match(textOf(await renderPage(createMonitorScene(), '/', { isDemo: true })), /Made-up data/);
    assert.doesNotMatch(textOf(await renderPage(createMonitorScene())), /Made-up/);
  });

  it('has the exact time of every age, and the time zone', async () => {
    const page = await renderPage(createMonitorScene());
    assert.match(page, /<time datetime="2026-11-28T11:59:40\.000Z" data-age>20 s<\/time>/);
    assert.match(textOf(page), /as of 13:00:00/);
    assert.match(textOf(page), /times in Europe\/Berlin/);
  });
});
