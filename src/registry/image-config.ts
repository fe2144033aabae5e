// Reads an image's config for its platform: OCI image-spec config.md. Held against its descriptor first.

import { digestOf } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Descriptor } from './manifest-schema.ts';

/** podman refuses larger ones; real ones stay below a few hundred KiB. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export interface ImageConfig {
  /** Its `os`, `architecture`, `variant`, …: named as in an entry of an index, and trusted as little. */
  readonly platform: unknown;
}

/** The error completes "the config …". */
export function readImageConfig(
  { bytes, truncated }: { readonly bytes: Uint8Array; readonly truncated: boolean },
  { digest, size }: Descriptor,
): Outcome<ImageConfig, string> {
  if (truncated) return failure(`is larger than ${MAX_CONFIG_BYTES / 1024 / 1024} MiB, which runtimes refuse to read`);
  if (bytes.length !== size)
    return failure(`has ${bytes.length} byte${bytes.length === 1 ? '' : 's'}, but the manifest says ${size}`);
  const actual = digestOf(bytes, digest);
  if (actual !== digest) return failure(`does not match its digest: its content is ${actual}`);
  try {
    return success({ platform: JSON.parse(Buffer.from(bytes).toString()) });
  } catch {
    return failure('is not valid JSON');
  }
}
