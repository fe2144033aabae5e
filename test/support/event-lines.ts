// The lines of --verbose for events made of a result: every text of it, wherever an event may contain one.

import type { CheckEvent } from '../../src/core/check-event.ts';
import type { Result } from '../../src/core/result.ts';
import { createEventLines } from '../../src/report/event-lines.ts';
import type { EventLineOptions } from '../../src/report/exchange-lines.ts';

export function formatEvents(events: readonly CheckEvent[], options: Partial<EventLineOptions> = {}): string {
  const lines = createEventLines({ color: 0, unicode: true, verbosity: 2, ...options });
  return events.map((event) => lines.format(event, Date.UTC(2026, 0, 1))).join('');
}

export function eventsOf(result: Result): CheckEvent[] {
  const { input, message, requests, credential, durationMs } = result;
  const seen = { subject: message, issuer: input, names: [input], validFromMs: Number.NaN, validToMs: 0 };
  const origin = { type: 'connection', origin: input, address: message, phases: { dns: durationMs } } as const;
  const sources = [
    { label: input, state: 'read' },
    { label: message, state: 'unusable', problem: message },
  ] as const;
  return [
    { type: 'check', input },
    { type: 'file', path: input, content: message },
    { type: 'credential', registry: input, credential, found: 0, sources },
    { type: 'helper', program: input, server: message, outcome: 'failed', problem: message, durationMs },
    { type: 'memory', host: input, what: 'token', detail: message },
    { type: 'dns', host: input, addresses: [message], durationMs },
    { ...origin, error: message, certificate: seen, proxy: { host: input, variable: 'HTTPS_PROXY' } },
    { ...origin, tls: { version: 'TLSv1.3', protocol: '', isVerified: false }, certificate: seen },
    ...requests.map(
      (record, id): CheckEvent => ({
        ...record,
        type: 'response',
        id,
        authorization: { scheme: 'bearer', ...(credential && { credential }) },
        requestHeaders: [['accept', message]],
        headers: [
          ['server', message],
          [input, message],
          ['content-type', input],
        ],
        excerpt: message,
        contentDigest: input,
      }),
    ),
    { type: 'redirect', status: 307, from: input, to: message },
    { type: 'wait', host: input, waitMs: durationMs, because: message },
    { type: 'result', result },
  ];
}
