// The four shapes of a state: a disc with a tick, a square with a cross, an open diamond with a mark, a dashed ring.

import { html, raw } from 'hono/html';
import type { SpanState } from '../history/span.ts';
import type { ResourceState } from '../view/monitor-view.ts';
import type { Palette } from './palette.ts';

export type Html = ReturnType<typeof html>;

/** How a state looks; states that say nothing about the resource look the same. Worst first. */
export const LOOKS = ['unavailable', 'undetermined', 'available', 'none'] as const;
export type Look = (typeof LOOKS)[number];

export const lookOf = (state: ResourceState | SpanState): Look =>
  state === 'pending' || state === 'paused' || state === 'gap' ? 'none' : state;

export const STATE_WORDS: Readonly<Record<ResourceState, string>> = {
  available: 'available',
  unavailable: 'unavailable',
  undetermined: 'cannot tell',
  pending: 'not checked yet',
  paused: 'paused',
};

/** `f` is filled with the color of the look, `s` is a line of that color, `c` a line of the ground. */
const SHAPES: Readonly<Record<Look, readonly string[]>> = {
  available: ['<circle class="f" cx="8" cy="8" r="7"/>', '<path class="c" d="M4.8 8.2 7 10.4l4.2-4.6"/>'],
  unavailable: [
    '<rect class="f" x="1" y="1" width="14" height="14" rx="2.5"/>',
    '<path class="c" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"/>',
  ],
  undetermined: ['<path class="s" d="M8 1.2 14.8 8 8 14.8 1.2 8Z"/>', '<path class="s" d="M8 5v3.6m0 2.2v.2"/>'],
  none: ['<circle class="s" cx="8" cy="8" r="6.2" stroke-dasharray="2.6 2.27"/>'],
};

/** Once in a page, for `glyph`. */
export const glyphSprite: Html = html`<svg class="sprite" aria-hidden="true">${raw(
  LOOKS.map((look) => `<symbol id="g-${look}" viewBox="0 0 16 16">${SHAPES[look].join('')}</symbol>`).join(''),
)}</svg>`;

/** With words for those who do not see it; without them if the words are beside it. */
export function glyph(state: ResourceState | SpanState, words?: string): Html {
  const look = lookOf(state);
  const image = html`<svg class="glyph ${look}" aria-hidden="true"><use href="#g-${look}"/></svg>`;
  return words === undefined ? image : html`${image}<span class="hidden">${words}</span>`;
}

/** A file of its own: it knows the colors, but not the style sheet. */
export function iconOf(look: Look, { light, dark }: Readonly<Record<'light' | 'dark', Palette>>): string {
  const rules = (palette: Palette): string =>
    `.f{fill:${palette[look]}}.s{fill:none;stroke:${palette[look]}}.c{fill:none;stroke:${palette.ground}}`;
  const style = `${rules(light)}.s,.c{stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}@media (prefers-color-scheme:dark){${rules(dark)}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><style>${style}</style>${SHAPES[look].join('')}</svg>`;
}
