// The filter: hides rows while one types. A page that has only some of the resources asks the server instead.

import { all, announce, byId, fetchPage } from './page.js';

const TYPING_MS = 150;
let foldsBefore = null;
let asking = new AbortController();

export const filterText = () => byId('filter')?.value.trim().toLowerCase() ?? '';

/** Whether every resource that the filter could find is on the page. */
export const isWhole = () => document.querySelectorAll('.row[data-id]').length >= Number(byId('groups').dataset.total);

/** Rows that the filter hides are renewed as well. */
export function addressToRenew() {
  const address = new URL(location.href);
  if (isWhole()) address.searchParams.delete('q');
  return address;
}

/** Also for the links that keep the filter. */
function withFilter(address) {
  const target = new URL(address);
  target.searchParams.delete('page');
  if (filterText() === '') target.searchParams.delete('q');
  else target.searchParams.set('q', byId('filter').value.trim());
  return target;
}

const textOf = (row, group) =>
  [...row.querySelector('.what').children, group.querySelector('h2')]

    // A long one is cut.
    .map((element) => `${element.title}\n${element.textContent}`)
    .join('\n')
    .toLowerCase();

/** Returns how many rows match. */
export function applyFilter() {
  const text = filterText();
  for (const link of all('.windows a, .counts a')) link.href = withFilter(link.href);
  if (!isWhole()) return Number(byId('groups').dataset.matches);
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
  byId('no-match').hidden = count > 0 || document.querySelector('.row[data-id]') === null;
  return count;
}

export async function onFilter() {
  const address = withFilter(location.href);
  history.replaceState(null, '', address);
  asking.abort();
  if (!isWhole()) {
    asking = new AbortController();
    const { signal } = asking;
    await new Promise((resolve) => setTimeout(resolve, TYPING_MS));
    if (signal.aborted) return;
    const fresh = await fetchPage(address, signal).catch(() => null);
    if (fresh === null || signal.aborted) return;
    byId('groups').replaceWith(fresh.getElementById('groups'));
    foldsBefore = null;
  }
  const count = applyFilter();
  announce(count === 1 ? '1 resource matches' : `${count} resources match`);
}
