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

const DIGEST_LIKE = /^sha(?:256|384|512):[0-9a-f]+$/;

/** No user info, no fragment, no unknown query value, no path segment that is long enough to be a token. */
export function redactUrl(url: URL): string {
  const path = url.pathname
    .split('/')
    .map((segment) => (segment.length > 128 && !DIGEST_LIKE.test(decodeSafely(segment)) ? '***' : segment))
    .join('/');
  const query = [...url.searchParams].map(
    ([name, value]) =>
      `${encodeURIComponent(name)}=${HARMLESS.has(name.toLowerCase()) ? encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/') : '***'}`,
  );
  return `${url.origin}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
