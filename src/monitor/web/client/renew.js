// Renewing parts of the page with what the server shows now: soon after a change, and never too often.

import { byId, fetchPage, pageKind, replaceContent } from './page.js';
import { connectionState, sawCheck, setConnection, showAges } from './status.js';

/** More changes renew the whole page. */
const MAX_ROWS_ASKED = 50;
const PAUSE_MS = 1_500;
const LARGE_PAUSE_MS = 4_000;
const LARGE = 200;

const waiting = new Set();
let isWholeWaiting = false;
let isRenewing = false;
let lastRenewedMs = performance.now();
let show = () => {};
let addressOf = () => new URL(location.href);

/** `shown` gets the page, and whether all of it is new; `address` is where it is. */
export function onRenewal(shown, address = addressOf) {
  show = shown;
  addressOf = address;
}

/** The rows of these ids, or everything. */
export function renewSoon(id) {
  if (id === undefined) isWholeWaiting = true;
  else waiting.add(id);
  if (isRenewing) return;
  isRenewing = true;
  const pauseMs = document.querySelectorAll('.row').length > LARGE ? LARGE_PAUSE_MS : PAUSE_MS;
  setTimeout(renew, Math.max(300, lastRenewedMs + pauseMs - performance.now()));
}

async function renew() {
  const isWhole = isWholeWaiting || waiting.size > MAX_ROWS_ASKED || pageKind === 'resource';
  const address = addressOf();
  if (!isWhole) address.searchParams.set('only', [...waiting].join(','));
  waiting.clear();
  isWholeWaiting = false;
  try {
    const fresh = await fetchPage(address);
    renewHead(fresh);
    show(fresh, isWhole);
    if (connectionState() === 'lost') setConnection('polling');
  } catch {
    if (connectionState() !== 'live') setConnection('lost');
  }
  isRenewing = false;
  lastRenewedMs = performance.now();
  if (isWholeWaiting || waiting.size > 0) renewSoon([...waiting][0]);
  showAges();
}

export function renewHead(fresh) {
  document.title = fresh.title;
  sawCheck(Number(fresh.body.dataset.checked));
  byId('icon').href = fresh.getElementById('icon').href;
  replaceContent(byId('notices'), fresh.getElementById('notices'));
}
