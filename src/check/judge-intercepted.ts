// Judges what answers in a registry's place: the login page of a network, a proxy, another web server.

import type { HttpResponse } from '../http/send.ts';
import { readErrors } from '../registry/error.ts';
import { describePage } from '../registry/page.ts';
import { type Finding, find, inItsWords, type Part } from './finding.ts';

/** `what`: who should have answered. */
export function judgeIntercepted({ url, status, body, headers }: HttpResponse, what = 'the registry'): Finding {
  const page = describePage(body, headers.mediaType()) ?? 'something else';
  return find(
    'not-a-registry',
    'intercepted',
    `In place of ${what}, ${page} answers at ${url.host} (${status}).`,
    'Look for a login page of this network, a proxy in between, or a wrong host in the image name.',
  );
}

/** A 200 that came for a part of an image and is a web page or an error message; undefined when it is neither. */
export function judgeSubstitute(response: HttpResponse, { name }: Part): Finding | undefined {
  const { url, status, body, headers } = response;
  const type = headers.mediaType();
  if ((type === 'text/html' && body.length > 0) || describePage(body, type) !== undefined) {
    return judgeIntercepted(response, name);
  }
  if (!/^\s*[{[<]/.test(Buffer.from(body.subarray(0, 100)).toString('latin1'))) return undefined;
  const errors = readErrors(response);
  if (errors.length === 0) return undefined;
  const message = `${url.host} answers ${status} for ${name}, but with an error message${inItsWords(errors)}.`;
  const hint = 'Try again later; if it stays, tell the operator of the registry.';
  return find('not-a-registry', 'not-oci', message, hint, errors);
}
