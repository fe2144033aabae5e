// Credentials before a host, RFC 3986 section 3.2.1: userinfo "@" host. They are never accepted in image names, paths or
// options, and never shown.

/** The end of an image reference, `name@algorithm:hex`, also of a digest that is cut or misspelled. */
const DIGEST = /@(?:[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}|sha\d+(?:[:=_-][^@/\\]*)?)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** An at sign, also as a percent-encoding or in one of its wide and small forms; the same for a colon. */
const AT = /@|%(?:25)*40|[\uff20\ufe6b]/gi;
const COLON = /:|%(?:25)*3a|[\uff1a\ufe55]/i;
/**
 * What a program fills in later: `web:@TAG@`, `@project.version@`, `web:1@$DIGEST`. No host begins as the text behind it
 * does.
 */
const PLACEHOLDER =
  /(?<=^|[/:.-])@(?:[A-Z][A-Z0-9_]*|[a-z]\w*(?:\.\w+)+)@(?=$|[/:.-])|@(?=\$(?:\w*(?:DIGEST|SHA)\w*|\{\w*(?:DIGEST|SHA)\w*\})$)/g;
const QUERY = /[?#]/;
/** A credential file where its path should be, as it is or in base64; also after the directory of a relative path. */
const JSON_TEXT = /^\s*\[\s*"|(?:^|[\\/])\s*\{\s*"|^\s*(?:eyJ[\w+/=-]{20,}\s*$)/;

/** Most image names: nothing in them begins or ends user info, a query or JSON, and in lower case they are no base64. */
const isPlain = (text: string): boolean => /^[a-z0-9._:/-]*$/.test(text);

const HIDDEN = '***';

export const looksLikeJson = (text: string): boolean => JSON_TEXT.test(text);

/**
 * The index of the host after user info, in a URL or `user:password@host/path`; 0 if there is none. A raw password may
 * contain any character, so the last `@` counts that does not begin a digest.
 */
export function userinfoEnd(text: string): number {
  if (isPlain(text)) return 0;
  const written = text.replace(DIGEST, '').replace(PLACEHOLDER, ({ length }) => ' '.repeat(length));
  const last = [...written.matchAll(AT)].at(-1);
  if (last === undefined) return 0;
  const scheme = SCHEME.exec(text)?.[0].length ?? 0;
  if (last.index < scheme) return 0;
  const end = last.index + last[0].length;
  // name@tag and name:tag@sha256:… are misspelled images, not credentials.
  const before = text.slice(scheme, last.index);
  const isUserinfo = scheme > 0 || before === HIDDEN || COLON.test(before) || /[/\\]/.test(text.slice(end));
  return isUserinfo ? end : 0;
}

/** `https://***@host/path`; a text without user info, a query or JSON is returned unchanged. */
export function hideUserinfo(text: string): string {
  if (isPlain(text)) return text;
  if (looksLikeJson(text)) return HIDDEN;
  const end = userinfoEnd(text);
  return hideQuery(end === 0 ? text : `${SCHEME.exec(text)?.[0] ?? ''}***@${text.slice(end)}`);
}

/** Of a URL, and of what has parameters as one: `host/path?***`. */
function hideQuery(text: string): string {
  const start = text.search(QUERY);
  const isQuery = start >= 0 && start < text.length - 1 && (SCHEME.test(text) || text.includes('=', start));
  return isQuery ? `${text.slice(0, start + 1)}***` : text;
}

/** The same for every URL in a sentence, and for every word with a colon before its `@`. */
export const hideUserinfoIn = (sentence: string): string =>
  sentence.replace(URL_TEXT, hideUserinfo).replace(WORD, (word) => {
    if (word.includes('://')) return word;
    const end = userinfoEnd(word);
    return end > 0 && COLON.test(word.slice(0, end - 1)) ? `***@${word.slice(end)}` : word;
  });

const URL_TEXT = /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'`<>]*[^\s"'`<>.,;:)]/gi;
const WORD = /[^\s"'`<>()]+/g;

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
