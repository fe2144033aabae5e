// The picture of a run in the README: the output of the command on a terminal, drawn as SVG.

import { systemClock } from '../../src/core/clock.ts';
import { runCommand } from '../support/command.ts';
import { startTranscriptScene } from '../support/transcript-scene.ts';

const COLUMNS = 86;
const COMMAND = 'kairos-pull check nginx:1.27 registry.example.com/shop/web:9.9 redis:7';

/** The screen after the command. */
export async function readScreen(): Promise<string> {
  await using scene = await startTranscriptScene();
  const env = { ...scene.env, FORCE_COLOR: '1', LANG: 'C.UTF-8' };
  const { stdout } = await runCommand(COMMAND.split(' ').slice(1), { env, stdoutColumns: COLUMNS, clock: systemClock });
  return `\u001b[2m$\u001b[22m ${COMMAND}\n${stdout.trimEnd()}\n`;
}

type Style = Readonly<Record<string, string | undefined>>;

const STYLES: Readonly<Record<string, Style>> = {
  ...{ 1: { bold: '600' }, 2: { dim: '0.6' }, 22: { bold: undefined, dim: undefined } },
  ...{ 31: { color: '#ff7b72' }, 32: { color: '#3fb950' }, 33: { color: '#e3b341' }, 36: { color: '#76e3ea' } },
  39: { color: undefined },
};

const ROW = 19;
const CELL = 8.4;
const EDGE = 16;
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;

/** Every run of one style is a `tspan`, placed by its column, without spaces at its ends: fonts differ in width. */
export function drawScreen(screen: string): string {
  const lines = screen.trimEnd().split('\n');
  const width = Math.ceil(EDGE * 2 + COLUMNS * CELL);
  const height = EDGE * 2 + lines.length * ROW;
  const rows = lines.map((line, row) => `<text y="${EDGE + row * ROW + 14}">${drawLine(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A run of kairos-pull check with three images: pullable, not found, rate limited</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`;
}

function drawLine(line: string): string {
  let style: Style = {};
  let column = 0;
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const [, code] = /^\u001b\[(\d+)m$/.exec(part) ?? [];
      if (code !== undefined) {
        style = { ...style, ...STYLES[code] };
        return '';
      }
      const drawn = part.split(/( {2,})/).map((text) => {
        const at = column + text.length - text.trimStart().length;
        column += [...text].length;
        return text.trim() === '' ? '' : drawText(text.trim(), at, style);
      });
      return drawn.join('');
    })
    .join('');
}

function drawText(text: string, column: number, { bold, dim, color }: Style): string {
  const look = [
    bold === undefined ? '' : ` font-weight="${bold}"`,
    dim === undefined ? '' : ` opacity="${dim}"`,
    color === undefined ? '' : ` fill="${color}"`,
  ].join('');
  const place = ` x="${(EDGE + column * CELL).toFixed(1)}" textLength="${([...text].length * CELL).toFixed(1)}"`;
  return `<tspan${place}${look}>${text.replace(/[&<>"]/g, (found) => ESCAPES[found as keyof typeof ESCAPES])}</tspan>`;
}

/** What is the same in every run: no times, and no digests, which the compression of Node decides. */
export const comparable = (svg: string): string =>
  svg
    .replace(/<[^>]*>/g, '')
    .replace(/\d+(?:\.\d+)? m?s\b/g, '<time>')
    .replace(/sha256:[0-9a-f]+/g, '<digest>');
