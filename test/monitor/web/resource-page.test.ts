import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMonitorScene, SCENE_NOW } from '../../support/monitor-scene.ts';
import { renderPage, textOf, textsOf } from '../../support/rendered-page.ts';

const CARD = /<section class="card[^>]*>([\s\S]*?)<\/section>/g;
const TILE = /<a class="tile"[^>]*>(.*?)<\/a>/g;

async function cardsOf(id: string, scene = createMonitorScene()): Promise<Map<string, string>> {
  const cards = textsOf(await renderPage(scene, `/resources/${id}`), CARD);
  const titles = ['Response time', 'Recent checks', 'Last result', 'Outages', 'Events'];
  return new Map(titles.map((title) => [title, cards.find((card) => card.startsWith(title)) ?? '']));
}

describe('the page of a resource', () => {
  it('says state, reason, message and cure in one sentence', async () => {
    const text = textOf(await renderPage(createMonitorScene(), '/resources/image-web'));
    assert.match(
      text,
      /Unavailable for 22 h 46 min: not found \(tag\)\. quay\.io\/org\/web:1\.1 does not exist: .*Push the tag, or correct it\. Outage since yesterday 14:13\./,
    );
    const healthy = textOf(await renderPage(createMonitorScene(), '/resources/image-api'));
    assert.match(healthy, /Available for \d+ d( \d+ h)?\./);
  });

  it('says what the check of an available resource found: an image that must be absent is not there', async () => {
    const scene = createMonitorScene();
    const [resource] = scene.resources();
    assert.ok(resource);
    const view = { ...resource, state: 'available' as const, message: 'shop/leaked:1 does not exist, as expected.' };
    const page = await renderPage({ ...scene, resource: () => view }, '/resources/image-api');
    assert.match(textOf(page), /Available for [^.]+\. shop\/leaked:1 does not exist, as expected\./);
  });

  it('has uptime and its known share for four windows, as links to the bar of that window', async () => {
    const page = await renderPage(createMonitorScene(), '/resources/image-web?window=30d');
    assert.deepEqual(textsOf(page, TILE), [
      '24 hours 5.1 % known 100 % of the time',
      '7 days 86.4 % known 100 % of the time',
      '30 days 96.8 % known 99.8 % of the time',
      '90 days 98.6 % known 99.7 % of the time',
    ]);
    assert.match(page, /<a class="tile" href="\/resources\/image-web\?window=30d" aria-current="true">/);
    const pending = await renderPage(createMonitorScene(), '/resources/image-gateway');
    assert.ok(textsOf(pending, TILE).every((tile) => tile.endsWith('no data nothing known')));
  });

  it('has the bar with its axis, and the same as a table', async () => {
    const page = await renderPage(createMonitorScene(), '/resources/image-web');
    const text = textOf(page);
    assert.match(text, /yesterday 13:00 19:00 01:00 07:00 now/);
    assert.match(page, /aria-label="24 hours: 5\.1 % available; of 90 parts 86 unavailable"/);
    assert.equal([...page.matchAll(/<tr data-say="/g)].length, 90);
    assert.match(page, /data-say="yesterday 14:04 to 14:20: unavailable 6 min( \d+ s)?, available 9 min( \d+ s)?"/);
  });

  it('draws the response time with median and p95', async () => {
    const chart = (await cardsOf('image-web')).get('Response time') ?? '';
    assert.match(
      chart,
      /^Response time median \d+ ms, p95 \d+ ms 600 ms 300 ms 0 today .* whole check connect and TLS$/,
    );
    assert.match((await cardsOf('image-gateway')).get('Response time') ?? '', /Not enough checks/);
  });

  it('lists the facts of the last check, and what holds its registry back', async () => {
    const facts = (await cardsOf('image-worker')).get('Last result') ?? '';
    assert.match(facts, /Verdict undetermined · rate-limited/);
    assert.match(facts, /Asked docker\.io, 1 request, 82 ms/);
    assert.match(facts, /Credentials ~\/\.docker\/config\.json \(user bot\)/);
    assert.match(facts, /Checked 12:59:40, every 1 min, next at 13:20:00/);
    assert.match(facts, /Pull quota 4 of 100 left Held back until 13:20/);
    assert.match(facts, /Found at kairos-pull\.yaml:20 monitor\.resources\[2\]/);
    assert.match((await cardsOf('http-mailer')).get('Last result') ?? '', /Certificate expires in 9 d/);
  });

  it('lists outages, events and checks, newest first', async () => {
    const scene = createMonitorScene();
    scene.pass(60_000);
    scene.check('image-api', 'unavailable', { reason: 'not-found', cause: 'tag' });
    scene.pass(120_000);
    scene.check('image-api', 'available');
    const cards = await cardsOf('image-api', scene);
    assert.match(cards.get('Outages') ?? '', /^Outages today 13:01 2 min: not found \(tag\)/);
    assert.match(
      cards.get('Events') ?? '',
      /^Events today 13:03 Outage closed today 13:03 Became available today 13:01 Outage opened: not found \(tag\) today 13:01 Became unavailable: not found \(tag\)/,
    );
    assert.match(
      cards.get('Recent checks') ?? '',
      /Took 13:03:00 available sha256:[0-9a-f]{12}… 120 ms 13:01:00 unavailable not found \(tag\) 120 ms/,
    );
    const moved = scene.resources().find(({ digestMoves }) => digestMoves > 0)?.id ?? '';
    assert.match((await cardsOf(moved, scene)).get('Events') ?? '', /Digest moved: [0-9a-f]{8}… → [0-9a-f]{8}…/);
  });

  it("shows the registry's own words, unless the message has them", async () => {
    const scene = createMonitorScene();
    const message = 'quay.io denies access to org/api: account suspended.';
    const registryErrors = [
      { code: 'DENIED', message: 'billing <b>failed</b>' },
      { code: 'DENIED', message: 'account suspended' },
      { code: 'UNAUTHORIZED', message: null },
      'no object',
    ];
    const result = async (): Promise<object> => ({ verdict: 'unpullable', message, registryErrors });
    const page = await renderPage({ ...scene, result }, '/resources/image-api');
    assert.match(textOf(page), /Registry says "billing <b>failed<\/b>" \(DENIED\) ?UNAUTHORIZED Asked/);
    assert.doesNotMatch(page, /<b>failed/);
  });

  it('shows the commands of a hint as commands', async () => {
    const scene = createMonitorScene();
    const [resource] = scene.resources();
    assert.ok(resource);
    const hint = 'Log in: `docker login <b>`, or ask.';
    const view = { ...resource, state: 'unavailable' as const, hint };
    const page = await renderPage({ ...scene, resource: () => view }, '/resources/image-api');
    assert.match(page, / Log in: <code>docker login &lt;b&gt;<\/code>, or ask\./);
    const odd = await renderPage(
      { ...scene, resource: () => ({ ...view, hint: 'One ` alone' }) },
      '/resources/image-api',
    );
    assert.match(odd, / One ` alone/);
  });

  it('offers a check only to a script, and none of a paused resource', async () => {
    const page = await renderPage(createMonitorScene(), '/resources/image-api');
    assert.match(page, /<button type="button" id="check-now" hidden>Check now<\/button>/);
    const paused = createMonitorScene()
      .resources()
      .find(({ state }) => state === 'paused');
    assert.doesNotMatch(await renderPage(createMonitorScene(), `/resources/${paused?.id}`), /check-now/);
  });

  it('does not exist for an unknown id', async () => {
    assert.equal(await renderPage(createMonitorScene(), '/resources/no-such-thing'), '');
  });

  it('shows times in the configured zone', async () => {
    const page = await renderPage(
      createMonitorScene({ timeZone: 'Asia/Kolkata', nowMs: SCENE_NOW }),
      '/resources/image-web',
    );
    assert.match(textOf(page), /Outage since yesterday 18:43/);
  });
});
