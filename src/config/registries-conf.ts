// podman's registries.conf, version 2: mirrors, moved and blocked registries (containers-registries.conf(5)).
//
//   [[registry]]
//   prefix = "docker.io"                   the images it applies to; unset: location
//   location = "registry.example/hub"      where they are; unset: prefix
//   insecure, blocked, mirror-by-digest-only = true
//   [[registry.mirror]]                    tried first, in order
//   location = "mirror.example/hub"
//   insecure = true
//   pull-from-mirror = "all"               or "digest-only", "tag-only"

import * as z from 'zod';
import type { Mirror, MirrorRule } from '../check/mirror.ts';
import { UsageError } from '../core/usage-error.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import { readToml } from './read-toml.ts';

const locationSchema = z.object({ location: z.string().optional(), insecure: z.boolean().default(false) });
const fileSchema = z.object({
  registry: z
    .array(
      locationSchema.extend({
        prefix: z.string().optional(),
        blocked: z.boolean().default(false),
        'mirror-by-digest-only': z.boolean().default(false),
        mirror: z
          .array(
            locationSchema.extend({
              location: z.string(),
              'pull-from-mirror': z.enum(['all', 'digest-only', 'tag-only', '']).default('all'),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  registries: z.undefined('version 1 does not support mirrors; use [[registry]] tables').optional(),
});

const ONLY = { all: undefined, '': undefined, 'digest-only': 'digest', 'tag-only': 'tag' } as const;

/** `path`: of the file. Throws a UsageError. */
export function readRegistriesConf(text: string, path: string): readonly MirrorRule[] {
  const endpoint = (location: string, insecure: boolean): Mirror => {
    const mirror = parseMirrorLocation(location);
    if (!mirror.ok) throw new UsageError(`${path}: ${mirror.error}`);
    // containers-registries.conf(5): it also allows unencrypted HTTP.
    return { ...mirror.value, ...(insecure && { tls: { insecure }, allowsPlainHttp: true }) };
  };
  return readToml(text, path, fileSchema).registry.map((table) => {
    const { prefix = table.location, location = table.prefix, insecure, blocked } = table;
    if (!prefix || !location) throw new UsageError(`${path}: a [[registry]] has neither prefix nor location.`);
    return {
      prefix,
      mirrors: table.mirror.map((mirror) => ({
        ...endpoint(mirror.location, mirror.insecure),
        only: table['mirror-by-digest-only'] ? ('digest' as const) : ONLY[mirror['pull-from-mirror']],
      })),
      // A glob moves nothing: the registry is that of the image.
      upstream: location.startsWith('*.') ? undefined : endpoint(location, insecure),
      blockedBy: blocked ? path : undefined,
      usedBy: 'podman' as const,
    };
  });
}
