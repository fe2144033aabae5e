// A request and its response for --verbose: one line, and below it the headers that explain a failure.

import type { HeaderLine, RequestAuthorization, ResponseEvent } from '../core/check-event.ts';
import { shortDigest } from '../core/digest.ts';
import { formatBytes, formatDuration } from '../core/quantity.ts';
import type { Purpose } from '../core/result.ts';
import type { ReporterOptions } from './reporter.ts';
import type { Style } from './style.ts';

export interface EventLineOptions extends Pick<ReporterOptions, 'color' | 'unicode' | 'width'> {
  /** 2: with all headers. */
  readonly verbosity: 1 | 2;
}

/** What a line says, and the lines below it. */
export interface EventText {
  readonly label: string;
  readonly text: string;
  readonly notes?: readonly string[];
}

const LABELS: Readonly<Record<Purpose, string>> = {
  manifest: 'manifest',
  'child-manifest': 'child',
  config: 'config',
  blob: 'blob',
  token: 'token',
  ping: 'ping',
};

/** Wide enough for `OPTIONS` once; that method is rare. */
const METHOD_COLUMNS = 4;
const TIME_COLUMNS = '999 ms'.length;
const MAX_URL = 500;
const MAX_NOTE = 500;

/** Explain a failure. */
const TELLING = new Set([
  'www-authenticate',
  'proxy-authenticate',
  'location',
  'retry-after',
  'docker-ratelimit-source',
  'server',
  'via',
  'x-cache',
  'cf-ray',
  'x-msedge-ref',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-request-id',
  'docker-distribution-api-version',
]);

export function formatResponse(event: ResponseEvent, style: Style, options: EventLineOptions): EventText {
  const { paint, show, symbols } = style;
  const { purpose, method, status, durationMs, attempt, authorization, bytes, firstByteMs, error } = event;
  const head = [
    method.padEnd(METHOD_COLUMNS),
    status === null ? paint.red('---') : statusColor(status, style)(String(status).padEnd(3)),
    paint.dim(formatDuration(durationMs).padStart(TIME_COLUMNS)),
    formatUrl(event, style, options),
  ].join('  ');
  const measured = [
    ...(bytes === undefined || method === 'HEAD' ? [] : [formatBytes(bytes)]),
    ...(firstByteMs === undefined ? [] : [`first byte ${formatDuration(firstByteMs)}`]),
  ];
  const facts = [
    ...(attempt > 1 ? [paint.yellow(`attempt ${attempt}`)] : []),
    ...(authorization === undefined ? [] : [formatAuthorization(authorization, style)]),
    ...(measured.length === 0 ? [] : [paint.dim(measured.join(', '))]),
    ...(event.isUnsent ? [paint.red('not sent')] : []),
    ...(error === undefined ? [] : [paint.red(show(error))]),
  ];
  return {
    label: LABELS[purpose],
    text: [head, ...facts].join(` ${symbols.dot} `),
    notes: options.verbosity === 2 ? everyHeader(event, style) : notesOf(event, style),
  };
}

function statusColor(status: number, { paint }: Style): (text: string) => string {
  if (status < 300) return paint.green;
  return status < 400 ? paint.dim : paint.yellow;
}

/** A terminal shows the beginning of a digest; a log needs it whole. */
function formatUrl({ url }: ResponseEvent, { show, width, symbols }: Style, { verbosity }: EventLineOptions): string {
  const shown = show(url, MAX_URL);
  if (width === Number.POSITIVE_INFINITY || verbosity === 2) return shown;
  const ellipsis = symbols.dot === '-' ? '...' : '…';
  return shown.replace(/sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})/g, (digest) => shortDigest(digest) + ellipsis);
}

function formatAuthorization({ scheme, credential }: RequestAuthorization, { show }: Style): string {
  if (credential === undefined) return 'anonymous token';
  const user = credential.username === undefined ? credential.kind.replace('-', ' ') : show(credential.username);
  return scheme === 'bearer' && credential.kind !== 'registry-token' ? `token of ${user}` : `as ${user}`;
}

function notesOf(event: ResponseEvent, style: Style): string[] {
  const { status, excerpt } = event;
  const fails = status === null || status >= 300;
  const telling = event.headers
    .filter((line) => isTelling(line, event, fails))
    .map((line) => formatHeader(line, style));
  return [
    ...(telling.length > 0 ? [telling.join(` ${style.symbols.dot} `)] : []),
    ...(excerpt === undefined ? [] : [formatExcerpt(event, excerpt, style)]),
    ...digestNotes(event, style),
  ];
}

function everyHeader(event: ResponseEvent, style: Style): string[] {
  const { excerpt, requestHeaders, headers } = event;
  return [
    ...requestHeaders.map((line) => style.paint.dim(`> ${formatHeader(line, style)}`)),
    ...headers.map((line) => style.paint.dim(`< ${formatHeader(line, style)}`)),
    ...(excerpt === undefined ? [] : [formatExcerpt(event, excerpt, style)]),
    ...digestNotes(event, style),
  ];
}

function isTelling([name, value]: HeaderLine, { purpose }: ResponseEvent, fails: boolean): boolean {
  if (name === 'warning') return true;
  if (/^(?:x-)?ratelimit-/.test(name)) return fails;
  if (name !== 'content-type') return fails && TELLING.has(name);
  const isManifest = purpose === 'manifest' || purpose === 'child-manifest';
  return fails ? !/^application\/(?:json|problem\+json)/.test(value) : isManifest && !MANIFEST_TYPE.test(value);
}

/** Of OCI and Docker, with or without parameters. */
const MANIFEST_TYPE = /^application\/vnd\.(?:oci\.image|docker\.distribution)\./;

const formatHeader = ([name, value]: HeaderLine, { show }: Style): string => `${show(name)}: ${show(value, MAX_NOTE)}`;

const formatExcerpt = ({ headers }: ResponseEvent, excerpt: string, { show }: Style): string => {
  const isPage = headers.some(([name, value]) => name === 'content-type' && value.startsWith('text/html'));
  return isPage ? `page: "${show(excerpt)}"` : `body: ${show(excerpt)}`;
};

function digestNotes({ url, headers, contentDigest }: ResponseEvent, { paint, show }: Style): string[] {
  if (contentDigest === undefined) return [];
  const header = headers.find(([name]) => name === 'docker-content-digest')?.[1];
  const requested = /\/manifests\/(sha256:[0-9a-f]{64})$/.exec(url)?.[1];
  const others = [
    ...(requested !== undefined && requested !== contentDigest ? [`requested ${requested}`] : []),
    ...(header !== undefined && header !== contentDigest ? [`docker-content-digest ${show(header)}`] : []),
  ];
  return others.length === 0 ? [] : [paint.red(`the content is ${contentDigest}, but: ${others.join(', ')}`)];
}
