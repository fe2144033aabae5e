// Reads the platform in an image's config, after it was verified by its descriptor: OCI image-spec config.md.

import { digestOf, isDigest, isSha256 } from '../core/digest.ts';
import { type JsonValue, parseJson } from '../core/json.ts';
import { BOOL, decodeJson, INT64, listOf, mapOf, struct, TEXT, TIME } from '../core/json-shape.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { shownPlatform } from '../core/platform.ts';
import { formatCount } from '../core/quantity.ts';
import type { Quote } from '../http/send.ts';
import type { ManifestBytes } from './manifest.ts';
import type { Descriptor } from './manifest-schema.ts';

/** podman rejects larger ones; real ones stay below a few hundred KiB. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

export interface ImageConfig {
  /** Its `os`, `architecture`, `variant`, …: the same fields as in an entry of an index, and trusted as little. */
  readonly platform: unknown;
  /** How many layers it describes. */
  readonly layers: number;
  /** Why some runtimes refuse it; each completes "the config …". */
  readonly doubts: readonly string[];
}

/** The error completes "the config …". */
export function readImageConfig(
  { bytes, truncated, quote }: Omit<ManifestBytes, 'contentType'>,
  { digest, size }: Descriptor,
): Outcome<ImageConfig, string> {
  if (truncated) return failure(`is larger than ${MAX_CONFIG_BYTES / 1024 / 1024} MiB, which runtimes reject`);
  if (bytes.length !== size) return failure(`has ${formatCount(bytes.length, 'byte')}, but the manifest says ${size}`);
  const actual = digestOf(bytes, digest);
  if (actual !== digest) return failure(`does not match its digest: the content's digest is ${actual}`);
  const document = parseJson(bytes);
  if (document === undefined) return failure('is not valid JSON');
  const read = decodeJson(configShape, document, quote);
  if (!read.ok) return read;
  const diffIds = read.value.rootfs?.diff_ids ?? [];
  const platform = shownPlatform(read.value, quote);
  return success({ platform, layers: diffIds.length, doubts: doubtsOf(document, diffIds, quote) });
}

function doubtsOf(document: JsonValue, diffIds: readonly string[], quote: Quote): readonly string[] {
  const asDocker = decodeJson(dockerShape, document, quote);
  const at = diffIds.findIndex((diffId) => !isDigest(diffId) || !isSha256(diffId));
  const diffId = quote(diffIds[at] ?? '', 80);
  return [
    ...(asDocker.ok ? [] : [`${asDocker.error}: docker and podman refuse it`]),
    ...(at < 0
      ? []
      : [`has no valid rootfs.diff_ids[${at}]: "${diffId}" is not a sha256 digest: containerd refuses it`]),
  ];
}

/** Go encodes a set so. */
const names = mapOf(struct({}));

/** containerd and podman decode this before they unpack a layer, and fail if the config does not fit. */
const configShape = struct({
  created: TIME,
  author: TEXT,
  architecture: TEXT,
  variant: TEXT,
  os: TEXT,
  'os.version': TEXT,
  'os.features': listOf(TEXT),
  config: struct({
    User: TEXT,
    ExposedPorts: names,
    Env: listOf(TEXT),
    Entrypoint: listOf(TEXT),
    Cmd: listOf(TEXT),
    Volumes: names,
    WorkingDir: TEXT,
    Labels: mapOf(TEXT),
    StopSignal: TEXT,
    ArgsEscaped: BOOL,
  }),
  rootfs: struct({ type: TEXT, diff_ids: listOf(TEXT) }),
  history: listOf(struct({ created: TIME, created_by: TEXT, author: TEXT, comment: TEXT, empty_layer: BOOL })),
});

const container = struct(
  {
    Hostname: TEXT,
    Domainname: TEXT,
    AttachStdin: BOOL,
    AttachStdout: BOOL,
    AttachStderr: BOOL,
    Tty: BOOL,
    OpenStdin: BOOL,
    StdinOnce: BOOL,
    Healthcheck: struct(
      {
        Test: listOf(TEXT),
        Interval: INT64,
        Timeout: INT64,
        StartPeriod: INT64,
        Retries: INT64,
      },
      'any',
    ),
    Image: TEXT,
    NetworkDisabled: BOOL,
    MacAddress: TEXT,
    OnBuild: listOf(TEXT),
    StopTimeout: INT64,
  },
  'any',
);

/** docker and podman decode these fields too, in every image; the OCI image-spec does not define them. */
const dockerShape = struct(
  {
    id: TEXT,
    parent: TEXT,
    comment: TEXT,
    container: TEXT,
    container_config: container,
    docker_version: TEXT,
    config: container,
    Size: INT64,
  },
  'any',
);
