// Vets the address of a token service before any credential is read: the registry chooses it, so it is not trusted.

import { isIP } from 'node:net';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { addressKind, bareHost } from '../http/address.ts';
import type { Quote } from '../http/send.ts';

/**
 * The realm as a URL. A relative one is resolved against the URL that was challenged. The error completes the
 * sentence "the token service it names …"; `quote`: as the challenged response does. Names are checked again where they are resolved (NamedByRegistry in http/send.ts).
 */
export function vetRealm(realm: string | undefined, challenged: URL, quote: Quote): Outcome<URL, string> {
  if (realm === undefined || realm.trim() === '') return failure('has no address (the challenge has no realm)');
  if (!URL.canParse(realm, challenged.href)) return failure(`is not a URL: ${quote(realm, 80)}`);
  const url = new URL(realm, challenged.href);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return failure(`is not a web address: ${quote(url.protocol, 80)}`);
  if (url.protocol === 'http:' && challenged.protocol === 'https:') {
    return failure(`is not encrypted (http://${quote(url.host)}), although the registry is`);
  }
  if (url.username !== '' || url.password !== '') return failure(`has a login in its address (${quote(url.host)})`);
  const host = bareHost(url);
  if (isIP(host) !== 0 && addressKind(host) === 'local' && url.hostname !== challenged.hostname) {
    return failure(`is a link-local or reserved address (${url.host})`);
  }
  url.hash = '';
  return success(url);
}
