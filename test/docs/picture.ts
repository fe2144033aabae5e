// The picture of a run in the README: the output of the command on a terminal, drawn as SVG.

import { runCommand } from '../support/command.ts';
import { startTranscriptScene } from '../support/transcript-scene.ts';

const COLUMNS = 86;
const COMMAND = 'kairos-pull check nginx:1.27 ghcr.io/private/api:2 registry.example.com/shop/web:9.9 redis:7';

/** The screen after the command. */
export async function readScreen(): Promise<string> {
  await using scene = await startTranscriptScene();
  const env = { ...scene.env, FORCE_COLOR: '1', LANG: 'C.UTF-8' };
  const { stdout } = await runCommand(COMMAND.split(' ').slice(1), { env, stdoutColumns: COLUMNS });
  return `\u001b[2m$\u001b[22m ${COMMAND}\n${stdout.trimEnd()}\n`;
}

const STYLES: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  ...{ 1: { bold: '600' }, 2: { dim: '0.6' }, 22: { bold: undefined, dim: undefined } },
  ...{ 31: { color: '#ff7b72' }, 32: { color: '#3fb950' }, 33: { color: '#e3b341' }, 36: { color: '#76e3ea' } },
  39: { color: undefined },
};

const ROW = 19;
const CELL = 8.4;
const EDGE = 16;
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;

/** Every run of one style is a `tspan`, placed by its column: fonts differ in width. */
export function drawScreen(screen: string): string {
  const lines = screen.trimEnd().split('\n');
  const width = Math.ceil(EDGE * 2 + COLUMNS * CELL);
  const height = EDGE * 2 + lines.length * ROW;
  const rows = lines.map((line, row) => `<text y="${EDGE + row * ROW + 14}">${drawLine(line)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A run of kairos-pull check with four images: one pullable, two not pullable, one undetermined</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`;
}

function drawLine(line: string): string {
  let style: Record<string, string | undefined> = {};
  let column = 0;
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const [, code] = /^\u001b\[(\d+)m$/.exec(part) ?? [];
      if (code !== undefined) {
        style = { ...style, ...STYLES[code] };
        return '';
      }
      if (part === '') return '';
      const x = EDGE + column * CELL;
      column += [...part].length;
      const { bold, dim, color } = style;
      const look = [
        bold === undefined ? '' : ` font-weight="${bold}"`,
        dim === undefined ? '' : ` opacity="${dim}"`,
        color === undefined ? '' : ` fill="${color}"`,
      ].join('');
      const length = ` textLength="${([...part].length * CELL).toFixed(1)}"`;
      const text = part.replace(/[&<>"]/g, (character) => ESCAPES[character as keyof typeof ESCAPES]);
      return `<tspan x="${x.toFixed(1)}"${length}${look}>${text}</tspan>`;
    })
    .join('');
}

/** What is the same in every run: no times, and no digests, which the compression of Node decides. */
export const comparable = (svg: string): string =>
  svg
    .replace(/<[^>]*>/g, '')
    .replace(/\d+(?:\.\d+)? m?s\b/g, '<time>')
    .replace(/sha256:[0-9a-f]+/g, '<digest>');
