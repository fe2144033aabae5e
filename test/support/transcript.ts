// Transcripts are Markdown: every ```console block is a command line and what a user then sees.
//
//   $ FORCE_COLOR=1 kairos-pull check -f - < images.txt     the shell understands NAME=value, quotes, `<` and
//   $ printf 'nginx\n' | kairos-pull check -f -             a pipe from printf, cat or echo
//   $ COLUMNS=40 kairos-pull check nginx                    COLUMNS makes a terminal of so many columns
//
// Lines of standard error begin with `2> `; the escape character is shown as ␛; `$ echo $?` shows the exit code.

import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { mock } from 'node:test';
import { main } from '../../src/cli/main.ts';
import { createOutputStream, type ProcessStream } from '../../src/cli/output-stream.ts';
import { createFakeClock } from './fake-clock.ts';
import type { TranscriptScene } from './transcript-scene.ts';

const BLOCK = /(^```console\n\$ )(.*)\n[\s\S]*?(^```$)/gm;

/** The same Markdown, with every block as it is now. */
export async function rewriteTranscript(markdown: string, scene: TranscriptScene): Promise<string> {
  let written = '';
  let end = 0;
  for (const block of markdown.matchAll(BLOCK)) {
    const [, before = '', command = '', after = ''] = block;
    written += `${markdown.slice(end, block.index)}${before}${command}\n${await seen(command, scene)}${after}`;
    end = block.index + block[0].length;
  }
  return written + markdown.slice(end);
}

async function seen(command: string, { env, shownAs }: TranscriptScene): Promise<string> {
  const { argv, stdin, variables } = parseCommand(replaceAll(command, invert(shownAs)));
  const { COLUMNS, ...rest } = variables;
  const columns = COLUMNS === undefined ? undefined : Number(COLUMNS);
  const screen = createScreen(columns);
  // Every reading of the clock takes a millisecond, so that nothing takes no time. On a terminal it does not move: how many
  // digits a duration has must not decide where a line is broken.
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = mock.method(Date, 'now', () => {
    nowMs += columns === undefined ? 1 : 0;
    return nowMs;
  });
  const interruption = new AbortController().signal;
  const exitCode = await main(argv, {
    stdin: () => Readable.from([Buffer.from(stdin)]),
    stdout: createOutputStream(screen.stdout, interruption),
    stderr: createOutputStream(screen.stderr, interruption),
    env: { ...env, ...rest },
    platform: 'linux',
    cwd: () => process.cwd(),
    interruption,
    interrupt: () => undefined,
    onHangup: () => undefined,
    clock: createFakeClock(Date.UTC(2026, 0, 1)),
  });
  clock.mock.restore();
  return `${normalise(replaceAll(screen.text(), shownAs))}$ echo $?\n${exitCode}\n`;
}

interface Command {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly variables: Readonly<Record<string, string>>;
}

function parseCommand(line: string): Command {
  const pipe = line.split(' | ');
  const words = splitWords(pipe.at(-1) ?? '');
  const at = words.indexOf('kairos-pull');
  if (at < 0 || pipe.length > 2) throw new Error(`not a command of a transcript: ${line}`);
  const variables = Object.fromEntries(words.slice(0, at).map((word) => word.split('=') as [string, string]));
  const redirection = words.indexOf('<');
  const argv = words.slice(at + 1, redirection < 0 ? undefined : redirection);
  if (redirection >= 0) return { argv, variables, stdin: readFileSync(words[redirection + 1] ?? '', 'utf8') };
  return { argv, variables, stdin: pipe.length === 2 ? outputOf(splitWords(pipe[0] ?? '')) : '' };
}

const splitWords = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));

function outputOf([program, argument = '']: readonly string[]): string {
  if (program === 'cat') return readFileSync(argument, 'utf8');
  if (program === 'echo') return `${argument}\n`;
  if (program === 'printf') return argument.replaceAll('\\n', '\n');
  throw new Error(`no such program in a transcript: ${program}`);
}

/** Both streams in the order they were written, as a terminal finally shows them. */
function createScreen(columns: number | undefined) {
  const lines: string[] = [];
  const streamWith = (prefix: string): ProcessStream & { rest: string } => {
    const stream = new Writable({
      write(chunk, _encoding, done) {
        const whole = `${stream.rest}${chunk}`.split('\n');
        stream.rest = erased(whole.pop() ?? '');
        lines.push(...whole.map((line) => `${prefix}${erased(line)}`.trimEnd()));
        done();
      },
    }) as ProcessStream & { rest: string };
    return Object.assign(stream, { rest: '' }, columns === undefined ? {} : { isTTY: true, columns });
  };
  const stdout = streamWith('');
  const stderr = streamWith('2> ');
  return {
    stdout,
    stderr,
    text: () => [...lines, ...[stdout.rest, stderr.rest].filter((rest) => rest !== '')].join('\n').concat('\n'),
  };
}

/** The rest of a line that was erased and written again. */
const erased = (line: string): string => line.replace(/^[\s\S]*\r\u001b\[2K/, '');

const replaceAll = (text: string, names: Readonly<Record<string, string>>): string =>
  Object.entries(names).reduce((replaced, [from, to]) => replaced.replaceAll(from, to), text);

const invert = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

function normalise(text: string): string {
  const ports = new Map<string, string>();
  return (
    text
      .replaceAll('\u001b', '␛')
      .replace(/([·,-](?:␛\[\d+m| )*)\d+(?:\.\d+)? m?s\b(?=␛|$)/gm, '$15 ms')
      .replace(/\bwithin \d+ ms\b/g, 'within 300 ms')
      .replace(/( (?:GET|HEAD|POST) +\S+) +\d+(?:\.\d+)? m?s {2}/g, '$1    5 ms  ')
      .replace(/\b(dns|tcp|proxy|tls|first byte) \d+(?:\.\d+)? m?s\b/g, '$1 5 ms')
      // Credentials are read while the connection is being opened.
      .replace(/(2> \S+ {2}connect .*\n(?:2> {26}.*\n)*)((?:2> \S+ {2}login .*\n)+)/g, '$2$1')
      .replace(/kairos-pull \d+\.\d+\.\d+ · Node/g, 'kairos-pull 1.2.3 · Node')
      .replace(/ Node\.js \d+\.\d+\.\d+/g, ' Node.js 24.0.0')
      .replace(/\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(not yet valid\)/g, '2026-01-01 to 2026-01-31')
      .replace(/("durationMs": ?)\d+/g, '$15')
      .replace(/("startedAt": ?)"[^"]*"/g, '$1"2026-01-01T00:00:00.000Z"')
      .replace(/("version": ?)"[^"]*"/g, '$1"1.2.3"')
      .replace(/127\.0\.0\.1:(?!5000\d)\d+/g, (name) => {
        const shown = ports.get(name) ?? `127.0.0.1:5001${ports.size}`;
        ports.set(name, shown);
        return shown;
      })
  );
}
