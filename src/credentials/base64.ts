// Base64 exactly as strict as the Go decoder behind docker, podman and Kubernetes (RFC 4648 section 4).

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The UTF-8 text behind standard base64; undefined when it is neither. Padding is required, CR and LF are ignored,
 * other white space is not, left-over bits may be anything. Node's own decoder skips whatever it does not know.
 */
export function decodeBase64Text(text: string): string | undefined {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !BASE64.test(compact)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    return undefined;
  }
}
