// Errors as RFC 9457 problem documents.

import { formatJson } from '../../report/result-document.ts';

export interface HttpProblem {
  readonly status: number;
  /** The same for every problem of its kind. */
  readonly title: string;
  /** One sentence about this request, with what to do. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const PROBLEM_TYPE = 'application/problem+json';

export const formatProblem = ({ status, title, detail }: HttpProblem): string =>
  `${formatJson({ type: 'about:blank', title, status, detail })}\n`;

export const badRequest = (detail: string): HttpProblem => ({ status: 400, title: 'Bad request', detail });

export const notFound = (detail: string): HttpProblem => ({ status: 404, title: 'Not found', detail });

export const unknownResource = (id: string): HttpProblem =>
  notFound(`There is no resource with the id ${quoteId(id)}.`);

export const forbidden = (detail: string): HttpProblem => ({ status: 403, title: 'Forbidden', detail });

export const methodNotAllowed = (method: string, allowed: string): HttpProblem => ({
  ...{ status: 405, title: 'Method not allowed', headers: { allow: allowed } },
  detail: `${method} is not allowed here; use ${allowed.replace(', ', ' or ')}.`,
});

const MAX_ID_LENGTH = 80;

const quoteId = (id: string): string => {
  const characters = [...id.slice(0, MAX_ID_LENGTH * 2)];
  return JSON.stringify(
    characters.length > MAX_ID_LENGTH ? `${characters.slice(0, MAX_ID_LENGTH).join('')}…` : characters.join(''),
  );
};
