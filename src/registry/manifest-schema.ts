// The shapes of descriptors, manifests and indexes: OCI image-spec descriptor.md, manifest.md, image-index.md.

import * as z from 'zod/mini';
import { type Digest, isDigest } from '../core/digest.ts';

/** Nobody publishes a tenth of it. */
const MAX_ENTRIES = 10_000;

const descriptorSchema = z.object({
  mediaType: z.string(),
  // Before it reaches a URL (CVE-2024-3727).
  digest: z.custom<Digest>(isDigest),
  size: z.int().check(z.nonnegative()),
  urls: z.nullish(z.array(z.string())),
  platform: z.optional(z.unknown()),
  annotations: z.optional(z.unknown()),
  artifactType: z.nullish(z.string()),
});

export type Descriptor = z.infer<typeof descriptorSchema>;

// Go writes an empty list as null, and its clients read it so.
const descriptorsSchema = z.pipe(
  z.nullable(z.array(descriptorSchema).check(z.maxLength(MAX_ENTRIES))),
  z.transform((list) => list ?? []),
);

export const manifestSchema = z.object({
  config: descriptorSchema,
  layers: descriptorsSchema,
  artifactType: z.nullish(z.string()),
});

export const indexSchema = z.object({
  manifests: descriptorsSchema,
  artifactType: z.nullish(z.string()),
});
