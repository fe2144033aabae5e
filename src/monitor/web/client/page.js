// What the scripts of the pages share: finding elements, changing texts, saying something, and the time of the monitor.

const { page: kind, base = '', now } = document.body.dataset;
const loadedMs = Number(now) - performance.now();

/** `overview`, `resource` or `error`. */
export const pageKind = kind;
/** The prefix of every path. */
export const basePath = base;
/** The time of the monitor, not of this machine. */
export const serverNow = () => loadedMs + performance.now();

export const byId = (id) => document.getElementById(id);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const rowOf = (id) => document.querySelector(`.row[data-id="${CSS.escape(id)}"]`);

export const announce = (text) => {
  byId('announcer').textContent = text;
};

export function setText(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** Keeps the focus, and what is folded and not. */
export function replaceContent(old, fresh) {
  if (old === null || fresh === null || old.innerHTML === fresh.innerHTML) return;
  const focusable = 'a,button,summary,input,[tabindex]';
  const focused = all(focusable, old).indexOf(document.activeElement);
  const folds = new Map(all('details[id]', old).map((details) => [details.id, details.open]));
  old.replaceChildren(...fresh.childNodes);
  for (const details of all('details[id]', old)) details.open = folds.get(details.id) ?? details.open;
  if (focused >= 0) all(focusable, old)[focused]?.focus({ preventScroll: true });
}

/** What the server shows now at this address. */
export async function fetchPage(address, signal) {
  const response = await fetch(address, { headers: { Accept: 'text/html' }, signal });
  if (!response.ok && response.status !== 404) throw new Error(`status ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}
