// The style sheet, the scripts and the icons of the pages, read once. Their address changes with their content.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedFiles } from '../../core/embedded-files.ts';
import { once } from '../../core/once.ts';
import { iconOf, LOOKS } from './glyph.ts';
import { PALETTES, paletteStyle } from './palette.ts';

export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** Later rules win. */
const STYLES = ['base.css', 'overview.css', 'rows.css', 'resource.css', 'modes.css'];

/** The name under `/assets/{version}/` -> the asset. */
export const assets = once((): ReadonlyMap<string, Asset> => {
  const scripts = names()
    .filter((name) => name.endsWith('.js'))
    .sort();
  return new Map([
    ['style.css', { type: 'text/css; charset=utf-8', body: paletteStyle() + STYLES.map(read).join('\n') }],
    ...scripts.map((name) => [name, { type: 'text/javascript; charset=utf-8', body: read(name) }] as const),
    ...LOOKS.map((look) => [`${look}.svg`, { type: 'image/svg+xml', body: iconOf(look, PALETTES) }] as const),
  ]);
});

/** `/assets/1a2b3c4d/style.css`, which may be cached forever; scripts import each other from the same directory. */
export const assetPath = (name: string): string => `/assets/${version()}/${name}`;

export const scriptNames = once((): readonly string[] => [...assets().keys()].filter((name) => name.endsWith('.js')));

const version = once((): string => {
  const hash = createHash('sha256');
  for (const [name, { body }] of assets()) hash.update(`${name}\n${body}\n`);
  return hash.digest('hex').slice(0, 8);
});

/** The build copies the files there. */
const folder = once((): string => join(packageFolder(import.meta.dirname), 'dist/command/assets'));

const names = (): readonly string[] =>
  embeddedFiles === undefined
    ? readdirSync(folder())
    : Object.keys(embeddedFiles).flatMap((path) => /^assets\/(.+)/.exec(path)?.[1] ?? []);

const read = (name: string): string => embeddedFiles?.[`assets/${name}`] ?? readFileSync(join(folder(), name), 'utf8');

function packageFolder(path: string): string {
  const isRoot = existsSync(join(path, 'package.json')) || dirname(path) === path;
  return isRoot ? path : packageFolder(dirname(path));
}
