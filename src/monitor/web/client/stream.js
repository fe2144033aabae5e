// The stream of changes; while it is away, the page asks from time to time.

import { basePath, pageKind, rowOf, setText } from './page.js';
import { renewSoon } from './renew.js';
import { connectionState, POLL_MS, sawCheck, setConnection, showAges } from './status.js';

const EVENTS = [
  ...['state', 'outage', 'recovered', 'digest-moved', 'drift', 'undetermined-long', 'quota-low', 'network'],
  ...['certificate-expiry', 'clock', 'reload', 'reminder'],
];
const RECONNECT_MS = 30_000;
/** A bar moves by a third of its shortest part meanwhile: less than two pixels. What changes is renewed when it does. */
const RENEW_MS = { overview: 300_000, resource: 60_000 };
const ownId = document.querySelector('.title')?.dataset.id;
let source = null;

/** Up to a fifth later: many pages that lost one monitor do not ask it in the same second. */
const spread = (ms) => ms * (1 + Math.random() / 5);

function connect() {
  source?.close();
  source = new EventSource(`${basePath}/api/v1/stream`);
  source.onopen = () => {
    if (connectionState() === 'polling' || connectionState() === 'lost') renewSoon();
    setConnection('live');
  };
  source.onerror = () => {
    setConnection(connectionState() === 'lost' ? 'lost' : 'polling');
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || connect(), spread(RECONNECT_MS));
  };
  source.addEventListener('check', ({ data }) => onCheck(JSON.parse(data)));
  for (const name of EVENTS) source.addEventListener(name, ({ data }) => onEvent(JSON.parse(data)));
}

function onCheck({ resource, at, state, durationMs }) {
  sawCheck(Date.parse(at));
  if (pageKind === 'resource') return resource === ownId ? renewSoon() : undefined;
  const row = rowOf(resource);
  if (row === null) return;
  const time = row.querySelector('time[data-age]');
  if (row.dataset.state !== state || time === null) return renewSoon(resource);
  time.dateTime = at;
  if (state !== 'undetermined') setText(row.querySelector('.took'), formatDuration(durationMs));
}

const formatDuration = (ms) => (ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

function onEvent({ resource }) {
  if (pageKind === 'resource') return resource === ownId || resource === null ? renewSoon() : undefined;
  renewSoon(resource ?? undefined);
}

export function follow() {
  connect();
  setInterval(showAges, 5_000);
  setInterval(() => ['polling', 'lost'].includes(connectionState()) && renewSoon(), POLL_MS);
  setInterval(() => document.hidden || renewSoon(), spread(RENEW_MS[pageKind]));
  // A browser has six connections to a server for all its tabs: one that is not seen asks from time to time.
  document.addEventListener('visibilitychange', () => {
    source?.close();
    if (document.hidden) setConnection('polling');
    else connect();
  });
}
