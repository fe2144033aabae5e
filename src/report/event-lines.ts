// The steps of checks as they happen, for --verbose: a line for each, and below it what else says something.

import type {
  CertificateSeen,
  CheckEvent,
  ConnectionEvent,
  CredentialEvent,
  HelperEvent,
  WaitEvent,
} from '../core/check-event.ts';
import { shortDigest } from '../core/digest.ts';
import { formatCount, formatDuration, formatWait } from '../core/quantity.ts';
import type { Result } from '../core/result.ts';
import { padToWidth } from './display-width.ts';
import { type EventLineOptions, type EventText, formatResponse } from './exchange-lines.ts';
import { formatRateLimit } from './quota.ts';
import { formatReason } from './reason.ts';
import { createStyle, type Style } from './style.ts';

export interface EventLines {
  /** The first line of a run. */
  readonly opening: (nowMs: number, words: readonly string[]) => string;
  /** Lines that each end in a newline; '' for an event that is not shown. Never wrapped, so that a URL stays whole. */
  readonly format: (event: CheckEvent, nowMs: number) => string;
  /** A line of our own. */
  readonly line: (label: string, text: string, nowMs: number) => string;
}

const LABEL_COLUMNS = 8;
const CLOCK_COLUMNS = '00:00:00.000Z'.length;
const NOTE_INDENT = ' '.repeat(CLOCK_COLUMNS + 2 + LABEL_COLUMNS + 2);

export function createEventLines(options: EventLineOptions): EventLines {
  const style = createStyle(options);
  const { paint } = style;
  /** The same file or credential is read for many images. */
  const shown = new Set<string>();

  const lines = ({ label, text, notes = [] }: EventText, nowMs: number): string => {
    const clock = paint.dim(new Date(nowMs).toISOString().slice(11));
    const first = `${clock}  ${paint.dim(padToWidth(label, LABEL_COLUMNS))}  ${text}`;
    return [first, ...notes.map((note) => NOTE_INDENT + note)].map((line) => `${line}\n`).join('');
  };
  return {
    opening: (nowMs, words) =>
      `${paint.dim(`${new Date(nowMs).toISOString()}  ${words.join(` ${style.symbols.dot} `)}`)}\n`,
    line: (label, text, nowMs) => lines({ label, text }, nowMs),
    format(event, nowMs) {
      const text = textOf(event, nowMs, style, options);
      if (text === undefined) return '';
      if (ONCE.has(event.type)) {
        const key = `${text.label} ${text.text}`;
        if (shown.has(key)) return '';
        shown.add(key);
      }
      return lines(text, nowMs);
    },
  };
}

/** How `-v` calls what was learned. */
const MEMORY = { challenge: 'challenge', token: 'token', ping: '/v2/' } as const;

const ONCE: ReadonlySet<CheckEvent['type']> = new Set<CheckEvent['type']>(['file', 'credential', 'memory']);

function textOf(event: CheckEvent, nowMs: number, style: Style, options: EventLineOptions): EventText | undefined {
  const { paint, show } = style;
  switch (event.type) {
    case 'check':
      return { label: 'check', text: paint.bold(show(event.input)) };
    case 'file':
      return { label: 'file', text: `${show(event.path)}: ${show(event.content)}` };
    case 'credential':
      return { label: 'login', text: formatCredential(event, style) };
    case 'helper':
      return { label: 'helper', text: formatHelper(event, style) };
    case 'memory':
      return { label: 'memory', text: `${show(event.host)}: ${MEMORY[event.what]}: ${show(event.detail, 500)}` };
    case 'dns': {
      const time = paint.dim(formatDuration(event.durationMs));
      return {
        label: 'dns',
        text: `${show(event.host)} is ${event.addresses.map((address) => show(address)).join(', ')} ${style.symbols.dot} ${time}`,
      };
    }
    case 'connection':
      return { label: 'connect', ...formatConnection(event, nowMs, style) };
    case 'request':
      return undefined;
    case 'response':
      return formatResponse(event, style, options);
    case 'redirect':
      return { label: 'redirect', text: `${event.status} to ${show(event.to, 500)}` };
    case 'wait':
      return { label: 'wait', text: formatPause(event, style) };
    case 'result':
      return { label: 'result', ...formatResult(event.result, style) };
    default:
      return event satisfies never;
  }
}

