// podman's registries.conf, version 2: mirrors, moved and blocked registries (containers-registries.conf(5)).
//
//   [[registry]]
//   prefix = "docker.io"                   the images it is for; unset: as location
//   location = "registry.example/hub"      where they are; unset: as prefix
//   insecure, blocked, mirror-by-digest-only = true
//   [[registry.mirror]]                    asked first, in their order
//   location = "mirror.example/hub"
//   insecure = true
//   pull-from-mirror = "all"               or "digest-only", "tag-only"

import * as z from 'zod';
import type { Mirror, MirrorRule } from '../check/mirror.ts';
import { UsageError } from '../core/usage-error.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import { readToml } from './read-toml.ts';

const placeShape = z.object({ location: z.string().optional(), insecure: z.boolean().default(false) });
const fileShape = z.object({
  registry: z
    .array(
      placeShape.extend({
        prefix: z.string().optional(),
        blocked: z.boolean().default(false),
        'mirror-by-digest-only': z.boolean().default(false),
        mirror: z
          .array(
            placeShape.extend({
              location: z.string(),
              'pull-from-mirror': z.enum(['all', 'digest-only', 'tag-only', '']).default('all'),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  registries: z.undefined('this is version 1, which knows no mirrors; write it as [[registry]]').optional(),
});

const ONLY = { all: undefined, '': undefined, 'digest-only': 'digest', 'tag-only': 'tag' } as const;

/** `path`: of the file. Throws a UsageError. */
export function readRegistriesConf(text: string, path: string): readonly MirrorRule[] {
  const place = (location: string, insecure: boolean): Mirror => {
    const mirror = parseMirrorLocation(location);
    if (!mirror.ok) throw new UsageError(`${path}: ${mirror.error}`);
    return { ...mirror.value, tls: insecure ? { insecure } : undefined };
  };
  return readToml(text, path, fileShape).registry.map((table) => {
    const { prefix = table.location, location = table.prefix, insecure, blocked } = table;
    if (!prefix || !location) throw new UsageError(`${path}: a [[registry]] has neither prefix nor location.`);
    return {
      prefix,
      mirrors: table.mirror.map((mirror) => ({
        ...place(mirror.location, mirror.insecure),
        only: table['mirror-by-digest-only'] ? ('digest' as const) : ONLY[mirror['pull-from-mirror']],
      })),
      // Of a glob nothing is moved: the registry is as the image names it.
      upstream: location.startsWith('*.') ? undefined : place(location, insecure),
      blockedBy: blocked ? path : undefined,
    };
  });
}
