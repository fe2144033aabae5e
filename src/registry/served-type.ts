// Reads the Content-Type of a manifest as the runtimes do: containerd compares it as it is, up to the first semicolon;
// docker and podman parse it first (RFC 9110 section 8.3.1, https://pkg.go.dev/mime#ParseMediaType).

import { isManifestMediaType, type ManifestMediaType } from './media-type.ts';

export interface ServedType {
  /** In lower case, without parameters. */
  readonly text: string;
  /** Unset: no runtime takes the manifest. */
  readonly type: ManifestMediaType | undefined;
  /** Only some runtimes take it. */
  readonly isOdd: boolean;
}

export function readServedType(contentType: string): ServedType {
  const end = contentType.indexOf(';');
  const written = end < 0 ? contentType : contentType.slice(0, end);
  const parameters = end < 0 ? '' : contentType.slice(end);
  const type = written.trim().toLowerCase();
  if (!isManifestMediaType(type)) return { text: type, type: undefined, isOdd: false };
  const isExact = isManifestMediaType(written);
  const isParsable = PARAMETERS.test(parameters);
  return { text: type, type: isExact || isParsable ? type : undefined, isOdd: !isExact || !isParsable };
}

/** `; charset=utf-8`, also with a semicolon at the end. */
const PARAMETERS = /^(?:;\s*[\w!#$%&'*+.^`|~-]+\s*=\s*(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")\s*)*(?:;\s*)?$/;
