// The page of a resource stays current. Arrow keys and the pointer show what the parts of its bar are; the table has the
// same texts.

import { all, announce, basePath, byId, replaceContent, setText } from './page.js';
import { onRenewal } from './renew.js';

export function prepareResource() {
  onRenewal(renewResource);
  prepareBar();
  const button = byId('check-now');
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', checkNow);
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
    const address = `${basePath}/api/v1/resources/${encodeURIComponent(document.querySelector('.title').dataset.id)}/check`;
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
