// Certificates as text: RFC 7468, -----BEGIN label----- base64 -----END label-----.

const CERTIFICATE = /-----BEGIN ((?:TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g;

/** Each certificate of the text by itself, as written. */
export const certificatesIn = (text: string): readonly string[] => text.match(CERTIFICATE) ?? [];
