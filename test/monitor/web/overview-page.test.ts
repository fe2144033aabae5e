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
      /^cannot tell: worker .*last known available Rate limited \(pull quota used up\): .*Next check at 13:20\.$/,
    );
  });

  it('cuts a long message, and never the hint after it', async () => {
    const scene = createMonitorScene();
    const message = 'word '.repeat(300);
    const resources = () => scene.resources().map((one) => (one.id === 'image-web' ? { ...one, message } : one));
    const [panel = ''] = textsOf(await renderPage({ ...scene, resources }), PANEL);
    assert.match(panel, / (?:word ){50,120}wo?r?d?… Push the tag, or correct it\.$/);
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
      /unavailable web quay\.io\/org\/web:1\.1 5\.1 % 81 ms 20 s ago$/,
    );
    assert.match(rows.find((row) => row.includes('worker')) ?? '', /cannot tell worker .* 100 % – 20 s ago$/);
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
    assert.ok(isOpen(page).some((open) => !open));
    assert.match(textOf(page), /shop 6 of 200 need attention/);
  });

  it('has 300 rows at most: the worst of each group, and links to the others', async () => {
    const scene = createMonitorScene({ resources: 1_000 });
    const idsOf = (page: string): string[] =>
      [...page.matchAll(/<div class="row" role="row" data-id="([^"]*)"/g)].map(([, id = '']) => id);
    const page = await renderPage(scene);
    const ids = idsOf(page);
    assert.equal(ids.length, 300);
    const bad = scene.resources().filter(({ state }) => state === 'unavailable' || state === 'undetermined');
    for (const { id } of bad) assert.ok(ids.includes(id), id);
    assert.match(textOf(page), /300 of 1,000 resources are on this page, the worst of each group\./);
    const links = [...page.matchAll(/<p class="rest"><a href="([^"]*group=[^"]*)">All 200 of/g)].map(
      ([, path = '']) => path,
    );
    assert.equal(links.length, 5);
    const reached = new Set<string>();
    for (const link of links)
      for (const id of idsOf(await renderPage(scene, link.replaceAll('&amp;', '&')))) reached.add(id);
    assert.equal(reached.size, 1_000);
    assert.deepEqual(textsOf(page, /<summary><svg.*?<\/svg>(<h2>.*?)<\/summary>/g).length, 5);
  });

  it('pages through a group, a state or a filter that has more, worst first', async () => {
    const scene = createMonitorScene({ resources: 2_000 });
    const idsOf = (page: string): string[] =>
      [...page.matchAll(/<div class="row" role="row" data-id="([^"]*)"/g)].map(([, id = '']) => id);
    const seen: string[] = [];
    let path = '/?group=shop';
    for (let pages = 0; path !== '' && pages < 10; pages += 1) {
      const page = await renderPage(scene, path);
      assert.match(textOf(page), /Only the group shop\. Show all groups/);
      seen.push(...idsOf(page));
      path = (/<a rel="next" href="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&');
    }
    const shop = scene.resources().filter(({ group }) => group === 'shop');
    assert.equal(seen.length, shop.length);
    assert.deepEqual(new Set(seen), new Set(shop.map(({ id }) => id)));
    const states = seen.map((id) => scene.resource(id)?.state);
    assert.deepEqual(states.slice(0, 2), ['unavailable', 'unavailable']);
    assert.match(textOf(await renderPage(scene, '/?state=available')), /1 to 300 of 1,\d+, worst first Next →/);
    // A number that does not exist is the nearest one.
    assert.equal(idsOf(await renderPage(scene, '/?group=shop&page=99')).length, shop.length % 300 || 300);
    assert.equal(idsOf(await renderPage(scene, '/?group=shop&page=-1')).length, 300);
    assert.match(textOf(await renderPage(scene, '/?group=no-such')), /No resource matches\. Show all/);
  });

  it('shows fifty panels at most, and says where the others are', async () => {
    const scene = createMonitorScene({ resources: 400 });
    for (const { id } of scene.resources().slice(0, 120)) {
      if (scene.resource(id)?.state !== 'paused') scene.check(id, 'unavailable');
    }
    const page = await renderPage(scene);
    assert.equal([...page.matchAll(PANEL)].length, 50);
    // On the page of a list they are folded: the list comes first.
    const list = await renderPage(scene, '/?state=unavailable');
    assert.match(textOf(list), /Needs attention \d+ of all resources/);
    assert.match(page, /more are not shown\. <a href="\/\?state=unavailable">List all: unavailable<\/a>/);
  });

  it('shows an outage that is still open although the resource is available again', async () => {
    const scene = createMonitorScene({ resources: 1 });
    const [{ id = '' } = {}] = scene.resources();
    scene.check(id, 'unavailable');
    scene.pass(60_000);
    const { outage } = scene.resource(id) ?? {};
    scene.check(id, 'available');
    const views = scene.resources().map((view) => ({ ...view, outage: outage ?? null }));
    const page = await renderPage({ ...scene, resources: () => views });
    assert.match(textsOf(page, PANEL)[0] ?? '', /available again for 0 s · outage since 13:00 still open/);
    assert.match(textOf(page), /The only resource is available One outage is still open/);
  });

  for (const window of ['24h', '90d']) {
    it(`stays under 60 kB, and 350 kB before compression, for 10,000 resources over ${window}, one path a state`, async () => {
      const page = await renderPage(createMonitorScene({ resources: 10_000 }), `/?window=${window}`);
      assert.ok(page.length < 350_000, `${page.length} bytes`);
      assert.ok(gzipSync(page).length < 60_000, `${gzipSync(page).length} bytes`);
      const bars = [...page.matchAll(/<svg class="bar"[^>]*>(.*?)<\/svg>/g)].map(([, inner = '']) => inner);
      assert.equal(bars.length, 300);
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
      /Skipped 1 \$\{REGISTRY\}\/app:1 The variable REGISTRY is not set\. compose\.yaml:12/,
    );
  });

  it('says that the data of a demo is made up', async () => {
    assert.match(textOf(await renderPage(createMonitorScene(), '/', { isDemo: true })), /Made-up data/);
    assert.doesNotMatch(textOf(await renderPage(createMonitorScene())), /Made-up/);
  });

  it('has the exact time of every age, and the time zone', async () => {
    const page = await renderPage(createMonitorScene());
    assert.match(page, /<time datetime="2026-11-28T11:59:40\.000Z" data-age>20 s ago<\/time>/);
    assert.match(textOf(page), /as of 13:00:00/);
    assert.match(textOf(page), /times in Europe\/Berlin/);
  });
});
