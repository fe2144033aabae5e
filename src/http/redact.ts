// A URL as it may be shown: what is not known to be harmless is left out.

/** Query parameters of the distribution and token specifications that say nothing secret. */
const HARMLESS = new Set([
  'scope',
  'service',
  'client_id',
  'grant_type',
  'offline_token',
  'account',
  'ns',
  'n',
  'last',
]);

/** A token may stand in a path, or in a query without any name. */
const LONGEST_PATH_SEGMENT = 128;
const LONGEST_NAME = 40;

/** No user info, no fragment, no unknown query value, nothing that is long enough to be a token. */
export function redactUrl(url: URL): string {
  const path = url.pathname
    .split('/')
    .map((segment) => (segment.length > LONGEST_PATH_SEGMENT && !isDigestLike(segment) ? '***' : segment))
    .join('/');
  const query = [...url.searchParams].map(([name, value]) => {
    if (HARMLESS.has(name.toLowerCase())) return `${encodeURIComponent(name)}=${encodeScope(value)}`;
    return /^=*$/.test(value) || name.length > LONGEST_NAME ? '***' : `${encodeURIComponent(name)}=***`;
  });
  return `${url.origin}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

const isDigestLike = (segment: string): boolean => /^sha(?:256|384|512)(?::|%3A)[0-9a-f]+$/i.test(segment);

/** `repository:library/nginx:pull` stays readable. */
const encodeScope = (value: string): string => encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/');
