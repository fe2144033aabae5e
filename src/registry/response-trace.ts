// Which server sent a response, and the number under which its operator finds the request in a log.

import { besideOf, type HttpResponse } from '../http/send.ts';

/** In this order: the first is shown. */
const REQUEST_IDS = [
  'cf-ray',
  'x-amz-cf-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-msedge-ref',
  'x-azure-ref',
  'x-github-request-id',
  'x-jfrog-request-id',
  'x-request-id',
];

/** `server cloudflare, cf-ray 8c1f0e2ab9d93c1e-FRA`; '' if the response names neither. */
export function traceOf(response: HttpResponse): string {
  const { headers, quote } = response;
  const name = requestIdOf(response);
  const texts = [headers.get('server') ?? '', name === undefined ? '' : (headers.get(name) ?? '')];
  const [server, id] = texts.map((text, at) => quote(text, 80, [besideOf(texts, at)]));
  return [server ? `server ${server}` : '', id ? `${name} ${id}` : ''].filter((text) => text !== '').join(', ');
}

/** The name of the request, for its operator: `cf-ray`; undefined if the response has none. */
export const requestIdOf = ({ headers }: HttpResponse): string | undefined =>
  REQUEST_IDS.find((id) => (headers.get(id) ?? '').trim() !== '');
