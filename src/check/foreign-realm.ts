// Warns of credentials that were sent to a token service on another site: pulls send them there too, and the user
// should know.

import type { SentCredential } from '../auth/authenticate.ts';
import { isListed } from '../auth/realm-list.ts';
import { isSameSite } from '../auth/site.ts';
import type { Warning } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { bareHost } from '../http/address.ts';
import type { Quote } from '../http/send.ts';
import type { KnownRegistry } from '../registry/well-known.ts';

export interface CheckedRegistry {
  /** As in a reference. */
  readonly registry: string;
  /** Where its API is. */
  readonly base: URL;
  readonly known: KnownRegistry;
  /** The hosts that the user allows for its token service. */
  readonly realms: readonly string[] | undefined;
  /** For the host of its token service, which the registry chose. */
  readonly quote: Quote;
}

/** One for each host, whether or not it accepted the credentials. */
export async function foreignRealmWarnings(
  sent: readonly SentCredential[],
  { registry, base, known, realms = [], quote }: CheckedRegistry,
  compare = isSameSite,
): Promise<Warning[]> {
  const usual = [...(known.realms ?? []), ...(known.challenge ? [new URL(known.challenge.realm).host] : [])];
  const unusual = sent.filter(({ realm }) => !isListed(realm, [...usual, ...realms]));
  const hosts = new Map(unusual.map(({ realm }) => [realm.host, bareHost(realm)]));
  const warnings = [...hosts].map(async ([host, name]): Promise<Warning[]> => {
    const isSame = await compare(bareHost(base), name);
    if (isSame === true) return [];
    const here = unusual.filter(({ realm }) => realm.host === host);
    const sources = [...new Set(here.map(({ credential }) => cleanText(credential.source, 100)))].join(' and ');
    const shown = quote(host, 200);
    const message =
      `The credentials for ${registry} from ${sources} were sent to ${shown}, the token service of ${registry}, which ` +
      `${isSame === undefined ? 'may be' : 'is'} on another site. If that is correct, set realms: [${shown}] for ` +
      `${registry}, so that no other host gets them. If not, set the correct host there, and change the credentials.`;
    return [{ code: 'foreign-realm', message }];
  });
  return (await Promise.all(warnings)).flat();
}
