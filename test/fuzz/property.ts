// What holds for everything that is shown.

import assert from 'node:assert/strict';
import { HttpHeaders } from '../../src/http/headers.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { quoteFor } from '../../src/http/quote.ts';
import type { HttpResponse } from '../../src/http/send.ts';
import { requestFor } from '../support/fake-send.ts';

/** Controls, and characters that change how others are shown. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const STEERING_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** What a pipeline would obey. */
export const LOG_COMMAND = /^[^\S\n]*::[a-z-]+(?: |::)|##[a-z]*\[/im;

export function assertLine(text: string): void {
  assert.doesNotMatch(text, STEERING);
  assert.doesNotMatch(text, LOG_COMMAND);
}

export const assertLines = (text: string): void => assert.doesNotMatch(text, STEERING_BUT_LINES);

/** What chalk writes: bold, dim, the sixteen colors, and their ends. */
export const COLORS = /\u001b\[(?:1|2|22|3[0-9]|9[0-7])m/g;

/** Also for a report that ends in the log of a pipeline. */
export function assertLog(text: string): void {
  assertLines(text);
  assert.doesNotMatch(text, LOG_COMMAND);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const REQUEST = requestFor('https://registry.example/v2/team/app/manifests/1');

export const responseOf = ({ status, headers, body }: Answer): HttpResponse => ({
  status,
  headers: new HttpHeaders(headers),
  body: Buffer.from(body),
  truncated: false,
  url: REQUEST.url,
  host: REQUEST.url.host,
  quote: quoteFor(REQUEST, createKnownSecrets()),
  crossedOrigin: false,
});
