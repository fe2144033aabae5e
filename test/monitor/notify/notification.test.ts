// The words and the JSON of notifications, also of hostile texts.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatWebhook,
  type Notification,
  type NotificationContext,
} from '../../../src/monitor/notify/notification.ts';
import { formatSlack } from '../../../src/monitor/notify/slack-text.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';

const AT = Date.UTC(2026, 10, 28, 12);
const RESOURCE = { id: 'app', name: 'App', group: 'shop', kind: 'image', target: 'ghcr.io/org/app:1' } as const;

const notification = (fields: Partial<Notification> = {}): Notification => ({
  ...{ id: 41, event: 'outage', atMs: AT, resource: RESOURCE, from: 'available', to: 'unavailable' },
  ...{ reason: 'not-found', cause: 'tag', message: 'ghcr.io/org/app:1 does not exist.' },
  ...{ digest: null, previousDigest: null },
  ...fields,
});

const context = (fields: Partial<NotificationContext> = {}): NotificationContext => ({
  ...{ view: null, outage: null, url: null },
  ...fields,
});

function viewOf(fields: object): NonNullable<NotificationContext['view']> {
  const [view] = createMonitorScene().resources();
  assert.ok(view);
  return { ...view, ...fields };
}

const slack = (given: Notification, about = context()): string => JSON.parse(formatSlack(given, about)).text;

describe('a webhook', () => {
  it('gets everything about the event', () => {
    const about = context({
      url: 'https://status.example/images/',
      outage: { startedAtMs: AT - 60_000, endedAtMs: null },
      view: viewOf({ state: 'unavailable', reason: 'not-found', hint: 'Push it.' }),
    });
    assert.deepEqual(JSON.parse(formatWebhook(notification(), about)), {
      ...{ event: 'outage', id: 41, at: '2026-11-28T12:00:00.000Z', resource: RESOURCE, state: 'unavailable' },
      ...{ from: 'available', to: 'unavailable', reason: 'not-found', cause: 'tag' },
      ...{ message: 'ghcr.io/org/app:1 does not exist.', hint: 'Push it.', since: '2026-11-28T11:59:00.000Z' },
      ...{ digest: null, previousDigest: null, url: 'https://status.example/images/resources/app' },
    });
  });

  it('gets the state of the event, not of now, if it is late', () => {
    const about = context({ view: viewOf({ state: 'available', reason: null, hint: null, sinceMs: AT + 60_000 }) });
    const { state, since, hint, url } = JSON.parse(formatWebhook(notification({ event: 'state' }), about));
    assert.deepEqual([state, since, hint, url], ['unavailable', '2026-11-28T12:00:00.000Z', null, null]);
  });

  it('gets an event of the monitor itself without a resource', () => {
    const given = notification({ event: 'network', resource: null, to: null, message: 'No host can be reached.' });
    const { resource, url, since } = JSON.parse(formatWebhook(given, context({ url: 'https://status.example' })));
    assert.deepEqual([resource, url, since], [null, 'https://status.example/', null]);
  });
});

describe('a text for Slack', () => {
  it('says what happened to which resource', () => {
    const url = 'https://status.example';
    const outage = { startedAtMs: AT - 720_000, endedAtMs: null };
    assert.equal(
      slack(notification(), context({ url, outage })),
      '🔴 Outage of <https://status.example/resources/app|App> (shop): ghcr.io/org/app:1 does not exist.',
    );
    assert.equal(
      slack(notification({ event: 'reminder' }), context({ outage })),
      '🔴 App (shop) is still unavailable, since 2026-11-28 11:48 UTC: ghcr.io/org/app:1 does not exist.',
    );
    const recovered = notification({ event: 'recovered', to: 'available', reason: null, message: null });
    assert.equal(
      slack(recovered, context({ outage: { ...outage, endedAtMs: AT } })),
      '✅ App (shop) has recovered after 12 min',
    );
    const moved = notification({
      event: 'digest-moved',
      previousDigest: 'sha256:0123456789abcdef',
      digest: 'sha256:fedcba9876543210',
    });
    assert.equal(slack(moved), 'ℹ️ App (shop) moved from sha256:0123456789ab to sha256:fedcba987654');
    assert.equal(slack(notification({ event: 'network', resource: null, message: 'No host.' })), '⚠️ No host.');
  });

  it('mentions no one, links nowhere and stays short, whatever names and messages contain', () => {
    const name = '<!channel> @here </x|y> [click](http://evil.example) \u001b[31m\u202e|';
    const given = notification({ resource: { ...RESOURCE, name }, message: `@everyone ${'x'.repeat(100_000)}` });
    const text = slack(given, context({ url: 'https://status.example' }));
    assert.doesNotMatch(
      text.replace(/<https:\/\/status\.example\/resources\/app\|[^<>|]*>/, ''),
      /[<>]|@\w|\]\(|[\u0000-\u001f\u202e]/,
    );
    assert.ok(text.length < 3_000);
  });
});
