// The manual page's own notation: man(7) macros, and text that they leave as it is.

/** Characters that groff would replace, or read as its own. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** One line of text, whatever it contains. */
export const plain = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\\-'"`^~]/g, (character) => ESCAPES[character] ?? '')
    .replace(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^\./, '\\&.');

export const bold = (text: string): string => `\\fB${plain(text)}\\fR`;

const italic = (text: string): string => `\\fI${plain(text)}\\fR`;

/** `-f, --file <path>`: what is typed is bold, its value is italic. */
export const syntax = (text: string): string =>
  text
    .split(/(<[^>]+>)/)
    .map((part) => (part.startsWith('<') ? italic(part.slice(1, -1)) : part === '' ? '' : bold(part)))
    .join('');

export const section = (title: string): string => `.SH ${plain(title)}\n`;

export const subsection = (title: string): string => `.SS ${plain(title)}\n`;

export const paragraph = (text: string): string => `.PP\n${text}\n`;

/** A term, and what it means below it. */
export const item = (term: string, text: string): string => `.TP\n${term}\n${text}\n`;
