// The script of the pages: keeps them current, filters, and moves through a bar. Without it the pages are complete.

const { page, base = '', now, checked } = document.body.dataset;
const loadedMs = Number(now) - performance.now();
/** The time of the monitor, not of this machine. */
const serverNow = () => loadedMs + performance.now();
const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const announce = (text) => {
  byId('announcer').textContent = text;
};

// Texts that grow old. The server writes them in the same way: figures.ts.

function formatAge(ageMs) {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

const formatDuration = (ms) => (ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

function setText(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

const isVisible = (element) => element.closest('details:not([open])') === null;

let lastCheckMs = Number(checked);
let stream = 'connecting';

function showAges() {
  for (const time of all('time[data-age]').filter(isVisible)) {
    setText(time, formatAge(serverNow() - Date.parse(time.dateTime)));
  }
  const age = lastCheckMs > 0 ? ` · checked ${formatAge(serverNow() - lastCheckMs)} ago` : '';
  const texts = {
    live: `live${age}`,
    polling: `stream away · asking every ${POLL_MS / 1000} s${age}`,
    lost: 'the monitor does not answer',
  };
  if (stream === 'connecting') return;
  byId('live').className = `live ${stream === 'live' ? 'on' : 'away'}`;
  setText(byId('live-text'), texts[stream]);
}

// Renewing parts of the page with what the server shows now. Nothing is reordered.

const POLL_MS = 15_000;
const REFRESH_MS = page === 'resource' ? 60_000 : 300_000;

/** Keeps the focus, and what is folded and not. */
function replaceContent(old, fresh) {
  if (old === null || fresh === null || old.innerHTML === fresh.innerHTML) return;
  const focusable = 'a,button,summary,input,[tabindex]';
  const focused = all(focusable, old).indexOf(document.activeElement);
  const folds = new Map(all('details[id]', old).map((details) => [details.id, details.open]));
  old.replaceChildren(...fresh.childNodes);
  for (const details of all('details[id]', old)) details.open = folds.get(details.id) ?? details.open;
  if (focused >= 0) all(focusable, old)[focused]?.focus({ preventScroll: true });
}

async function fetchPage(address) {
  const response = await fetch(address, { headers: { Accept: 'text/html' } });
  if (!response.ok && response.status !== 404) throw new Error(`status ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

function renewHead(fresh) {
  document.title = fresh.title;
  lastCheckMs = Math.max(lastCheckMs, Number(fresh.body.dataset.checked));
  byId('icon').href = fresh.getElementById('icon').href;
  replaceContent(byId('notices'), fresh.getElementById('notices'));
}

function renewResource(fresh) {
  for (const part of all('[data-live]')) {
    replaceContent(part, fresh.querySelector(`[data-live="${part.dataset.live}"]`));
  }
  const [old, current] = [document.querySelector('.title'), fresh.querySelector('.title')];
  if (current !== null && old.dataset.state !== current.dataset.state) {
    old.dataset.state = current.dataset.state;
    announce(document.title);
  }
  prepareBar();
}

function renewOverview(fresh, isWhole) {
  for (const id of ['headline', 'counts']) replaceContent(byId(id), fresh.getElementById(id));
  const rows = new Map(all('.row[data-id]').map((row) => [row.dataset.id, row]));
  const changed = [];
  const freshIds = new Set();
  for (const row of all('.row[data-id]', fresh)) {
    freshIds.add(row.dataset.id);
    const old = rows.get(row.dataset.id);
    if (old !== undefined && renewRow(old, row)) changed.push(old);
  }
  const isFiltered = filterText() !== '' || new URLSearchParams(location.search).has('state');
  const moved = isWhole && !isFiltered ? difference(freshIds, new Set(rows.keys())) : 0;
  offerChanges(renewAttention(fresh) + moved);
  if (changed.length > 3) announce(`${changed.length} resources changed. ${byId('headline').textContent.trim()}`);
  else if (changed.length > 0) announce(changed.map(describeRow).join('. '));
  applyFilter();
}

const describeRow = (row) => `${row.querySelector('a').textContent}: ${row.querySelector('.hidden').textContent}`;
const difference = (a, b) => [...a].filter((id) => !b.has(id)).length + [...b].filter((id) => !a.has(id)).length;

/** Whether its state is another one. The cell with the link stays: it may have the focus. */
function renewRow(old, fresh) {
  const cells = [...fresh.children];
  for (const [index, cell] of [...old.children].entries()) {
    if (!cell.classList.contains('what') && cell.innerHTML !== cells[index].innerHTML) cell.replaceWith(cells[index]);
  }
  if (old.dataset.state === fresh.dataset.state) return false;
  old.dataset.state = fresh.dataset.state;
  old.classList.remove('changed');
  requestAnimationFrame(() => old.classList.add('changed'));
  return true;
}

/** How many panels are missing or no longer true. */
function renewAttention(fresh) {
  const current = new Map(all('[data-panel]', fresh).map((panel) => [panel.dataset.panel, panel]));
  const shown = all('[data-panel]');
  let changes = 0;
  for (const panel of shown) {
    const id = panel.dataset.panel;
    const now = current.get(id);
    current.delete(id);
    panel.classList.toggle('over', now === undefined);
    if (now !== undefined) {
      panel.className = now.className;
      replaceContent(panel, now);
    } else {
      const row = document.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
      const words = row?.querySelector('.hidden')?.textContent ?? 'no longer here';
      setText(panel.querySelector('.since'), `now ${words}`);
      setText(panel.querySelector('h3 .hidden'), `${words}: `);
      const glyph = row?.querySelector('.glyph');
      if (glyph) panel.querySelector('.glyph').replaceWith(glyph.cloneNode(true));
      changes += 1;
    }
  }
  return changes + current.size;
}

function offerChanges(count) {
  const note = byId('changes');
  setText(note.firstElementChild, count === 1 ? '1 change' : `${count} changes`);
  note.firstElementChild.setAttribute('aria-label', `${count === 1 ? '1 change' : `${count} changes`}: show`);
  note.hidden = count === 0;
}

async function showChanges() {
  const fresh = await fetchPage(location.href);
  const folds = new Map(all('.group').map((group) => [group.dataset.title, group.open]));
  replaceContent(byId('attention'), fresh.getElementById('attention'));
  byId('groups').replaceChildren(...fresh.getElementById('groups').childNodes);
  for (const group of all('.group')) group.open = folds.get(group.dataset.title) ?? group.open;
  for (const id of ['headline', 'counts']) replaceContent(byId(id), fresh.getElementById(id));
  renewHead(fresh);
  offerChanges(0);
  applyFilter();
  document.querySelector('h1').focus();
  scrollTo({ top: 0 });
}

const waiting = new Set();
let isWholeWaiting = false;
let isRenewing = false;
let lastRenewedMs = performance.now();

/** The rows of these ids, or everything; soon, and not too often. */
function renewSoon(id) {
  if (id === undefined) isWholeWaiting = true;
  else waiting.add(id);
  if (isRenewing) return;
  isRenewing = true;
  const pauseMs = document.querySelectorAll('.row').length > 200 ? 4_000 : 1_500;
  setTimeout(renew, Math.max(300, lastRenewedMs + pauseMs - performance.now()));
}

async function renew() {
  const isWhole = isWholeWaiting || waiting.size > 50 || page === 'resource';
  const address = new URL(location.href);
  // Rows that the filter hides are renewed as well.
  address.searchParams.delete('q');
  if (!isWhole) address.searchParams.set('only', [...waiting].join(','));
  waiting.clear();
  isWholeWaiting = false;
  try {
    const fresh = await fetchPage(address);
    renewHead(fresh);
    if (page === 'overview') renewOverview(fresh, isWhole);
    if (page === 'resource') renewResource(fresh);
    if (stream === 'lost') stream = 'polling';
  } catch {
    if (stream !== 'live') stream = 'lost';
  }
  isRenewing = false;
  lastRenewedMs = performance.now();
  if (isWholeWaiting || waiting.size > 0) renewSoon([...waiting][0]);
  showAges();
}

// The stream of changes; while it is away, the page asks from time to time.

const EVENTS = ['state', 'outage', 'recovered', 'digest-moved', 'undetermined-long', 'quota-low', 'network'];
const OTHER_EVENTS = ['certificate-expiry', 'reload'];
const RECONNECT_MS = 30_000;
const ownId = document.querySelector('.title')?.dataset.id;
let source = null;

function connect() {
  source?.close();
  source = new EventSource(`${base}/api/v1/stream`);
  source.onopen = () => {
    if (stream === 'polling' || stream === 'lost') renewSoon();
    stream = 'live';
    showAges();
  };
  source.onerror = () => {
    if (stream !== 'lost') stream = 'polling';
    showAges();
    if (source?.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || connect(), RECONNECT_MS);
  };
  source.addEventListener('check', ({ data }) => onCheck(JSON.parse(data)));
  for (const name of [...EVENTS, ...OTHER_EVENTS])
    source.addEventListener(name, ({ data }) => onEvent(JSON.parse(data)));
}

function onCheck({ resource, at, state, durationMs }) {
  lastCheckMs = Math.max(lastCheckMs, Date.parse(at));
  if (page === 'resource') return resource === ownId ? renewSoon() : undefined;
  const row = document.querySelector(`.row[data-id="${CSS.escape(resource)}"]`);
  if (row === null) return;
  const time = row.querySelector('time[data-age]');
  if (row.dataset.state !== state || time === null) return renewSoon(resource);
  time.dateTime = at;
  if (state !== 'undetermined') setText(row.querySelector('.took'), formatDuration(durationMs));
}

function onEvent({ resource }) {
  if (page === 'resource') return resource === ownId || resource === null ? renewSoon() : undefined;
  renewSoon(resource ?? undefined);
}

function start() {
  connect();
  setInterval(showAges, 5_000);
  setInterval(() => stream !== 'live' && stream !== 'connecting' && renewSoon(), POLL_MS);
  setInterval(() => document.hidden || renewSoon(), REFRESH_MS);
  // A browser has six connections to a server for all its tabs: one that is not seen asks from time to time.
  document.addEventListener('visibilitychange', () => {
    source?.close();
    if (document.hidden) stream = 'polling';
    else connect();
  });
}

// The filter.

const filterText = () => byId('filter')?.value.trim().toLowerCase() ?? '';
let isPartial = filterText() !== '';
let foldsBefore = null;

const textOf = (row, group) =>
  [...row.querySelector('.what').children, group.querySelector('h2')]
    .map((element) => element.textContent)
    .join('\n')
    .toLowerCase();

function withFilter(address) {
  const target = new URL(address);
  if (filterText() === '') target.searchParams.delete('q');
  else target.searchParams.set('q', byId('filter').value.trim());
  return target;
}

function applyFilter() {
  const text = filterText();
  for (const link of all('.windows a, .counts a')) link.href = withFilter(link.href);
  if (text !== '') foldsBefore ??= new Map(all('.group').map((group) => [group, group.open]));
  let count = 0;
  for (const group of all('#groups .group')) {
    let isShown = false;
    for (const row of all('.row[data-id]', group)) {
      const isMatch = text === '' || textOf(row, group).includes(text);
      row.hidden = !isMatch;
      isShown ||= isMatch;
      count += isMatch ? 1 : 0;
    }
    group.hidden = !isShown;
    if (text !== '') group.open = isShown;
    else if (foldsBefore?.has(group)) group.open = foldsBefore.get(group);
  }
  if (text === '') foldsBefore = null;
  if (byId('no-match') !== null)
    byId('no-match').hidden = count > 0 || document.querySelector('.row[data-id]') === null;
  return count;
}

async function onFilter() {
  const address = withFilter(location.href);
  history.replaceState(null, '', address);
  if (isPartial) {
    isPartial = false;
    address.searchParams.delete('q');
    const fresh = await fetchPage(address);
    byId('groups').replaceChildren(...fresh.getElementById('groups').childNodes);
  }
  const count = applyFilter();
  announce(count === 1 ? '1 resource matches' : `${count} resources match`);
}

// The bar of a resource: arrow keys and the pointer show what its parts are; the table has the same texts.

let part = -1;

function prepareBar() {
  const bar = byId('scrub');
  if (bar === null || bar.tabIndex === 0) return;
  const count = all('#timeline-table tbody tr').length;
  const attributes = { role: 'slider', 'aria-label': bar.dataset.label, 'aria-valuemin': 1, 'aria-valuemax': count };
  for (const [name, value] of Object.entries(attributes)) bar.setAttribute(name, value);
  bar.tabIndex = 0;
  bar.querySelector('svg').setAttribute('aria-hidden', 'true');
  const moves = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -10,
    PageUp: 10,
    Home: -count,
    End: count,
  };
  bar.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    showPart((part < 0 ? count - 1 : part) + move);
  });
  bar.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = bar.getBoundingClientRect();
    showPart(Math.floor(((clientX - left) / width) * count));
  });
  bar.addEventListener('focus', () => bar.matches(':focus-visible') && showPart(part < 0 ? count - 1 : part));
  for (const name of ['blur', 'pointerleave']) bar.addEventListener(name, hidePart);
  showPart(part < 0 ? count - 1 : part);
  if (document.activeElement !== bar) hidePart();
}

function showPart(index) {
  const rows = all('#timeline-table tbody tr');
  part = Math.min(Math.max(index, 0), rows.length - 1);
  // The newest row is the first one.
  const text = rows[rows.length - 1 - part]?.dataset.say ?? '';
  const bar = byId('scrub');
  bar.setAttribute('aria-valuenow', String(part + 1));
  bar.setAttribute('aria-valuetext', text);
  const cursor = bar.querySelector('.cursor');
  cursor.style.display = 'block';
  cursor.style.left = `${(part / rows.length) * 100}%`;
  cursor.style.width = `${100 / rows.length}%`;
  setText(byId('readout'), text);
}

function hidePart() {
  byId('scrub').querySelector('.cursor').style.display = 'none';
  setText(byId('readout'), '');
}

const ANSWERS = { 202: 'Asked', 409: 'Paused: it is not checked', 429: 'Asked too often' };

async function checkNow(event) {
  const button = event.currentTarget;
  button.disabled = true;
  let answer = 'The monitor does not answer';
  try {
    const address = `${base}/api/v1/resources/${encodeURIComponent(ownId)}/check`;
    const { status } = await fetch(address, { method: 'POST', headers: { 'X-Kairos-Pull': '1' } });
    answer = ANSWERS[status] ?? 'The monitor refused';
  } catch {
    // The answer says it.
  }
  setText(byId('check-answer'), answer);
  announce(answer);
  setTimeout(() => {
    button.disabled = false;
    setText(byId('check-answer'), '');
  }, 1_500);
}

if (page === 'overview') {
  byId('changes').firstElementChild.addEventListener('click', showChanges);
  byId('filter')?.addEventListener('input', onFilter);
  byId('filter')?.form.addEventListener('submit', (event) => event.preventDefault());
}
if (page === 'resource') {
  prepareBar();
  const button = byId('check-now');
  if (button !== null) {
    button.hidden = false;
    button.addEventListener('click', checkNow);
  }
}
if (page !== 'error') start();
