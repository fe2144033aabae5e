import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPages } from '../../../src/monitor/web/html-pages.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';
import { renderPage } from '../../support/rendered-page.ts';

const SCRIPTS = /<script\b[^>]*>/gi;
const TAGS = /<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/gi;
/** Every tag that a page writes. */
const OWN = new Set(
  'html head meta title link script body a svg symbol circle path rect use p header b main div h1 h2 h3 ul li section article span code details summary form label input button nav footer time dl dt dd table caption thead tbody tr th td wbr'.split(
    ' ',
  ),
);

async function everyPage(scene = createMonitorScene({ resources: 30, hostile: true })): Promise<string[]> {
  const paths = [
    '/',
    '/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
    ...scene.resources().map(({ id }) => `/resources/${encodeURIComponent(id)}`),
  ];
  return Promise.all(paths.map((path) => renderPage(scene, path)));
}

describe('pages with hostile names, targets, messages, hints and groups', () => {
  it('contain no tag and no handler that is not ours', async () => {
    for (const page of await everyPage()) {
      assert.equal([...page.matchAll(SCRIPTS)].length, 1);
      for (const [tag, , name = '', attributes = ''] of page.matchAll(TAGS)) {
        assert.ok(OWN.has(name.toLowerCase()), tag);
        assert.doesNotMatch(attributes.replace(/="[^"]*"/g, ''), /\bon\w+|\bstyle\b|['<`]/, tag);
        assert.doesNotMatch(attributes, /\bhref="\s*(?:javascript|data):/i, tag);
      }
    }
  });

  it('contain no control characters and no characters that turn text around', async () => {
    for (const page of await everyPage())
      assert.doesNotMatch(page, /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
  });

  it('cut names, and messages that are as long as a book', async () => {
    const scene = createMonitorScene({ resources: 1 });
    const [resource] = scene.resources();
    assert.ok(resource);
    const long = {
      ...resource,
      name: 'n'.repeat(100_000),
      message: 'm'.repeat(100_000),
      state: 'unavailable' as const,
    };
    const page = await renderPage({ ...scene, resources: () => [long] });
    assert.ok(page.length < 20_000, `${page.length}`);
  });

  it('survive a result that another version has kept', async () => {
    const scene = createMonitorScene();
    for (const result of [
      {},
      { verdict: 7, platforms: 'all', requests: {}, credential: [], warnings: [null, 3, {}] },
    ]) {
      assert.match(await renderPage({ ...scene, result: async () => result }, '/resources/image-api'), /Last result/);
    }
  });
});

describe('the page of an error', () => {
  it('says nothing about the monitor: its reader may not be allowed to read it', () => {
    const scene = createMonitorScene({ health: { store: 'secret path', storeLocation: '/secret' } });
    const request = { base: '', query: new URLSearchParams() };
    const page = createPages(scene).error?.({ status: 401, title: 'Unauthorized', detail: '<b>Log in</b>' }, request);
    assert.equal(page?.status, 401);
    assert.match(String(page?.body), /<h1[^>]*>Unauthorized<\/h1><p class="detail">&lt;b&gt;Log in&lt;\/b&gt;<\/p>/);
    assert.doesNotMatch(String(page?.body), /secret|0\.1\.0|image-api/);
  });
});

describe('what the pages load', () => {
  it('has an address that changes with its content, and may be kept', async () => {
    const pages = createPages(createMonitorScene());
    const page = await renderPage(createMonitorScene());
    const links = [...page.matchAll(/(?:href|src)="\/assets\/([0-9a-f]{8})\/([\w.-]+)"/g)];
    const names = [...new Set(links.map(([, , name = '']) => name))];
    assert.equal(new Set(links.map(([, version]) => version)).size, 1);
    assert.deepEqual(names.filter((name) => !name.endsWith('.js')).sort(), ['style.css', 'unavailable.svg']);
    for (const name of names)
      assert.match(pages.asset(name)?.headers?.['Cache-Control'] ?? '', /^private, .*immutable$/);
    // The page names every script that the first one imports: none of them waits for another.
    for (const name of names.filter((one) => one.endsWith('.js'))) {
      const imported = [...String(pages.asset(name)?.body).matchAll(/from '\.\/([\w.-]+)'/g)].map(
        ([, one = '']) => one,
      );
      for (const one of imported) assert.ok(names.includes(one), one);
    }
    assert.equal(pages.asset('client.ts'), null);
    assert.equal(pages.asset('../../package.json'), null);
    assert.equal(pages.asset('__proto__'), null);
  });
});
