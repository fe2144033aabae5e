// Text from elsewhere inside a Markdown table as GitHub and GitLab render it: it shows, and does nothing else.

import { cleanText } from '../core/text.ts';

/** `text` in code font; a fence of more backticks than the text has in a row, GFM section 6.3. */
export function codeSpan(text: string, maxLength?: number): string {
  const line = cleanText(text, maxLength);
  if (line === '') return '';
  // Renderers do not agree on backslash and pipe in a span of backticks; in HTML they are prose.
  if (line.includes('|')) return `<code>${escapeProse(line)}</code>`;
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return fence + padding + line + padding + fence;
}

/** A sentence of ours with names from elsewhere in it; a `command in backticks` stays one. */
export function formatProse(text: string, maxLength = 1000): string {
  return cleanText(text, maxLength)
    .split(/(?<!`)`([^`]+)`(?!`)/)
    .map((part, index) => (index % 2 === 1 ? codeSpan(part, maxLength) : escapeProse(part)))
    .join('');
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** What GitHub and GitLab make a link or a notification of, also after the Markdown was read: @name, #1, !1, https://, www. */
const REFERENCE = /@|[#!](?=\w)|:(?=\/\/)|(?<=www)\./gi;

function escapeProse(text: string): string {
  return text
    .replace(/[\\`*_[\]|~$]/g, '\\$&')
    .replace(/[&<>]/g, (character) => HTML[character] ?? '')
    .replace(REFERENCE, '<span>$&</span>');
}
