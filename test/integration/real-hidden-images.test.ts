// Registries that hide from anonymous clients what they have, or whose manifest names another challenge than /v2/: the
// verdict agrees with what a real client pulls from the same server.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import { errorReply, jsonReply, type Reply } from '../../src/demo/reply.ts';
import { type EmbeddedServer, startServer } from '../../src/demo/server.ts';
import { checkJson, requestsOf } from '../support/command.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createRealClient, type RealClient } from '../support/skopeo.ts';

const skip = requirePrograms('skopeo');
const IMAGE = createImage({ platform: 'linux/amd64' });
const INDEX = createIndex([IMAGE]);
const BASIC = `Basic ${btoa('me:secret')}`;
const BASIC_CHALLENGE = 'Basic realm="x"';

type Where = 'base' | 'manifest' | 'child' | 'blob';

interface Row {
  readonly name: string;
  /** What opens the registry. */
  readonly opens: 'password' | 'token-for-password' | 'token-for-all';
  /** To a request without it. */
  readonly closed: (where: Where, origin: string) => Reply | 'content';
  readonly login: boolean;
  readonly isPullable: boolean;
  /** `reason/cause`; unset: it is pullable. */
  readonly expected?: string;
  readonly args?: readonly string[];
  readonly index?: true;
  readonly requests: readonly string[];
}

const challenged = (challenge: string): Reply =>
  errorReply(401, 'UNAUTHORIZED', 'authentication required', undefined, { 'www-authenticate': challenge });
const bearer = (origin: string): string => `Bearer realm="${origin}/token",service="r"`;
const hiding =
  (status: number, code: string, challenge: (origin: string) => string): Row['closed'] =>
  (where, origin) =>
    where === 'base' ? challenged(challenge(origin)) : errorReply(status, code, 'no');
const basic = () => BASIC_CHALLENGE;

const ROWS: readonly Row[] = [
  ...(
    [
      [404, 'MANIFEST_UNKNOWN'],
      [403, 'DENIED'],
      [400, 'UNSUPPORTED'],
    ] as const
  ).map(
    ([status, code]): Row => ({
      name: `${status} without a challenge, Basic at /v2/`,
      opens: 'password',
      closed: hiding(status, code, basic),
      login: true,
      isPullable: true,
      requests: [`GET manifest ${status}`, 'GET ping 401', 'GET manifest 200'],
    }),
  ),
  {
    name: '404 without a challenge, Bearer at /v2/',
    opens: 'token-for-password',
    closed: hiding(404, 'MANIFEST_UNKNOWN', bearer),
    login: true,
    isPullable: true,
    requests: ['GET manifest 404', 'GET ping 401', 'GET token 200', 'GET manifest 200'],
  },
  {
    name: '404 without a challenge, Bearer for all at /v2/',
    opens: 'token-for-all',
    closed: hiding(404, 'MANIFEST_UNKNOWN', bearer),
    login: false,
    isPullable: true,
    requests: ['GET manifest 404', 'GET ping 401', 'GET token 200', 'GET manifest 200'],
  },
  {
    name: '404 without a challenge, Basic at /v2/, no login',
    opens: 'password',
    closed: hiding(404, 'MANIFEST_UNKNOWN', basic),
    login: false,
    isPullable: false,
    expected: 'unauthorized/missing-or-private',
    requests: ['GET manifest 404', 'GET ping 401'],
  },
  {
    name: '403 without a challenge, Bearer at /v2/, no login',
    opens: 'token-for-password',
    closed: hiding(403, 'DENIED', bearer),
    login: false,
    isPullable: false,
    expected: 'denied/missing-or-no-access',
    requests: ['GET manifest 403', 'GET ping 401', 'GET token 401'],
  },
  {
    name: '404 without a challenge for blobs',
    opens: 'password',
    closed: (where) => (where === 'manifest' ? 'content' : hiding(404, 'BLOB_UNKNOWN', basic)(where, '')),
    login: true,
    isPullable: true,
    args: ['--layers'],
    requests: ['GET manifest 200', 'HEAD blob 404', 'GET ping 401', 'HEAD blob 200'],
  },
  ...(
    [
      [404, 'MANIFEST_UNKNOWN'],
      [403, 'DENIED'],
      [400, 'UNSUPPORTED'],
    ] as const
  ).map(
    ([status, code]): Row => ({
      name: `${status} without a challenge for a child manifest`,
      opens: 'password',
      closed: (where) => (where === 'manifest' ? 'content' : hiding(status, code, basic)(where, '')),
      login: true,
      isPullable: true,
      index: true,
      args: ['--platform', 'linux/amd64'],
      requests: ['GET manifest 200', `GET child-manifest ${status}`, 'GET ping 401', 'GET child-manifest 200'],
    }),
  ),
  {
    name: '404 without a challenge for a child manifest, no login',
    opens: 'password',
    closed: (where) => (where === 'manifest' ? 'content' : hiding(404, 'MANIFEST_UNKNOWN', basic)(where, '')),
    login: false,
    isPullable: false,
    expected: 'unauthorized/missing-or-private',
    index: true,
    args: ['--platform', 'linux/amd64'],
    requests: ['GET manifest 200', 'GET child-manifest 404', 'GET ping 401'],
  },
  {
    name: '401 with Basic, Bearer for all at /v2/',
    opens: 'token-for-all',
    closed: (where, origin) => challenged(where === 'base' ? bearer(origin) : BASIC_CHALLENGE),
    login: false,
    isPullable: true,
    requests: ['GET manifest 401', 'GET ping 401', 'GET token 200', 'GET manifest 200'],
  },
  {
    name: '401 with Basic that refuses the login, Bearer at /v2/',
    opens: 'token-for-password',
    closed: (where, origin) => challenged(where === 'base' ? bearer(origin) : BASIC_CHALLENGE),
    login: true,
    isPullable: true,
    requests: ['GET manifest 401', 'GET manifest 401', 'GET ping 401', 'GET token 200', 'GET manifest 200'],
  },
  {
    name: '401 with an unsupported scheme, Basic at /v2/',
    opens: 'password',
    closed: (where) => challenged(where === 'base' ? BASIC_CHALLENGE : 'Negotiate'),
    login: true,
    isPullable: true,
    requests: ['GET manifest 401', 'GET ping 401', 'GET manifest 200'],
  },
];

