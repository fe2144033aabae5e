// containerd's hosts.toml: the mirrors of one registry, in the order of the file (containerd, docs/hosts.md).
//
//   server = "https://registry-1.docker.io"       tried last; unset: the registry itself
//   [host."https://mirror.example:5000"]          tried first
//     capabilities = ["pull", "resolve"]          resolve: by tag; pull: by digest
//     skip_verify = true                          this and the following also at the top, for the server
//     ca = "ca.pem"                               a file or a list of files
//     client = [["client.cert", "client.key"]]    a file with both, a list of those, or of pairs
//     override_path = true                        the API is at the path of the URL, not at /v2 below it
//     [host."https://mirror.example:5000".header]   not sent: they may be secrets; the check says which it omitted

import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { type Mirror, type MirrorRule, registryOf } from '../check/mirror.ts';
import { DOCKER_HUB, DOCKER_HUB_API } from '../core/docker-hub.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import { parseMirrorLocation, withoutSlashes } from './mirror-location.ts';
import { readToml } from './read-toml.ts';
import { readAuthorities, readClientCertificate } from './tls-files.ts';
import type { UserFiles } from './user-files.ts';

/** containerd ignores the whole file for any other. */
const CAPABILITIES = ['pull', 'resolve', 'push', 'referrers'];

const hostSchema = z.object({
  capabilities: z
    .array(
      z.string().refine((name) => CAPABILITIES.includes(name.toLowerCase()), {
        error: ({ input }) => `unknown capability "${cleanText(String(input), 40)}": containerd ignores the whole file`,
      }),
    )
    .default([]),
  skip_verify: z.boolean().optional(),
  ca: z.union([z.string(), z.array(z.string())]).default([]),
  client: z.union([z.string(), z.array(z.union([z.string(), z.tuple([z.string(), z.string()])]))]).default([]),
  override_path: z.boolean().default(false),
  header: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
});
const fileSchema = hostSchema.extend({
  server: z.string().optional(),
  host: z.record(z.string(), hostSchema).optional(),
});

type Host = z.output<typeof hostSchema>;

/** `registry`: as in a reference, or `*` for all. `path`: of the file. Throws a UsageError. */
export async function readHostsToml(
  text: string,
  registry: string,
  path: string,
  files: UserFiles,
): Promise<MirrorRule> {
  const { server, host, ...atTop } = readToml(text, path, fileSchema);
  const pullHosts = Object.entries(host ?? {}).filter(([, { capabilities }]) => can(capabilities, 'pull'));
  const mirrors = await Promise.all(
    pullHosts.map(
      async ([url, one]): Promise<Mirror> => ({
        ...(await readHost(url, one, path, files)),
        // A tag is resolved and its manifest pulled from the same host.
        only: can(one.capabilities, 'resolve') ? undefined : 'digest',
        sendNamespace: true,
      }),
    ),
  );
  const doubt =
    host === undefined && text.trim() !== ''
      ? `containerd 1 ignores ${path}, because it has no [host] table; containerd 2 reads it: add an empty [host].`
      : undefined;
  const rule = { prefix: registry, mirrors, usedBy: 'containerd', ...(doubt !== undefined && { doubt }) } as const;
  if (server === undefined && registry === '*') return rule;
  const { httpsOnly, plainHttp, ...upstream } = await readHost(server ?? registry, atTop, path, files);
  const sendNamespace = !isOwn(upstream.location, registry);
  // Without a server, containerd uses the registry as it does without the file: over http, if it is on loopback.
  const overHttps = server === undefined ? {} : { plainHttp, ...(httpsOnly && { httpsOnly }) };
  return { ...rule, upstream: { ...upstream, ...overHttps, sendNamespace } };
}

/** Without a list a host has every capability. */
const can = (capabilities: readonly string[], capability: string): boolean =>
  capabilities.length === 0 || capabilities.some((name) => name.toLowerCase() === capability);

const isOwn = (location: string, registry: string): boolean =>
  location === registry || (registry === DOCKER_HUB && location === DOCKER_HUB_API);

async function readHost(url: string, host: Host, path: string, files: UserFiles): Promise<Mirror> {
  const [origin = ''] = /^(?:https?:\/\/)?[^/]*/.exec(url) ?? [];
  const urlPath = withoutSlashes(url.slice(origin.length));
  // A password may contain a slash, and then the first slash does not end the host.
  const mirror = parseMirrorLocation(url.includes('@') ? url : origin);
  if (!mirror.ok) throw new UsageError(`${path}: ${mirror.error}`);
  const apiPath = host.override_path || urlPath.endsWith('/v2') ? urlPath : `${urlPath}/v2`;
  const names = Object.keys(host.header ?? {});
  return {
    ...mirror.value,
    // Whatever the command line says: containerd applies --plain-http to no host of the file.
    ...(mirror.value.plainHttp !== true && {
      plainHttp: false,
      httpsOnly: `If it uses plain HTTP, write http://${registryOf(mirror.value.location)} in ${path}.`,
    }),
    tls: await readTls(url, host, path, files),
    apiPath: apiPath === '/v2' ? undefined : apiPath,
    ...(names.length > 0 && { unsentHeaders: { names, file: path } }),
  };
}

async function readTls(
  url: string,
  { skip_verify, ca, client }: Host,
  path: string,
  files: UserFiles,
): Promise<TlsChoice> {
  const locate = (file: string): string => resolve(dirname(path), file);
  const texts = await Promise.all(
    [ca].flat().map((file) => readAuthorities({ caFile: locate(file) }, () => `ca of ${url} in ${path}`, files)),
  );
  const [first] = typeof client === 'string' ? [client] : client;
  const [cert, key = ''] = [first].flat();
  const pair = cert === undefined ? {} : { cert: locate(cert), ...(key !== '' && { key: locate(key) }) };
  return {
    insecure: skip_verify,
    ca: texts.length === 0 ? undefined : texts.join('\n'),
    ...(await readClientCertificate(pair, () => `client of ${url} in ${path}`, files)),
  };
}
