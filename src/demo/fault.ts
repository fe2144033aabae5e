// What goes wrong between a registry and a client: faults replace or change a reply, and rules say which requests they hit.

import type { LoggedRequest } from './logged-request.ts';
import { bodyOf, type Exchange, errorReply, type Headers, type Reply, textReply } from './reply.ts';

export interface Fault {
  /** Sent instead of the true reply. */
  readonly reply?: Reply;
  /** Override those of the reply; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly changeBody?: (body: Uint8Array) => Uint8Array;
  /** Unset: the whole reply is sent immediately. */
  readonly deliver?: (reply: Reply, exchange: Exchange) => void;
}

export interface FaultRule {
  readonly method?: string;
  /** A string matches the whole path; a pattern, any part of it. */
  readonly path?: string | RegExp;
  readonly where?: (request: LoggedRequest) => boolean;
  /** How many requests it hits; unset: all of them. */
  readonly times?: number;
}

/** A function that returns undefined lets the request through. */
export type FaultSource = Fault | ((request: LoggedRequest) => Fault | undefined);

export interface Faults {
  inject(fault: FaultSource, rule?: FaultRule): void;
  /** Of the first rule that matches, in the order they were injected. */
  faultFor(request: LoggedRequest): Fault | undefined;
}

export function createFaults(): Faults {
  const entries: { fault: FaultSource; rule: FaultRule; left: number }[] = [];
  return {
    inject(fault, rule = {}) {
      entries.push({ fault, rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    faultFor(request) {
      for (const entry of entries) {
        if (entry.left === 0 || !matches(entry.rule, request)) continue;
        const fault = typeof entry.fault === 'function' ? entry.fault(request) : entry.fault;
        if (fault === undefined) continue;
        entry.left -= 1;
        return fault;
      }
      return undefined;
    },
  };
}

function matches({ method, path, where }: FaultRule, request: LoggedRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (typeof path === 'string' && path !== request.path) return false;
  if (path instanceof RegExp && !path.test(request.path)) return false;
  return where === undefined || where(request);
}

export function applyFault(fault: Fault, trueReply: () => Reply): Reply {
  const reply = fault.reply ?? trueReply();
  const headers = Object.entries({ ...reply.headers, ...fault.headers }).filter(([, value]) => value !== undefined);
  const body = bodyOf(reply);
  return {
    status: reply.status,
    headers: Object.fromEntries(headers) as Headers,
    body: fault.changeBody?.(body) ?? body,
  };
}

/** `retryAfter` is the value of the header: seconds or an HTTP-date. */
export const tooManyRequests = (retryAfter?: string): Fault => {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { reply: errorReply(429, 'TOOMANYREQUESTS', 'too many requests', undefined, headers) };
};

export const unavailable = (): Fault => ({
  reply: textReply(503, '<html><body><h1>503 Service Unavailable</h1></body></html>\n', HTML),
});

/** What a hotel network or a company's filter sends instead of the registry: 200, and HTML. */
export const captivePortal = (): Fault => ({
  reply: textReply(200, '<!DOCTYPE html><html><head><title>Sign in to Guest WiFi</title></head></html>\n', HTML),
});

const HTML = { 'content-type': 'text/html; charset=utf-8' };
