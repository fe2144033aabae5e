// Judges what answers in a registry's place: the login page of a network, a proxy, another web server.

import type { HttpResponse } from '../http/send.ts';
import { describePage } from '../registry/page.ts';
import { type Finding, find } from './finding.ts';

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
