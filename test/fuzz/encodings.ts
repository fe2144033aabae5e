// How servers and the libraries they are written with quote a text.

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${hex(byte)}`).join('');
const hex = (number: number): string => number.toString(16).padStart(2, '0');
const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const html = (text: string): string => text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
const form = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2);

export const ENCODINGS: readonly ((text: string, username: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  html,
  (text) => [...text].map((character) => `&#${character.codePointAt(0)};`).join(''),
  json,
  (text) => json(json(text)),
  (text) => json(text).replace(/[&<>]/g, (character) => `\\u00${hex(character.charCodeAt(0))}`),
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  percent,
  form,
  base64,
  (text) => base64(text).replace(/=+$/, ''),
  (text) => Buffer.from(text).toString('base64url'),
  (text, username) => base64(`${username}:${text}`),
  (text, username) => `Basic ${base64(`${username}:${text}`)}`,
  (text) => encodeURIComponent(base64(text)),
  (text) => Buffer.from(text).toString('hex'),
  (text) => html(json(text)),
];
