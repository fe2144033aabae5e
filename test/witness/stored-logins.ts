// Rows of the witness suite: credentials in a config.json of docker, and from helpers.

import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { createImage } from '../../src/demo/image.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { replyWith } from '../support/faults.ts';
import type { Group, Situation } from './situation.ts';

const AUTH = Buffer.from('ada:right').toString('base64');

interface Stored {
  /** Of `host[:port]`, as JSON. */
  readonly config: (registry: string) => object;
  /** A script that is `docker-credential-row`. */
  readonly helper?: string;
  /** What the registry accepts as Basic. */
  readonly accepts?: string;
}

/** A registry that requires Basic. */
const stored =
  ({ config, helper, accepts = AUTH }: Stored): Situation['prepare'] =>
  async ({ startRegistry, write }) => {
    const registry = await startRegistry();
    registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    const headers = { 'www-authenticate': 'Basic realm="x"' };
    registry.inject(({ headers: { authorization } }) =>
      authorization === `Basic ${accepts}`
        ? undefined
        : replyWith(errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers)),
    );
    const dockerConfig = write('docker/config.json', JSON.stringify(config(registry.name)));
    const image = `${registry.name}/team/app:v1`;
    if (helper === undefined) return { image, dockerConfig };
    const program = write('bin/docker-credential-row', `#!/bin/sh\ncat >/dev/null\n${helper}\n`);
    chmodSync(program, 0o755);
    return { image, dockerConfig, env: { PATH: `${dirname(program)}${delimiter}${process.env.PATH}` } };
  };

const WITHOUT = ['containerd'] as const;
const PRINTS = `echo '{"ServerURL":"x","Username":"ada","Secret":"right"}'`;

export const STORED: Group = {
  title: 'Stored credentials',
  rows: [
    {
      name: 'credentials in `auths`',
      prepare: stored({ config: (registry) => ({ auths: { [registry]: { auth: AUTH } } }) }),
      pulls: 'all',
      without: WITHOUT,
      says: 'pullable',
    },
    {
      name: 'a password that is not UTF-8',
      prepare: stored({
        config: (registry) => ({
          auths: { [registry]: { auth: Buffer.from('ada:p\xe4', 'latin1').toString('base64') } },
        }),
        accepts: Buffer.from('ada:p\xe4', 'latin1').toString('base64'),
      }),
      pulls: 'all',
      without: WITHOUT,
      says: 'pullable',
    },
    {
      name: 'an identity token with user name and password, where Basic is required',
      prepare: stored({ config: (registry) => ({ auths: { [registry]: { auth: AUTH, identitytoken: 'idt' } } }) }),
      pulls: 'all',
      without: WITHOUT,
      says: 'pullable',
    },
    {
      name: 'a registry token with user name and password, where Basic is required',
      prepare: stored({ config: (registry) => ({ auths: { [registry]: { auth: AUTH, registrytoken: 'rt' } } }) }),
      pulls: ['skopeo', 'podman', 'oras'],
      without: WITHOUT,
      says: 'pullable',
      warns: ['credentials-file'],
      why: 'docker and crane send the token: a warning.',
    },
    {
      name: 'a registry token only, where Basic is required',
      prepare: stored({ config: (registry) => ({ auths: { [registry]: { registrytoken: 'rt' } } }) }),
      pulls: [],
      without: WITHOUT,
      says: 'unauthorized/credentials-required',
    },
    {
      name: 'a helper in `credHelpers`',
      prepare: stored({ config: (registry) => ({ credHelpers: { [registry]: 'row' } }), helper: PRINTS }),
      pulls: 'all',
      without: WITHOUT,
      says: 'pullable',
    },
    {
      name: 'a helper that prints text after its JSON object',
      prepare: stored({
        config: (registry) => ({ credHelpers: { [registry]: 'row' } }),
        helper: `${PRINTS}\necho bye`,
      }),
      pulls: ['skopeo', 'podman', 'crane'],
      without: WITHOUT,
      says: 'pullable',
      warns: ['helper-output'],
      why: 'docker and podman ignore the text, oras does not: a warning.',
    },
    {
      name: 'a helper in `credHelpers` that fails, although `auths` has valid credentials',
      prepare: stored({
        config: (registry) => ({ auths: { [registry]: { auth: AUTH } }, credHelpers: { [registry]: 'row' } }),
        helper: 'exit 1',
      }),
      pulls: [],
      without: WITHOUT,
      says: 'unauthorized/credentials-required',
    },
    {
      name: 'a helper in `credHelpers` under an `https://` key',
      prepare: stored({
        config: (registry) => ({ credHelpers: { [`https://${registry}`]: 'row' } }),
        helper: PRINTS,
      }),
      pulls: [],
      without: WITHOUT,
      says: 'unauthorized/credentials-required',
    },
  ],
};
