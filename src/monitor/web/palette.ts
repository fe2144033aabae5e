// The colors of the pages, light and dark: the style sheet gets them as variables, a test proves their contrast.

const LIGHT = {
  ground: '#ffffff',
  panel: '#f6f8fa',
  line: '#d8dee4',
  text: '#1f2328',
  muted: '#59636e',
  accent: '#0969da',
  available: '#2da44e',
  unavailable: '#a40e26',
  undetermined: '#bf8700',
  none: '#8c959f',
  'unavailable-tint': '#fff0ef',
  'undetermined-tint': '#fff8e3',
  'available-tint': '#edf9f0',
  field: '#818b98',
} as const;

export type ColorName = keyof typeof LIGHT;
export type Palette = Readonly<Record<ColorName, string>>;

const DARK: Palette = {
  ground: '#0d1117',
  panel: '#151b23',
  line: '#2a313c',
  text: '#e6edf3',
  muted: '#9198a1',
  accent: '#58a6ff',
  available: '#2ea043',
  unavailable: '#ff8e86',
  undetermined: '#e3b341',
  none: '#6e7681',
  'unavailable-tint': '#25171c',
  'undetermined-tint': '#211d14',
  'available-tint': '#10221a',
  field: '#656c76',
};

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = { light: LIGHT, dark: DARK };

/** `:root` with a variable for each color, and those of the dark palette where the user prefers it. */
export function paletteStyle(): string {
  return `:root{${variables(LIGHT)}}\n@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}\n`;
}

const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
