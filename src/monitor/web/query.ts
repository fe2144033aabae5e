// The query of a request: each value is checked, and a wrong one is named in the problem.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import { WINDOW_NAMES, type WindowName } from '../view/monitor-view.ts';
import { badRequest, type HttpProblem } from './problem.ts';

type Query = URLSearchParams;

/** `2026-11-28T12:00:00Z`, with fractions or an offset. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

export function readInteger(
  query: Query,
  name: string,
  { min = 0, max, usual }: { readonly min?: number; readonly max: number; readonly usual: number },
): Outcome<number, HttpProblem> {
  const text = query.get(name);
  if (text === null) return success(usual);
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return success(value);
  return failure(badRequest(`${name} must be an integer from ${min} to ${max}.`));
}

/** Milliseconds since 1970; undefined if it is not given. */
export function readTime(query: Query, name: string): Outcome<number | undefined, HttpProblem> {
  const text = query.get(name);
  if (text === null) return success(undefined);
  // In a query, a plus sign is a space.
  const timeMs = RFC_3339.test(text.replace(' ', '+')) ? Date.parse(text.replace(' ', '+')) : Number.NaN;
  if (!Number.isNaN(timeMs)) return success(timeMs);
  return failure(badRequest(`${name} must be a time such as 2026-12-01T22:00:00Z (RFC 3339).`));
}

export function readWindow(query: Query, usual: WindowName = '24h'): Outcome<WindowName, HttpProblem> {
  const text = query.get('window') ?? usual;
  const window = WINDOW_NAMES.find((name) => name === text);
  return window === undefined
    ? failure(badRequest(`window must be one of ${WINDOW_NAMES.join(', ')}.`))
    : success(window);
}

export function readBoolean(query: Query, name: string): Outcome<boolean, HttpProblem> {
  const text = query.get(name) ?? 'false';
  if (text === 'true' || text === 'false') return success(text === 'true');
  return failure(badRequest(`${name} must be true or false.`));
}