const start = ({ opens, closed, index }: Row): Promise<EmbeddedServer> => {
  const answer = ({ path, headers }: LoggedRequest): Reply => {
    const { authorization, host = '' } = headers;
    const origin = `http://${host}`;
    if (path === '/token') {
      const isIssued = opens === 'token-for-all' || authorization === BASIC;
      return isIssued ? jsonReply(200, { token: 'good' }) : errorReply(401, 'UNAUTHORIZED', 'no');
    }
    const where = whereOf(path, index ? IMAGE.manifest.digest : undefined);
    const isOpen = authorization === (opens === 'password' ? BASIC : 'Bearer good');
    const reply = isOpen ? 'content' : closed(where, origin);
    if (reply !== 'content') return reply;
    if (where === 'base') return { status: 200 };
    const content = [IMAGE.manifest, ...IMAGE.blobs].find((one) => path.endsWith(one.digest));
    const { bytes, mediaType, digest } = content ?? (index ? INDEX : IMAGE).manifest;
    return { status: 200, headers: { 'content-type': mediaType, 'docker-content-digest': digest }, body: bytes };
  };
  return startServer(answer);
};

function whereOf(path: string, child: string | undefined): Where {
  if (path === '/v2/') return 'base';
  if (!path.includes('/manifests/')) return 'blob';
  return child !== undefined && path.endsWith(child) ? 'child' : 'manifest';
}

describe('an image that is hidden from anonymous clients', { skip }, () => {
  let client: RealClient;
  before(() => {
    client = createRealClient();
  });
  after(() => client[Symbol.dispose]());

  for (const row of ROWS) {
    it(row.name, async () => {
      await using server = await start(row);
      const image = `${server.name}/team/app:1`;
      const auths = row.login ? { [server.name]: { auth: btoa('me:secret') } } : {};
      const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) };
      const credentials = row.login ? ['--src-creds', 'me:secret'] : ['--src-no-creds'];
      const amd64 = ['--override-os', 'linux', '--override-arch', 'amd64'];
      const copy = [
        ...amd64,
        'copy',
        '--src-tls-verify=false',
        ...credentials,
        `docker://${image}`,
        `dir:${client.home}/copy`,
      ];
      assert.equal((await client.run(copy)).status === 0, row.isPullable, 'skopeo');

      const { result } = await checkJson([image, ...(row.args ?? [])], { env });
      const judged = result.reason === null ? undefined : `${result.reason}/${result.cause}`;
      assert.equal(judged, row.expected, result.message);
      const distinct = requestsOf(result).filter((line, at, all) => !line.includes('blob') || all.indexOf(line) === at);
      assert.deepEqual(
        distinct.filter((line) => !/config|HEAD manifest/.test(line)),
        row.requests,
      );

      const { exitCode } = await checkJson([image, '--expect', 'absent'], { env });
      assert.notEqual(exitCode, 0, 'it is not absent');
    });
  }
});
