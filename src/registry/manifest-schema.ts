// The shapes of descriptors, manifests and indexes: OCI image-spec descriptor.md, manifest.md, image-index.md.

import * as z from 'zod';
import { type Digest, isDigest } from '../core/digest.ts';

/** Nobody publishes a tenth of it. */
const MAX_ENTRIES = 10_000;

const descriptorSchema = z.object({
  mediaType: z.string(),
  // Before it reaches a URL (CVE-2024-3727).
  digest: z.custom<Digest>(isDigest),
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  platform: z.unknown().optional(),
  annotations: z.unknown().optional(),
  artifactType: z.string().nullish(),
});

export type Descriptor = z.infer<typeof descriptorSchema>;

// Go writes an empty list as null, and its clients read it so.
const descriptorsSchema = z
  .array(descriptorSchema)
  .max(MAX_ENTRIES)
  .nullable()
  .transform((list) => list ?? []);

export const manifestSchema = z.object({
  config: descriptorSchema,
  layers: descriptorsSchema,
  artifactType: z.string().nullish(),
});

export const indexSchema = z.object({
  manifests: descriptorsSchema,
  artifactType: z.string().nullish(),
});