function formatCredential({ registry, credential, found, sources }: CredentialEvent, { show, paint }: Style): string {
  if (credential !== null) {
    const user = credential.username === undefined ? '' : `${show(credential.username)}, `;
    return `${user}${credential.kind.replace('-', ' ')} from ${show(credential.source)}`;
  }
  if (found > 0) return `no other for ${show(registry)}`;
  if (sources.length === 0) return `none for ${show(registry)}: no credential source is enabled`;
  const labels = (state: string) => sources.filter((one) => one.state === state).map(({ label }) => show(label));
  const [read, missing] = [labels('read'), labels('missing')];
  const parts = [
    ...sources.flatMap(({ label, problem }) =>
      problem === undefined ? [] : [paint.yellow(`${show(label)} is unusable: ${show(problem)}`)],
    ),
    ...(read.length > 0 ? [`nothing for it in ${read.join(', ')}`] : []),
    ...(missing.length > 0 ? [paint.dim(`no file ${missing.join(', ')}`)] : []),
  ];
  return `none for ${show(registry)}: ${parts.join('; ')}`;
}

function formatHelper({ program, server, outcome, problem = '', durationMs }: HelperEvent, style: Style): string {
  const { show, paint, symbols } = style;
  const answers = {
    credential: 'returned a credential',
    nothing: 'has nothing stored',
    failed: paint.red(show(problem)),
  };
  const time = paint.dim(`${symbols.dot} ${formatDuration(durationMs)}`);
  return `${show(program)} ${answers[outcome]} for ${show(server)} ${time}`;
}

function formatConnection(event: ConnectionEvent, nowMs: number, style: Style): Pick<EventText, 'text' | 'notes'> {
  const { show, paint, symbols } = style;
  const { origin, address, proxy, phases, tls, certificate, error } = event;
  const times = Object.entries(phases).map(([phase, ms]) => `${phase} ${formatDuration(ms)}`);
  const session =
    tls === undefined ? [] : [[tls.version.replace(/^TLSv/, 'TLS '), tls.protocol].filter((word) => word).join(', ')];
  const facts = [
    `${show(origin)}${address === null || proxy !== undefined ? '' : ` at ${show(address)}`}`,
    ...(proxy === undefined
      ? []
      : [
          `through proxy ${show(proxy.host)}${address === null || address === proxy.host ? '' : ` (${show(address)})`}, from ${proxy.variable}`,
        ]),
    ...session,
    ...(tls?.isVerified === false && error === undefined
      ? [paint.yellow('certificate not verified (--insecure)')]
      : []),
    ...(times.length > 0 ? [paint.dim(times.join(', '))] : []),
    ...(error === undefined ? [] : [paint.red(show(error))]),
  ];
  const notes = certificate === undefined ? [] : [formatCertificate(certificate, nowMs, style)];
  return { text: facts.join(` ${symbols.dot} `), notes };
}

const MAX_NAMES = 4;

/** `certificate a.example, by Acme CA, 2026-01-01 to 2026-12-28, for a.example, b.example` */
function formatCertificate(seen: CertificateSeen, nowMs: number, { show, paint }: Style): string {
  const { subject, issuer, names, validFromMs, validToMs } = seen;
  const day = (ms: number): string => (Number.isNaN(ms) ? 'an unknown day' : new Date(ms).toISOString().slice(0, 10));
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : '';
  const validity = nowMs > validToMs ? ' (expired)' : nowMs < validFromMs ? ' (not yet valid)' : '';
  const facts = [
    `certificate ${show(subject) || 'without a common name'}`,
    `by ${show(issuer) || 'an unknown issuer'}`,
    `${day(validFromMs)} to ${day(validToMs)}${validity === '' ? '' : paint.red(validity)}`,
    names.length === 0
      ? 'for no name'
      : `for ${names
          .slice(0, MAX_NAMES)
          .map((name) => show(name))
          .join(' ')}${more}`,
  ];
  return facts.join(', ');
}

const formatPause = ({ host, waitMs, because }: WaitEvent, { show }: Style): string =>
  `${waitMs < 1000 ? formatDuration(waitMs) : formatWait(waitMs)} for ${show(host)}: ${show(because)}`;

function formatResult(result: Result, style: Style): Pick<EventText, 'text' | 'notes'> {
  const { show, paint, symbols, verdictColor } = style;
  const { verdict, requests, durationMs, digest } = result;
  const limit = formatRateLimit(result);
  const seconds = result.rateLimit?.windowSeconds ?? null;
  const window = seconds === null ? '' : ` in ${formatWait(seconds * 1000)}`;
  const facts = [
    verdictColor[verdict](verdict === 'pullable' ? 'pullable' : formatReason(result)),
    ...(digest === null ? [] : [show(style.width === Number.POSITIVE_INFINITY ? digest : shortDigest(digest))]),
    ...(limit === undefined ? [] : [limit + window]),
    paint.dim(`${formatCount(requests.length, 'request')}, ${formatDuration(durationMs)}`),
  ];
  return {
    text: `${verdictColor[verdict](symbols[verdict])} ${show(result.input)} ${symbols.dot} ${facts.join(` ${symbols.dot} `)}`,
  };
}
