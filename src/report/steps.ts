// The steps of one check, for --verbose: each request, the credentials used, the rate limit.

import { formatCount, formatDuration, formatWait } from '../core/quantity.ts';
import type { RequestRecord, Result } from '../core/result.ts';
import { padToWidth } from './display-width.ts';
import { formatRateLimit } from './quota.ts';
import type { ReporterOptions } from './reporter.ts';
import { createStyle, type Style } from './style.ts';

const MAX_URL = 400;

/** Lines that each end in a newline. Never wrapped: a URL, which comes last, must stay whole. */
export function formatSteps(result: Result, options: Pick<ReporterOptions, 'color' | 'unicode'>): string {
  const style = createStyle(options);
  const { requests } = result;
  const labelColumns = Math.max('digest'.length, ...requests.map(({ purpose }) => purpose.length));
  const timeColumns = Math.max(0, ...requests.map(({ durationMs }) => formatDuration(durationMs).length));
  const row = (label: string, text: string) => `  ${style.paint.dim(padToWidth(label, labelColumns))}  ${text}`;

  const left = formatRateLimit(result);
  const seconds = result.rateLimit?.windowSeconds ?? null;
  const window = seconds === null ? '' : ` in ${formatWait(seconds * 1000)}`;
  const lines = [
    style.show(result.input),
    ...requests.map((request) => row(request.purpose, formatRequest(request, timeColumns, style))),
    row('login', formatLogin(result, style)),
    ...(left === undefined ? [] : [row('limit', left + window)]),
    ...(result.digest === null ? [] : [row('digest', style.show(result.digest))]),
    row('total', `${formatCount(requests.length, 'request')}, ${formatDuration(result.durationMs)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatRequest(request: RequestRecord, timeColumns: number, style: Style): string {
  const { paint } = style;
  const { method, status, durationMs, attempt, error } = request;
  const facts = [
    method.padEnd(4),
    status === null ? paint.red('---') : statusColor(status, style)(String(status).padEnd(3)),
    paint.dim(formatDuration(durationMs).padStart(timeColumns)),
    formatUrl(request.url, style),
  ];
  if (attempt > 1) facts.push(paint.yellow(`attempt ${attempt}`));
  if (error !== undefined) facts.push(paint.red(style.show(error)));
  return facts.join('  ');
}

function statusColor(status: number, { paint }: Style): (text: string) => string {
  if (status < 300) return paint.green;
  return status < 400 ? paint.dim : paint.yellow;
}

/** Host and path; the scheme only if it is not https. */
function formatUrl(url: string, style: Style): string {
  const withoutQuery = style.show(url, MAX_URL).replace(/[?#].*$/, '');
  return withoutQuery.replace(/^https:\/\//, '');
}

function formatLogin({ credential, warnings }: Result, style: Style): string {
  if (credential === null) {
    const wasRefused = warnings.some(({ code }) => code === 'stale-credentials');
    return wasRefused ? 'anonymous, after credentials were rejected' : 'anonymous';
  }
  const user = credential.username === undefined ? '' : `${style.show(credential.username)}, `;
  return `${user}${credential.kind.replace('-', ' ')} from ${style.show(credential.source)}`;
}
