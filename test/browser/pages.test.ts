// What a reader does with the pages, in Debian's Chromium: one browser for all tests.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { requirePrograms } from '../support/require-programs.ts';
import { BROWSER, type BrowserSceneOptions, launchBrowser, startBrowserScene } from './browser-scene.ts';

const WIDTHS = [1440, 768, 390];
const PAGES = ['/', '/resources/image-web'];

describe('the pages in a browser', { skip: requirePrograms(BROWSER) }, () => {
  let browser: Browser;
  const start = (options?: BrowserSceneOptions) => startBrowserScene(browser, options);
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of PAGES) {
      it(`axe-core finds nothing on ${path}, ${colorScheme}, at ${WIDTHS.join(', ')} pixels`, async () => {
        await using scene = await start({ context: { colorScheme } });
        await scene.open(path);
        await scene.page.evaluate(axe.source);
        for (const width of WIDTHS) {
          await scene.page.setViewportSize({ width, height: 900 });
          assert.deepEqual(await violationsOf(scene.page), [], `at ${width}`);
          assert.equal(await scene.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
        }
        assert.deepEqual(scene.complaints, []);
      });
    }
  }

  it('names of a usual length are shown with their end, on a phone as well', async () => {
    await using scene = await start({ width: 390 });
    await scene.open('/');
    await scene.page.evaluate(
      `for (const link of document.querySelectorAll('.what a')) link.textContent = 'registry.example.com/platform/checkout-service:2026.11.28'`,
    );
    const cut = `[...document.querySelectorAll('.what a')].filter((a) => a.scrollHeight > a.clientHeight + 1 || a.scrollWidth > a.clientWidth).length`;
    assert.equal(await scene.page.evaluate(cut), 0);
  });

  const LONG = 'registry.example.com:5000/platform/payments/checkout-with-a-long-name/payment-gateway-adapter';
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [500, 'dark'],
    [375, 'light'],
  ] as const) {
    it(`shows names with their tags, whole buttons, and ages that say so, at ${width} pixels, ${colorScheme}`, async () => {
      await using scene = await start({ width, context: { colorScheme } });
      const { page, monitor } = scene;
      const names = new Map([
        ['image-api', 'localhost:6101/shop/web:1.4'],
        ['image-web', `${LONG}:2026.11.28-rc.1`],
        ['image-worker', 'localhost:6101/shop/service-of-some-length:2026.11.28'],
      ]);
      for (const [id, name] of names) monitor.rename(id, name);
      await scene.open('/');
      for (const [id, name] of names) {
        const link = page.locator(`.row[data-id="${id}"] a`);
        const tag = name.slice(name.lastIndexOf(':'));
        assert.ok((await link.innerText()).replaceAll('\n', '').endsWith(tag), await link.innerText());
        // On one line, and inside of what is seen.
        const seen = await link.evaluate((node) => {
          const [outer, inner] = [node, node.querySelector('.end')].map((one) => one?.getBoundingClientRect());
          return { height: inner?.height, isInside: (inner?.bottom ?? 0) <= (outer?.bottom ?? 0) + 1 };
        });
        assert.deepEqual(seen, { height: 20, isInside: true }, name);
      }
      const row = page.locator('.row[data-id="image-web"]');
      assert.equal(await row.locator('a').getAttribute('title'), names.get('image-web'));
      assert.match((await row.locator('a').innerText()) ?? '', /^registry\.example\.com:5000\/.*….*adapter/s);
      assert.match(await page.locator('[data-panel="image-web"] h3').innerText(), /:2026\.11\.28-rc\.1$/);
      if (width > 640) assert.match(await row.locator('.age').innerText(), /^\d+ (?:s|min) ago$/);

      const heights = await page
        .locator('.windows a')
        .evaluateAll((all) => all.map((one) => one.scrollHeight - one.clientHeight));
      assert.deepEqual(heights, [0, 0, 0, 0]);
      const room = await page.evaluate<number>(`(() => {
        const field = document.querySelector('#filter');
        const style = getComputedStyle(field);
        const context = document.createElement('canvas').getContext('2d');
        context.font = style.font;
        const text = context.measureText(field.placeholder).width;
        return field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - text;
      })()`);
      assert.ok(room >= 0, `${-room} pixels of the placeholder are cut`);
      // The whole name can be found.
      await page.locator('#filter').fill('checkout-with-a-long-name');
      assert.deepEqual(
        await page
          .locator('.row[data-id]:visible')
          .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-id'))),
        ['image-web'],
      );

      await scene.open('/resources/image-web');
      const [axis, table] = await Promise.all(
        ['.timeline .axis', '#timeline-table summary'].map((one) => page.locator(one).boundingBox()),
      );
      assert.ok(axis && table && table.y - axis.y - axis.height < 24, 'no gap below the axis');
      assert.equal(
        await page
          .locator('h1')
          .innerText()
          .then((text) => text.replaceAll('\n', '').replace('unavailable:', '')),
        names.get('image-web'),
      );
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
      assert.deepEqual(scene.complaints, []);
    });
  }

  it('shows all lines of a message and its hint, at every width', async () => {
    await using scene = await start();
    await scene.open('/');
    const cut = `[...document.querySelectorAll('.why')].filter((why) => {
      why.textContent = 'registry '.repeat(100);
      return why.scrollHeight > why.clientHeight + 1;
    }).length`;
    for (const width of [...WIDTHS, 375]) {
      await scene.page.setViewportSize({ width, height: 900 });
      assert.equal(await scene.page.evaluate(cut), 0, `at ${width}`);
    }
  });

  it('hostile texts run nothing, violate no policy, and widen nothing', async () => {
    await using scene = await start({ resources: 40, hostile: true, width: 320, isDemo: true });
    for (const path of [...PAGES, '/?q=%3Cimg%20src=x%20onerror=alert(1)%3E', '/resources/image-worker']) {
      await scene.open(path);
      assert.equal(await scene.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, path);
    }
    assert.deepEqual(scene.complaints, []);
  });

  it('a row tells a change once, in its place; a note offers to put it in order', async () => {
    await using scene = await start();
    await scene.open('/');
    const { page, monitor } = scene;
    const order = () =>
      page.locator('.row[data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
    const before = await order();
    monitor.pass(60_000);
    monitor.check('image-api', 'unavailable', { reason: 'not-found', cause: 'tag' });
    const row = page.locator('.row[data-id="image-api"]');
    await page.locator('.row[data-id="image-api"][data-state="unavailable"].changed').waitFor();
    assert.match(await row.innerText(), /unavailable/);
    assert.equal(await page.title(), '3 of 10 need attention · kairos-pull monitor');
    assert.equal(await page.locator('h1').innerText(), '3 of 10 need attention');
    assert.match((await page.locator('#announcer').textContent()) ?? '', /^api: unavailable$/);
    assert.deepEqual(await order(), before);
    assert.equal(await page.locator('[data-panel]').count(), 2);
    const note = page.getByRole('button', { name: '1 change: show' });
    await note.click();
    await page.locator('[data-panel="image-api"]').waitFor();
    assert.equal(await page.locator('#changes').isHidden(), true);
    assert.equal(await page.locator('h1').evaluate((title) => title.matches(':focus')), true);

    monitor.pass(60_000);
    monitor.check('image-api', 'available');
    await page.locator('[data-panel="image-api"].over', { hasText: 'now available' }).waitFor();
    assert.equal(await page.locator('h1').innerText(), '2 of 10 need attention');
    await page.evaluate(axe.source);
    assert.deepEqual(await violationsOf(page), []);
    assert.deepEqual(scene.complaints, []);
  });

  it('a check without a change renews time and age alone', async () => {
    await using scene = await start();
    await scene.open('/');
    const row = scene.page.locator('.row[data-id="image-api"]');
    scene.monitor.check('image-api', 'available');
    await row.locator('.took', { hasText: '120 ms' }).waitFor();
    assert.equal(await row.locator('time').getAttribute('datetime'), '2026-11-28T12:00:00.000Z');
    assert.equal(await scene.page.locator('.changed').count(), 0);
  });

  it('the page of a resource follows its checks', async () => {
    await using scene = await start();
    await scene.open('/resources/image-api');
    await scene.page.locator('#timeline-table summary').click();
    scene.monitor.pass(60_000);
    scene.monitor.check('image-api', 'unavailable', { reason: 'not-found', cause: 'tag' });
    await scene.page.locator('.panel.unavailable', { hasText: 'not found (tag)' }).waitFor();
    assert.match(await scene.page.title(), /^api: unavailable/);
    assert.match((await scene.page.locator('#icon').getAttribute('href')) ?? '', /unavailable\.svg/);
    assert.equal(await scene.page.locator('#timeline-table[open]').count(), 1);
    assert.deepEqual(scene.complaints, []);
  });

  it('asks from time to time while the stream is away, and says so', async () => {
    await using scene = await start();
    const { page, monitor } = scene;
    await page.clock.install();
    await page.route('**/api/v1/stream', (route) => route.abort());
    await page.goto(`${scene.origin}/`);
    await page.locator('#live.away', { hasText: 'stream away · asking every 15 s · checked' }).waitFor();
    monitor.check('image-api', 'undetermined');
    await page.clock.runFor(20_000);
    await page.locator('.row[data-id="image-api"][data-state="undetermined"]').waitFor();
    await page.route('**/*', (route) => route.abort());
    await page.clock.runFor(20_000);
    await page.locator('#live.away', { hasText: 'the monitor does not answer' }).waitFor();
  });

  it('filters while one types, and keeps the filter in the address', async () => {
    await using scene = await start();
    await scene.open('/');
    const { page } = scene;
    const filter = page.getByRole('searchbox', { name: 'Filter by name, image or registry' });
    const visible = page.locator('.row[data-id]:visible');
    await filter.fill('GHCR');
    const expected = scene.monitor.resources().filter(({ target }) => target.includes('ghcr')).length;
    assert.equal(await visible.count(), expected);
    assert.match(page.url(), /\?q=GHCR$/);
    await filter.fill('no such thing');
    assert.equal(await visible.count(), 0);
    await page.getByText('No resource matches.').waitFor();
    await filter.fill('');
    assert.equal(await visible.count(), 10);
    await scene.open('/?q=ghcr');
    await filter.fill('quay');
    await page.locator('.row[data-id="image-web"]:visible').waitFor();
    await filter.fill('');
    await visible.nth(9).waitFor();
    assert.equal(await visible.count(), 10);
    assert.deepEqual(scene.complaints, []);
  });

  it('opens folded groups with matches, and folds them again', async () => {
    await using scene = await start({ resources: 300 });
    await scene.open('/');
    const open = scene.page.locator('.group[open]');
    const before = await open.count();
    await scene.page.locator('#filter').fill('gateway-2');
    assert.ok((await scene.page.locator('.row[data-id]:visible').count()) > 0);
    await scene.page.locator('#filter').fill('');
    assert.equal(await open.count(), before);
  });

  it('asks the server for what a page of 300 rows does not have', async () => {
    await using scene = await start({ resources: 1_000 });
    await scene.open('/');
    const { page } = scene;
    const rows = page.locator('.row[data-id]');
    assert.equal(await rows.count(), 300);
    const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-id')));
    const absent = scene.monitor.resources().find(({ id }) => !ids.includes(id)) ?? assert.fail('all are there');
    const filter = page.getByRole('searchbox', { name: 'Filter by name, image or registry' });
    await filter.pressSequentially(absent.target);
    const row = page.locator(`.row[data-id="${absent.id}"]`);
    await row.waitFor();
    assert.equal(await row.isVisible(), true);
    assert.equal(await filter.evaluate((field) => field.matches(':focus')), true);
    assert.match((await page.locator('#announcer').textContent()) ?? '', /^\d+ resources? match(es)?$/);
    // A change of a row that was found, and one of a row that no page has.
    scene.monitor.check(absent.id, 'unavailable');
    await page.locator(`.row[data-id="${absent.id}"][data-state="unavailable"]`).waitFor();
    await filter.fill('');
    await page.locator('.scope', { hasText: '300 of 1,000 resources' }).waitFor();
    assert.equal(await rows.count(), 300);
    await page.getByRole('link', { name: 'All 200 of shop' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?group=shop');
    await page.locator('#live.on').waitFor();
    assert.equal(await rows.count(), 200);
    await page.evaluate(axe.source);
    assert.deepEqual(await violationsOf(page), []);
    // Everything is here: the filter hides rows as one types.
    await filter.fill('no such thing');
    assert.equal(await page.locator('.row[data-id]:visible').count(), 0);
    assert.deepEqual(scene.complaints, []);
  });

  it('pages without script', async () => {
    await using scene = await start({ resources: 1_000, context: { javaScriptEnabled: false } });
    await scene.open('/?state=available');
    await scene.page.getByRole('link', { name: 'Next →' }).click();
    await scene.page.waitForURL('**/?state=available&page=2');
    assert.match(await scene.page.locator('.pager').innerText(), /301 to 600 of/);
  });

  it('renews bars every five minutes with one request, and asks nothing meanwhile', async () => {
    await using scene = await start();
    const { page, monitor } = scene;
    await page.clock.install();
    await page.goto(`${scene.origin}/`);
    await page.locator('#live.on').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.clock.runFor(290_000);
    assert.deepEqual(asked, []);
    monitor.pass(300_000);
    const renewed = page.waitForResponse((response) => new URL(response.url()).pathname === '/');
    await page.clock.runFor(72_000);
    await renewed;
    assert.deepEqual(asked, ['/']);
  });

  it('leads from anywhere in a row to its page', async () => {
    await using scene = await start();
    await scene.open('/?window=7d');
    const box = await scene.page.locator('.row[data-id="image-web"] .bar').boundingBox();
    assert.ok(box);
    await scene.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await scene.page.waitForURL('**/resources/image-web?window=7d');
    await scene.page.getByRole('link', { name: '← All resources' }).click();
    await scene.page.waitForURL('**/?window=7d');
  });

  it('works with keys alone: the skip link, a row, the parts of a bar', async () => {
    await using scene = await start();
    await scene.open('/');
    const { page } = scene;
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').innerText(), 'Skip to the content');
    await page.locator('.row[data-id="image-web"] a').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/resources/image-web');
    const bar = page.getByRole('slider');
    await bar.focus();
    await page.keyboard.press('Home');
    assert.match((await bar.getAttribute('aria-valuetext')) ?? '', /^yesterday 13:00 to 13:16: available$/);
    assert.match(await page.locator('#readout').innerText(), /^yesterday 13:00 to 13:16: available$/);
    await page.keyboard.press('End');
    assert.match((await bar.getAttribute('aria-valuetext')) ?? '', /^today 12:44 to 13:00: unavailable$/);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await bar.getAttribute('aria-valuenow'), '89');
  });

  it('asks for a check, and says what came of it', async () => {
    await using scene = await start();
    await scene.open('/resources/image-api');
    const button = scene.page.getByRole('button', { name: 'Check now' });
    await button.click();
    await scene.page.locator('#check-answer', { hasText: 'Asked' }).waitFor();
    assert.deepEqual(scene.monitor.requested, ['image-api']);
    scene.monitor.answerRequests('too-often');
    await button.click();
    await scene.page.locator('#check-answer', { hasText: 'Asked too often' }).waitFor();
  });

  it('is complete without script: filter, windows, folds and tables', async () => {
    await using scene = await start({ context: { javaScriptEnabled: false } });
    await scene.open('/');
    const { page } = scene;
    await page.locator('#filter').fill('quay.io');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL('**/?q=quay.io');
    assert.ok((await page.locator('.row[data-id]').count()) < 10);
    await page.getByRole('link', { name: '90 d' }).click();
    await page.waitForURL('**/?window=90d&q=quay.io');
    assert.match(await page.locator('#live').innerText(), /^as of 13:00:00$/);
    await page.locator('.row[data-id="image-web"] a').click();
    assert.equal(await page.locator('#check-now').isVisible(), false);
    await page.locator('#timeline-table summary').click();
    assert.equal(await page.locator('#timeline-table tbody tr:visible').count(), 90);
    assert.deepEqual(scene.complaints, []);
  });

  it('moves nothing for those who want less motion', async () => {
    const motion = async (reducedMotion: 'reduce' | 'no-preference'): Promise<unknown> => {
      await using scene = await start({ context: { reducedMotion } });
      await scene.open('/');
      return await scene.page.evaluate("getComputedStyle(document.querySelector('.dot')).animationName");
    };
    assert.equal(await motion('no-preference'), 'breathe');
    assert.equal(await motion('reduce'), 'none');
  });

  it('keeps shapes and heights where colors are forced', async () => {
    await using scene = await start({ context: { forcedColors: 'active' } });
    await scene.open('/');
    const strokes = await scene.page.evaluate(
      "[...document.querySelectorAll('.bar path')].map((path) => getComputedStyle(path).stroke)",
    );
    assert.equal(new Set(strokes as string[]).size, 1);
  });

  it('serves below a path behind a proxy', async () => {
    await using scene = await start({ url: 'https://status.example/pull' });
    await scene.open('/pull/');
    scene.monitor.check('image-api', 'undetermined');
    await scene.page.locator('.row[data-id="image-api"][data-state="undetermined"]').waitFor();
    await scene.page.locator('.row[data-id="image-web"] a').click();
    await scene.page.waitForURL('**/pull/resources/image-web');
    assert.deepEqual(scene.complaints, []);
  });
});

/** Each with the elements that have it. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}
