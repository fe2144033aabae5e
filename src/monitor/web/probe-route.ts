// GET /probe?target=…: a check for Prometheus' multi-target pattern. It makes requests, so publicRead does not open it.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import { badRequest, forbidden, type HttpProblem, notFound } from './problem.ts';
import type { WebRoute } from './route.ts';

/** Checks what the client names, and formats the result as metrics. */
export type ProbeTarget = (
  target: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly accept: string },
) => Promise<Outcome<{ readonly contentType: string; readonly body: string }, ProbeRefusal>>;

type ProbeRefusal =
  | { readonly kind: 'disabled' | 'not-allowed' | 'busy' }
  | { readonly kind: 'invalid'; readonly message: string };

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 30_000;
/** For the response to arrive before the scraper gives up. */
const MARGIN_MS = 500;

export const probeRoute = (probe: ProbeTarget): WebRoute => ({
  ...{ method: 'GET', path: '/probe', access: 'private' },
  async reply({ query, accept, scrapeTimeout, signal }) {
    const target = query.get('target')?.trim() ?? '';
    if (target === '')
      return failure(badRequest('The parameter target is required: an image, such as ghcr.io/org/app:1.'));
    const outcome = await probe(target, { timeoutMs: timeoutOf(scrapeTimeout), signal, accept });
    return outcome.ok ? success(outcome.value) : failure(problemOf(outcome.error));
  },
});

/** `X-Prometheus-Scrape-Timeout-Seconds`: seconds, with a fraction. */
function timeoutOf(text: string): number {
  const seconds = /^\d{1,6}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
  if (seconds === undefined || seconds === 0) return DEFAULT_TIMEOUT_MS;
  // Of a time that is shorter than the margin half of it is left.
  const timeoutMs = Math.max(seconds * 1000 - MARGIN_MS, seconds * 500);
  return Math.min(MAX_TIMEOUT_MS, timeoutMs);
}

function problemOf(refusal: ProbeRefusal): HttpProblem {
  switch (refusal.kind) {
    case 'disabled':
      return notFound('Probes are off; set probe: { enabled: true, allow: […] } in the configuration.');
    case 'not-allowed':
      return forbidden('The target is not on the list probe.allow of the configuration.');
    case 'busy':
      return {
        ...{ status: 503, title: 'Too many probes', headers: { 'retry-after': '10' } },
        detail: 'Too many probes are running.',
      };
    case 'invalid':
      return badRequest(`The target is not an image: ${refusal.message}`);
    default:
      refusal satisfies never;
      throw new TypeError('unknown refusal');
  }
}
