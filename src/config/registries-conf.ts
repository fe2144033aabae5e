// podman's registries.conf, version 2: mirrors, moved and blocked registries (containers-registries.conf(5)).
//
//   [[registry]]
//   prefix = "docker.io"                   the images it applies to; unset: location
//   location = "registry.example/hub"      where they are; may be unset only for a prefix such as *.example.com
//   insecure, blocked, mirror-by-digest-only = true
//   [[registry.mirror]]                    tried first, in order
//   location = "mirror.example/hub"
//   insecure = true
//   pull-from-mirror = "all"               or "digest-only", "tag-only"

import * as z from 'zod';
import type { Mirror, MirrorRule, Upstream } from '../check/mirror.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
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
              'pull-from-mirror': z.enum(['all', 'digest-only', 'tag-only', '']).default(''),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
  registries: z.undefined('version 1 does not support mirrors; use [[registry]] tables').optional(),
});

const ONLY = { all: undefined, '': undefined, 'digest-only': 'digest', 'tag-only': 'tag' } as const;

type Table = z.output<typeof fileSchema>['registry'][number];

/** `path`: of the file. Throws a UsageError, also where podman refuses the whole file. */
export function readRegistriesConf(text: string, path: string): readonly MirrorRule[] {
  const tables = readToml(text, path, fileSchema).registry;
  const problem = findProblem(tables);
  if (problem !== undefined) throw new UsageError(`${path}: ${problem}; podman refuses the whole file.`);
  const endpoint = (location: string, insecure: boolean): Mirror => {
    const mirror = parseMirrorLocation(location);
    if (!mirror.ok) throw new UsageError(`${path}: ${mirror.error}`);
    return { ...mirror.value, ...security(location, insecure) };
  };
  const security = (location: string, insecure: boolean): Upstream => {
    // containers-registries.conf(5): it also allows unencrypted HTTP.
    if (insecure) return { tls: { insecure }, allowsPlainHttp: true };
    return {
      httpsOnly: `If it uses plain HTTP, set insecure = true for ${cleanText(location, 80)} in ${path}.`,
    };
  };
  return tables.map((table) => {
    const { prefix = table.location ?? '', location = table.prefix ?? '', insecure, blocked } = table;
    return {
      prefix,
      mirrors: table.mirror.map((mirror) => ({
        ...endpoint(mirror.location, mirror.insecure),
        only: table['mirror-by-digest-only'] ? ('digest' as const) : ONLY[mirror['pull-from-mirror']],
      })),
      // A glob moves nothing: the registry is that of the image.
      upstream: location.startsWith('*.') ? security(location, insecure) : endpoint(location, insecure),
      blockedBy: blocked ? path : undefined,
      usedBy: 'podman' as const,
    };
  });
}

/** containers/image, sysregistriesv2: postProcess. */
function findProblem(tables: readonly Table[]): string | undefined {
  const locations = tables.flatMap(({ prefix, location, mirror }) => [
    prefix,
    location,
    ...mirror.map((one) => one.location),
  ]);
  // Credentials are the worse mistake, and the parser of locations says so.
  const withScheme = locations.find((location) => location?.includes('://') && !location.includes('@'));
  if (withScheme !== undefined) {
    const shown = cleanText(hideUserinfo(withScheme), 80);
    return `"${shown}" has a scheme; use host[:port][/path], and insecure = true for a server without TLS`;
  }
  return tables.map((table) => findTableProblem(table, tables)).find((problem) => problem !== undefined);
}

const DOMAIN = /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i;

function findTableProblem(table: Table, tables: readonly Table[]): string | undefined {
  const { prefix, location, insecure, blocked, mirror } = table;
  if (!prefix && !location) return 'a [[registry]] has neither prefix nor location';
  if (prefix?.startsWith('*.') && !DOMAIN.test(prefix.slice(2)))
    return `the prefix "${cleanText(prefix, 80)}" must be like *.example.com, without a port or path`;
  if (!location && !prefix?.startsWith('*.'))
    return `the [[registry]] for "${cleanText(prefix ?? '', 80)}" has no location`;
  if (table['mirror-by-digest-only'] && mirror.some((one) => one['pull-from-mirror'] !== '')) {
    return 'mirror-by-digest-only and pull-from-mirror exclude each other';
  }
  const others = tables.filter((other) => location && other.location === location);
  const setting = others.some((other) => other.insecure !== insecure)
    ? 'insecure'
    : others.some((other) => other.blocked !== blocked)
      ? 'blocked'
      : undefined;
  return setting && `"${cleanText(location ?? '', 80)}" occurs twice, with different values of ${setting}`;
}
