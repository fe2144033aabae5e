// A route: what it replies, and who may read it.

import type { Outcome } from '../../core/outcome.ts';
import { failure, success } from '../../core/outcome.ts';
import { formatJson } from '../../report/result-document.ts';
import type { PageReply, PageRequest } from './pages.ts';
import type { HttpProblem } from './problem.ts';

export interface RouteRequest extends PageRequest {
  /** The value of `:id` or `:file` of the path, decoded. */
  readonly parameter: string;
  readonly accept: string;
  /** `X-Prometheus-Scrape-Timeout-Seconds`; '' if there is none. */
  readonly scrapeTimeout: string;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export type RouteReply = Outcome<PageReply, HttpProblem>;

export interface WebRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** `open`: without a credential. `private`: not even `publicRead` opens it. */
  readonly access: 'open' | 'read' | 'private';
  readonly reply: (request: RouteRequest) => RouteReply | Promise<RouteReply>;
}

export const get = (path: string, reply: WebRoute['reply']): WebRoute => ({
  method: 'GET',
  path,
  access: 'read',
  reply,
});

/** JSON that is safe in a terminal. */
export const json = (value: object, reply: Partial<PageReply> = {}): RouteReply =>
  success({ contentType: 'application/json', body: `${formatJson(value)}\n`, ...reply });

/** The reply for a value, or the problem if there is none. */
export const jsonOr = <T>(value: T | null, format: (value: T) => object, problem: HttpProblem): RouteReply =>
  value === null ? failure(problem) : json(format(value));
