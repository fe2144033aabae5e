// The schemas of the entries under `resources` of the `monitor` section.

import * as z from 'zod';
import { PROOFS } from '../core/result.ts';
import { parseHostPort, parseId, parseImage, parseLabel, parseStatus, parseWebUrl } from './monitor-values.ts';
import { choice, expected, flag, headers, listOf, path, period, text } from './schema-text.ts';
import { parseNamespace, parsePlatformChoice, parseProxyServer, parseSelector } from './setting-parsers.ts';

export const INTERVAL = period('10s', '31d', '5m');

const common = {
  group: text(parseLabel, 'the name of a group')
    .optional()
    .meta({ description: 'shown together, and used by notify and maintenance' }),
  interval: INTERVAL.optional().meta({ description: 'between two checks; at least 10s' }),
  paused: flag.optional().meta({ description: 'true: known and shown, but not checked' }),
  muted: flag.optional().meta({ description: 'true: checked and shown, but its events are not sent' }),
};

const own = {
  name: text(parseLabel, 'a name').optional().meta({ description: 'shown; default: as written' }),
  id: text(parseId, 'an id such as app').optional().meta({
    description: 'in URLs and metrics; keeps the history when the name changes; default: made of kind and target',
  }),
};

const imageChecks = {
  platform: listOf(
    text(parsePlatformChoice, 'a platform such as linux/arm64'),
    'a platform such as linux/arm64, or a list',
  )
    .optional()
    .meta({ description: 'required platforms, or all' }),
  proof: choice(PROOFS).optional().meta({ description: 'how much to verify, as --proof of check' }),
  expect: choice(['present', 'absent', 'same-digest'])
    .optional()
    .meta({ description: 'absent: it must not exist; same-digest: it must not move' }),
  credentials: z
    .union(
      [
        z.strictObject({
          username: z.string(expected('a user name')).min(1, expected('a user name')),
          passwordFile: path.meta({ description: 'a file with the password alone; read for each check' }),
        }),
        z.strictObject({
          authFile: path.meta({ description: 'a docker config.json, podman auth.json or pull secret' }),
        }),
      ],
      expected('username and passwordFile, or authFile'),
    )
    .optional()
    .meta({ description: 'default: those that check finds' }),
};

const timeout = period('100ms', '5m', '10s').optional().meta({ description: 'time limit of a check (default: 10s)' });

const STATUS_RANGE = 'expected a status from 100 to 599.';

const status = z.union(
  [
    z
      .int()
      .min(100, STATUS_RANGE)
      .max(599, STATUS_RANGE)
      .transform((code) => ({ from: code, to: code })),
    text(parseStatus, 'a status'),
  ],
  expected('a status such as 200, or a range such as 200-299'),
);

const RESOURCE_SCHEMAS = {
  image: z.strictObject({
    image: text(parseImage, 'an image').meta({ description: 'an image reference, as for docker pull' }),
    ...own,
    ...common,
    ...imageChecks,
  }),
  http: z.strictObject({
    http: text(parseWebUrl, 'a URL').meta({ description: 'an http or https URL' }),
    ...own,
    ...common,
    expect: z
      .strictObject(
        {
          status: listOf(status, 'a status such as 200, a range such as 200-299, or a list of them')
            .optional()
            .meta({ description: 'default: 200-299' }),
          contains: z
            .string(expected('a text'))
            .min(1, expected('a text'))
            .optional()
            .meta({ description: 'a text that the body contains' }),
        },
        expected('status and contains'),
      )
      .optional(),
    method: choice(['GET', 'HEAD', 'POST', 'OPTIONS']).optional().meta({ description: 'default: GET' }),
    headers: headers.optional(),
    authFile: path.optional().meta({ description: 'a docker config.json with credentials for the host' }),
    timeout,
    caFile: path.optional().meta({ description: 'additional CA certificates to trust' }),
    insecure: flag.optional().meta({ description: 'do not verify the TLS certificate' }),
  }),
  tcp: z.strictObject({
    tcp: text(parseHostPort, 'host:port such as db.example:5432').meta({
      description: 'host:port that accepts connections',
    }),
    ...own,
    ...common,
    timeout,
  }),
  files: z.strictObject({
    files: listOf(path, 'a path, or a list of paths').meta({
      description: 'every image found in these files and directories',
    }),
    ...common,
    ...imageChecks,
  }),
  kairos: z.strictObject({
    kairos: path.meta({ description: 'the export of a Kairos, format: kairos-resources' }),
    ...common,
  }),
  kubernetes: z.strictObject({
    kubernetes: z
      .strictObject(
        {
          namespaces: listOf(text(parseNamespace, 'the name of a namespace'), 'a namespace, or a list of namespaces')
            .optional()
            .meta({ description: 'default: that of the context, or of this pod; * for all' }),
          selector: text(parseSelector, 'labels such as app=web')
            .optional()
            .meta({ description: 'only objects with these labels' }),
          context: text(parseLabel, 'the name of a context')
            .optional()
            .meta({ description: 'of the kubeconfig; default: its current one, else the cluster of this pod' }),
          server: text(parseProxyServer, 'the address of kubectl proxy')
            .optional()
            .meta({ description: 'the address of kubectl proxy, such as http://127.0.0.1:8001' }),
          refresh: period('10s', '1d', '2m').optional().meta({ description: 'between two listings (default: 2m)' }),
          secrets: choice(['none', 'named'])
            .optional()
            .meta({ description: 'named: read the pull secrets that pods and service accounts name (default: none)' }),
        },
        expected('settings such as namespaces: [shop], or {}'),
      )
      .meta({ description: 'every image of a cluster, once for each namespace' }),
    ...common,
    ...imageChecks,
  }),
} as const;

export const resourceSchema = z.union(
  [
    RESOURCE_SCHEMAS.image,
    RESOURCE_SCHEMAS.http,
    RESOURCE_SCHEMAS.tcp,
    RESOURCE_SCHEMAS.files,
    RESOURCE_SCHEMAS.kairos,
    RESOURCE_SCHEMAS.kubernetes,
  ],
  expected('exactly one of image, http, tcp, files, kairos and kubernetes'),
);
