// Credentials before a host, RFC 3986 section 3.2.1: userinfo "@" host. They are never accepted in image names, paths or
// options, and never shown.

/** The end of an image reference, `name@algorithm:hex`. */
const DIGEST = /@[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The index of the host after user info, in a URL or `user:password@host/path`; 0 if there is none. A raw password may
 * contain any character, so the last `@` counts that does not begin a digest.
 */
export function userinfoEnd(text: string): number {
  if (!text.includes('@')) return 0;
  const scheme = SCHEME.exec(text)?.[0].length ?? 0;
  const body = text.replace(DIGEST, '');
  const at = body.lastIndexOf('@');
  if (at < scheme) return 0;
  const before = body.slice(scheme, at);
  const after = body.slice(at + 1);
  // name@tag and name:tag@sha256:… are misspelled images, not credentials.
  const isUserinfo =
    scheme > 0 || /[/\\]/.test(after) || (before.includes(':') && /[.:]/.test(after) && !/^sha\d/.test(after));
  return isUserinfo ? at + 1 : 0;
}

/** `https://***@host/path`; a text without user info is returned unchanged. */
export function hideUserinfo(text: string): string {
  const end = userinfoEnd(text);
  return end === 0 ? text : `${SCHEME.exec(text)?.[0] ?? ''}***@${text.slice(end)}`;
}

/** The same for every URL in a sentence. */
export const hideUserinfoIn = (sentence: string): string =>
  sentence.replace(/\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'`<>]*[^\s"'`<>.,;:)]/gi, hideUserinfo);

/** The decoded user info of a URL; empty where there is none. */
export const userinfoOf = ({ username, password }: URL): { readonly username: string; readonly password: string } => ({
  username: decodePercent(username),
  password: decodePercent(password),
});

/** A `%` that does not begin a valid escape leaves the text unchanged. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
