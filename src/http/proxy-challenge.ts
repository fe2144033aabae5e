// The authentication schemes that a proxy accepts, from Proxy-Authenticate (RFC 9110 section 11.7.1).
//
//   Proxy-Authenticate = [ challenge *( OWS "," OWS challenge ) ]

const MAX_SCHEMES = 6;

/** As spelled, each once: `Negotiate`, `NTLM`, `Basic`. `fields`: one element per field line. */
export function proxySchemes(fields: readonly string[]): readonly string[] {
  const items = fields.flatMap((field) => field.replace(/"(?:[^"\\]|\\.)*"/g, '').split(','));
  const schemes = items.flatMap((item) => /^\s*([A-Za-z][\w-]{0,30})(?:\s+[^=\s]|\s*$)/.exec(item)?.[1] ?? []);
  return [...new Set(schemes)].slice(0, MAX_SCHEMES);
}
