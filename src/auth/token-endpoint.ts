// The token endpoint that a Bearer challenge names: realm, service and scopes (distribution token specification).
//
// The registry chooses the realm, so it is vetted before any credential is read.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { addressKind, bareHost, ipVersion } from '../http/address.ts';
import { parseLocation } from '../http/location.ts';
import { asBytes, escapedPath, type RequestTarget } from '../http/request-target.ts';
import type { HttpResponse, NamedByRegistry, Quote } from '../http/send.ts';
import type { BadChallenge } from './auth-outcome.ts';
import type { Challenge } from './challenge.ts';
import { isListed } from './realm-list.ts';

export interface TokenEndpoint {
  readonly realm: URL;
  /** Its path, as it is sent. */
  readonly path: RequestTarget;
  /** Omitted from the request when the challenge names none: some services refuse an invented one. */
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /**
   * Its origin, safe to display, if it uses http on another host than the registry's, or although the registry uses
   * https: no credential is sent there.
   */
  readonly cleartextOrigin?: string;
}

/** The response that brought the challenges, or that was challenged first. */
export type Challenged = Pick<HttpResponse, 'url' | 'quote'>;

export interface ImageAccess {
  readonly repository: string;
  /** The hosts that the realm may have; unset: any. */
  readonly realms?: readonly string[] | undefined;
}

/** An error says why the challenge is not answered. */
export function tokenEndpointOf(
  { params, unreadable }: Pick<Challenge, 'params' | 'unreadable'>,
  { url, quote }: Challenged,
  { repository, realms }: ImageAccess,
): Outcome<TokenEndpoint, Omit<BadChallenge, 'kind'>> {
  const vetted = vetRealm(params.realm, url, quote);
  if (!vetted.ok) {
    const why = `its challenge cannot be parsed, because the value of "${quote(unreadable ?? '', 40)}" must be quoted`;
    return failure({ problem: unreadable === undefined ? vetted.error : why });
  }
  const { url: realm, path } = vetted.value;
  if (realms !== undefined && !isListed(realm, realms)) {
    const problem = `it names the token service ${quote(realm.host)}, which is not in the realms configured for it`;
    return failure({ problem, because: 'unlisted-realm' });
  }
  const isCleartext = realm.protocol === 'http:' && (realm.hostname !== url.hostname || url.protocol === 'https:');
  const endpoint = { realm, path, service: params.service, scopes: scopesFor(params.scope, repository) };
  return success({ ...endpoint, ...(isCleartext && { cleartextOrigin: quote(realm.origin) }) });
}

/** The endpoint of the Bearer challenge; undefined without one, or if it is not answered. */
export function bearerEndpoint(
  challenges: readonly Challenge[],
  challenged: Challenged,
  access: ImageAccess,
): TokenEndpoint | undefined {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  const endpoint = bearer && tokenEndpointOf(bearer, challenged, access);
  return endpoint?.ok ? endpoint.value : undefined;
}

/** As clients read it from a challenge. */
export const realmText = ({ realm, path }: Pick<TokenEndpoint, 'realm' | 'path'>): string =>
  `${realm.origin}${path}${realm.search}`;

export const isSameEndpoint = (one: TokenEndpoint, other: TokenEndpoint): boolean =>
  realmText(one) === realmText(other) &&
  one.service === other.service &&
  one.scopes.join(' ') === other.scopes.join(' ');

/** The registry's own origin is trusted as the registry is: same connection, same client certificate. */
export const realmNamedBy = (base: URL, realm: URL): NamedByRegistry | undefined =>
  realm.origin === base.origin ? undefined : { registry: bareHost(base), as: 'realm' };

const NO_REALM = 'its challenge names no token service (no realm)';

/**
 * The realm as a URL, which must be absolute: no client resolves a relative one. The error is a clause about the
 * registry. The addresses of a host name are checked after DNS: http/address-policy.ts,
 * called by http/connect.ts.
 */
export function vetRealm(realm: string | undefined, challenged: URL, quote: Quote): Outcome<Realm, string> {
  if (realm === undefined) return failure(NO_REALM);
  // Secrets are searched for in it, which takes long: only where it is shown.
  const show = (): string => quote(realm, 80);
  const refuse = (problem: string) => failure(`the token service it names ${problem}`);
  if (!URL.canParse(realm)) {
    const shown = show();
    return shown === '' ? failure(NO_REALM) : refuse(`is not an absolute URL: ${shown}`);
  }
  const repaired = new URL(realm);
  if (repaired.protocol !== 'https:' && repaired.protocol !== 'http:') {
    return refuse(`is not an http or https URL: ${quote(repaired.protocol, 80)}`);
  }
  if (repaired.username !== '' || repaired.password !== '') {
    return refuse(`has credentials in its URL (${quote(repaired.host)})`);
  }
  const host = bareHost(repaired);
  if (ipVersion(host) !== 0 && addressKind(host) === 'local' && repaired.hostname !== challenged.hostname) {
    return refuse(`has a link-local or reserved address (${repaired.host})`);
  }
  const parsed = parseRealm(realm, challenged);
  return parsed === undefined ? refuse(`is not a URL that clients can parse: "${show()}"`) : success(parsed);
}

interface Realm {
  readonly url: URL;
  readonly path: RequestTarget;
}

/** As Go reads it: dot segments stay. It encodes the query again, so that a space in it does no harm. */
function parseRealm(realm: string, challenged: URL): Realm | undefined {
  const [before = '', ...query] = realm.split(/(?=[?#])/);
  const encoded = [before, ...query.map((part) => part.replaceAll(' ', '%20'))].join('');
  const [, path] = /^https?:\/\/[^/]*(.*)$/i.exec(before) ?? [];
  const url = path === undefined || encoded.endsWith(' ') ? undefined : parseLocation(encoded, challenged)?.url;
  return url && { url, path: escapedPath(asBytes(path || '/')) };
}

/** GHCR's challenge for /v2/ names this repository to every client. */
const PLACEHOLDER = 'repository:user/image:pull';

const PLAUSIBLE = /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/;
const MAX_LENGTH = 4096;

/**
 * The scopes of the challenge where they make sense, otherwise ours. "Resource Scope" of the token specification:
 * scope = resourcescope [ ' ' resourcescope ]*. Verbatim: Artifactory omits its own repository key, others send `aws`
 * or `*`.
 */
export function scopesFor(challenged: string | undefined, repository: string): string[] {
  const scope = challenged?.trim() ?? '';
  const isUsable = PLAUSIBLE.test(scope) && scope.length <= MAX_LENGTH && scope !== PLACEHOLDER;
  return isUsable ? scope.split(/ +/) : [`repository:${repository}:pull`];
}
