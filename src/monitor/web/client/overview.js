// The dashboard stays current: rows change in their place, and a note offers to put everything in order.

import { addressToRenew, applyFilter, filterText, isWhole, onFilter } from './filter.js';
import { all, announce, byId, fetchPage, replaceContent, rowOf, setText } from './page.js';
import { onRenewal, renewHead } from './renew.js';

export function prepareOverview() {
  onRenewal(renewOverview, addressToRenew);
  byId('changes').firstElementChild.addEventListener('click', showChanges);
  byId('filter')?.addEventListener('input', onFilter);
  byId('filter')?.form.addEventListener('submit', (event) => event.preventDefault());
}

function renewOverview(fresh, isAll) {
  for (const id of ['headline', 'counts']) replaceContent(byId(id), fresh.getElementById(id));
  const rows = new Map(all('.row[data-id]').map((row) => [row.dataset.id, row]));
  const changed = [];
  const freshIds = new Set();
  for (const row of all('.row[data-id]', fresh)) {
    freshIds.add(row.dataset.id);
    const old = rows.get(row.dataset.id);
    if (old !== undefined && renewRow(old, row)) changed.push(old);
  }
  const panels = renewAttention(fresh);
  offerChanges(isAll ? panels + movedRows(freshIds, new Set(rows.keys()), panels) : panels);
  if (changed.length > 3) announce(`${changed.length} resources changed. ${byId('headline').textContent.trim()}`);
  else if (changed.length > 0) announce(changed.map(describeRow).join('. '));
  applyFilter();
}

const describeRow = (row) => `${row.querySelector('a').textContent}: ${row.querySelector('.hidden').textContent}`;
const missing = (a, b) => [...a].filter((id) => !b.has(id)).length;

/** Rows that came and went. Of a page with only some rows, those that came: a panel may have announced them. */
function movedRows(fresh, old, panels) {
  if (!isWhole()) return Math.max(0, missing(fresh, old) - panels);
  const isFiltered = filterText() !== '' || new URLSearchParams(location.search).has('state');
  return isFiltered ? 0 : missing(fresh, old) + missing(old, fresh);
}

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
  const isCut = fresh.getElementById('rest-attention') !== null;
  let changes = 0;
  for (const panel of all('[data-panel]')) {
    const id = panel.dataset.panel;
    const now = current.get(id);
    current.delete(id);
    if (now !== undefined) {
      panel.className = now.className;
      replaceContent(panel, now);
    } else if (!isCut) {
      endPanel(panel, rowOf(id));
      changes += 1;
    }
  }
  return isCut ? changes : changes + current.size;
}

function endPanel(panel, row) {
  panel.classList.add('over');
  if (row === null) return setText(panel.querySelector('.since'), 'no longer needs attention');
  const words = row.querySelector('.hidden').textContent;
  setText(panel.querySelector('.since'), `now ${words}`);
  setText(panel.querySelector('h3 .hidden'), `${words}: `);
  panel.querySelector('.glyph').replaceWith(row.querySelector('.glyph').cloneNode(true));
}

function offerChanges(count) {
  const note = byId('changes');
  setText(note.firstElementChild, count === 1 ? '1 change' : `${count} changes`);
  note.firstElementChild.setAttribute('aria-label', `${count === 1 ? '1 change' : `${count} changes`}: show`);
  note.hidden = count === 0;
}

async function showChanges() {
  const fresh = await fetchPage(addressToRenew());
  const folds = new Map(all('.group').map((group) => [group.dataset.title, group.open]));
  replaceContent(byId('attention'), fresh.getElementById('attention'));
  byId('groups').replaceWith(fresh.getElementById('groups'));
  for (const group of all('.group')) group.open = folds.get(group.dataset.title) ?? group.open;
  for (const id of ['headline', 'counts']) replaceContent(byId(id), fresh.getElementById(id));
  renewHead(fresh);
  offerChanges(0);
  applyFilter();
  document.querySelector('h1').focus();
  scrollTo({ top: 0 });
}
