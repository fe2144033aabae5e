// Judges what answers in a registry's place: the login page of a network, a proxy, another web server.

import type { HttpResponse } from '../http/send.ts';
import { readErrors } from '../registry/error.ts';
import { isPage, pageIn } from '../registry/page.ts';
import { type Finding, find, inItsWords, type Part } from './finding.ts';

/** `what`: who should have answered. */
export function judgeIntercepted(response: HttpResponse, what = 'the registry'): Finding {
  const { host, status } = response;
  const page = pageIn(response) ?? 'something else';
  return find(
    'not-a-registry',
    'intercepted',
    `In place of ${what}, ${page} answers at ${host} (${status}).`,
    'Look for a login page of this network, a proxy in between, or a wrong host in the image name.',
  );
}

/** A 200 that came for a part of an image and is a web page or an error message; undefined when it is neither. */
export function judgeSubstitute(response: HttpResponse, { name }: Part): Finding | undefined {
  const { host, status, body, headers } = response;
  if ((headers.mediaType() === 'text/html' && body.length > 0) || isPage(response)) {
    return judgeIntercepted(response, name);
  }
  if (!/^\s*[{[<]/.test(Buffer.from(body.subarray(0, 100)).toString('latin1'))) return undefined;
  const errors = readErrors(response);
  if (errors.length === 0) return undefined;
  const message = `${host} answers ${status} for ${name}, but with an error message${inItsWords(errors)}.`;
  const hint = 'Try again later; if it stays, tell the operator of the registry.';
  return find('not-a-registry', 'not-oci', message, hint, errors);
}
