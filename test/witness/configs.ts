// Rows of the witness suite: the config of an image, and the platform that it or an index gives.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import type { ClientName } from './client.ts';
import { atRegistry, type Group, type Situation } from './situation.ts';

const AMD64 = ['--platform', 'linux/amd64'];
const fresh = () => randomBytes(8).toString('hex');

const config = (fields: Readonly<Record<string, unknown>>): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', createImage({ text: fresh(), config: fields }));
    return AMD64;
  });

const row = (
  name: string,
  prepare: Situation['prepare'],
  pulls: Situation['pulls'],
  warns: readonly string[],
  why?: string,
): Situation => ({ name, prepare, pulls, says: 'pullable', warns, ...(why && { why }) });

const listed = (...platforms: readonly (Readonly<Record<string, unknown>> | null)[]): Situation['prepare'] =>
  atRegistry((registry) => {
    const images = platforms.map((platform) => ({ image: createImage({ text: fresh() }), platform }));
    registry.put('team/app', 'v1', createIndex(images));
    return AMD64;
  });

const LINUX = { os: 'linux', architecture: 'amd64' };
const FEATURES = { ...LINUX, 'os.features': ['sse4'] };
const BUT_PODMAN: readonly ClientName[] = ['skopeo', 'crane', 'oras', 'containerd'];
const DOCKERS =
  'podman and docker decode more fields than the OCI specification has: a warning, where the config is read.';
const NESTED = 'podman refuses an index in an index: a warning.';

const nested = (depth: number, platform: Readonly<Record<string, unknown>> | null): Situation['prepare'] =>
  atRegistry((registry) => {
    let inner = createIndex([createImage({ text: fresh() })]);
    for (let at = 0; at < depth; at += 1) {
      inner = createIndex([{ image: inner, platform }], { annotations: { depth: String(at) } });
    }
    registry.put('team/app', 'v1', inner);
    return AMD64;
  });

export const CONFIGS: Group = {
  title: 'The config and the platform of an image',
  rows: [
    row('a valid health check', config({ config: { Healthcheck: { Interval: 30_000_000_000 } } }), 'all', []),
    row(
      'a health check whose interval is a text',
      config({ config: { Healthcheck: { Interval: '30s' } } }),
      BUT_PODMAN,
      ['config-field'],
      DOCKERS,
    ),
    row('`OnBuild` that is a text', config({ config: { OnBuild: 'x' } }), BUT_PODMAN, ['config-field'], DOCKERS),
    row('`docker_version` that is a number', config({ docker_version: 5 }), BUT_PODMAN, ['config-field'], DOCKERS),
    row(
      'diff_ids that are not digests',
      config({ rootfs: { type: 'layers', diff_ids: ['x'] } }),
      ['skopeo', 'podman', 'crane', 'oras'],
      ['config-field'],
      'containerd compares them with the layers: a warning, where the config is read.',
    ),
    row(
      'a config without an architecture',
      config({ architecture: undefined }),
      ['skopeo', 'podman', 'crane', 'containerd'],
      ['platform-unclear'],
      'oras requires the architecture: a warning.',
    ),
    row('a config with `os.features`', config({ 'os.features': ['sse4'] }), 'all', ['platform-unclear']),
    {
      name: 'a config for another architecture',
      prepare: config({ architecture: 'arm64' }),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'platform-missing',
      why: 'The clients pull a single image for any platform; the required platform cannot run it.',
    },
    row('an entry with `os.features`', listed(FEATURES), 'all', ['platform-unclear']),
    row('an entry with `os.features`, and one without', listed(FEATURES, LINUX), 'all', []),
    row('an index in an index', nested(1, LINUX), ['crane', 'oras', 'containerd'], ['nested-index'], NESTED),
    row('an index in an index, without a platform', nested(1, null), ['crane', 'containerd'], ['nested-index'], NESTED),
    row('indexes five deep', nested(5, LINUX), ['crane', 'oras', 'containerd'], ['nested-index'], NESTED),
    {
      name: 'indexes twelve deep',
      prepare: nested(12, LINUX),
      pulls: ['crane', 'oras', 'containerd'],
      says: 'corrupt',
      why: 'The check reads eight levels; the message says so.',
    },
  ],
};
