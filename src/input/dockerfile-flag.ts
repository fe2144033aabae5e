// Flags of Dockerfile instructions, as BuildKit's parser/split_command.go and instructions/bflag.go read them.
//
//   flags = *( "--" name [ "=" value ] 1*blank ) [ "--" 1*blank ]      ; quotes and backslashes are taken off

import { failure, type Outcome, success } from '../core/outcome.ts';

type Kind = 'text' | 'texts' | 'switch';

/** The flags each instruction takes; one that is not here is not looked at, it names no image. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  FROM: { platform: 'text' },
  COPY: { from: 'text', chown: 'text', chmod: 'text', exclude: 'texts', link: 'switch', parents: 'switch' },
  ADD: {
    chown: 'text',
    chmod: 'text',
    checksum: 'text',
    exclude: 'texts',
    link: 'switch',
    'keep-git-dir': 'switch',
    unpack: 'switch',
  },
  RUN: { mount: 'texts', network: 'text', security: 'text', device: 'texts' },
};

export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** The flags as words, and what follows them. */
export function splitFlags(text: string): { readonly flags: readonly string[]; readonly rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at).trim() };
    const [word, end] = readWord(text, at);
    at = end;
    if (word === '--') return { flags, rest: text.slice(at).trim() };
    flags.push(word);
  }
}

function readWord(text: string, start: number): [word: string, end: number] {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote === '' && /\s/.test(char)) break;
    if (char === '\\') {
      at += 1;
      word += text.charAt(at);
    } else if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
    else word += char;
  }
  return [word, at];
}

export function parseFlags(keyword: string, words: readonly string[]): Outcome<readonly Flag[], string> {
  const known = FLAGS[keyword];
  if (known === undefined) return success([]);
  const flags: Flag[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      const hint =
        name === 'from'
          ? '; COPY --from does'
          : `; it takes ${Object.keys(known)
              .map((flag) => `--${flag}`)
              .join(', ')}`;
      return failure(`${keyword} takes no flag --${name}${hint}.`);
    }
    if (kind !== 'switch' && equals < 0)
      return failure(`The flag --${name} of ${keyword} has no value; write --${name}=….`);
    if (kind !== 'texts' && flags.some((flag) => flag.name === name)) {
      return failure(`The flag --${name} of ${keyword} is given twice.`);
    }
    flags.push({ name, value: equals < 0 ? '' : word.slice(equals + 1) });
  }
  return success(flags);
}
