// The line at the top: whether the page is live, and how old its last check is. All ages on the page grow here.

import { all, byId, serverNow, setText } from './page.js';

export const POLL_MS = 15_000;

/** `connecting`, `live`, `polling` or `lost`. */
let connection = 'connecting';
let lastCheckMs = Number(document.body.dataset.checked);

export const connectionState = () => connection;

export function setConnection(state) {
  connection = state;
  showAges();
}

export function sawCheck(timeMs) {
  lastCheckMs = Math.max(lastCheckMs, timeMs);
}

/** The server writes ages in the same way: figures.ts. */
function formatAge(ageMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

const isVisible = (element) => element.closest('details:not([open])') === null;

export function showAges() {
  for (const time of all('time[data-age]').filter(isVisible)) {
    setText(time, `${formatAge(serverNow() - Date.parse(time.dateTime))} ago`);
  }
  const age = lastCheckMs > 0 ? ` · checked ${formatAge(serverNow() - lastCheckMs)} ago` : '';
  const texts = {
    live: `live${age}`,
    polling: `stream away · asking every ${POLL_MS / 1000} s${age}`,
    lost: 'the monitor does not answer',
  };
  if (connection === 'connecting') return;
  byId('live').className = `live ${connection === 'live' ? 'on' : 'away'}`;
  setText(byId('live-text'), texts[connection]);
}
