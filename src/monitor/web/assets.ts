// The style sheet, the script and the icons of the pages, read once, each with an address that changes with its content.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { once } from '../../core/once.ts';
import { iconOf, LOOKS } from './glyph.ts';
import { PALETTES, paletteStyle } from './palette.ts';

export interface Asset {
  readonly type: string;
  readonly body: string;
  readonly hash: string;
}

/** The name under `/assets/` -> the asset. */
export const assets = once((): ReadonlyMap<string, Asset> => {
  const icons = LOOKS.map((look) => [`${look}.svg`, asset('image/svg+xml', iconOf(look, PALETTES))] as const);
  return new Map([
    ['style.css', asset('text/css; charset=utf-8', paletteStyle() + read('style.css'))],
    ['client.js', asset('text/javascript; charset=utf-8', read('client.js'))],
    ...icons,
  ]);
});

/** `/assets/style.css?1a2b3c4d`, which may be cached forever. */
export const assetPath = (name: string): string => `/assets/${name}?${assets().get(name)?.hash ?? ''}`;

function asset(type: string, body: string): Asset {
  return { type, body, hash: createHash('sha256').update(body).digest('hex').slice(0, 8) };
}

/** The build copies the files there. */
const read = (name: string): string =>
  readFileSync(join(packageFolder(import.meta.dirname), 'dist/command/assets', name), 'utf8');

function packageFolder(folder: string): string {
  const isRoot = existsSync(join(folder, 'package.json')) || dirname(folder) === folder;
  return isRoot ? folder : packageFolder(dirname(folder));
}
