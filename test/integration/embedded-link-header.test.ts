// A Link header (RFC 8288), which registries use for the next page of a list, is never followed: it may name any host.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson, requestsOf } from '../support/command.ts';
import type { Fault } from '../support/faults.ts';

const USERS = { ada: 'secret' };

/** What the command asks of a private registry that puts `link` on every answer; the other host counts connections. */
async function checkWith(
  link: (other: string) => string | readonly string[] | undefined,
  image: string,
  args: string[],
) {
  await using other = await startRegistry();
  await using registry = await startRegistry({ auth: 'bearer', users: USERS });
  registry.put('team/app', 'v1', createIndex([createImage({ layers: 2 }), createImage({ platform: 'linux/arm64' })]));
  const headers: Fault['headers'] = { link: link(other.origin) };
  registry.inject({ headers });
  const login = { auths: { [registry.name]: { auth: btoa('ada:secret') } } };
  const { result } = await checkJson([`${registry.name}/${image}`, ...args], {
    env: { DOCKER_AUTH_CONFIG: JSON.stringify(login) },
  });
  return { requests: requestsOf(result), verdict: result.verdict, connections: other.connections };
}

describe('a Link header is never followed', () => {
  const links: Readonly<Record<string, (other: string) => string | readonly string[]>> = {
    'to another host': (other) => `<${other}/v2/team/app/tags/list?last=v1>; rel="next"`,
    'to a metadata service': () => '<http://169.254.169.254/latest/meta-data>; rel="next"',
    'to the registry itself': () => '</v2/team/app/tags/list?last=v1>; rel="next"',
    'in several lines': (other) => [`<${other}/a>; rel=next`, `<${other}/b>; rel=preload`, `<${other}/c>; rel=subject`],
  };
  const checks: Readonly<Record<string, readonly [image: string, args: string[]]>> = {
    'of a manifest': ['team/app:v1', []],
    'of an index with all its layers': ['team/app:v1', ['--layers']],
    'of what is not there': ['team/app:v2', ['--retries', '0']],
  };
  for (const [where, link] of Object.entries(links)) {
    for (const [what, [image, args]] of Object.entries(checks)) {
      it(`${where}, on the answers ${what}`, async () => {
        const linked = await checkWith(link, image, args);
        const plain = await checkWith(() => undefined, image, args);
        assert.deepEqual(
          { ...linked, requests: linked.requests.toSorted() },
          {
            ...plain,
            requests: plain.requests.toSorted(),
          },
        );
        assert.equal(linked.connections, 0);
      });
    }
  }
});
