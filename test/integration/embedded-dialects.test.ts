// Public, missing and private images at each kind of registry: anonymously, with a correct and with a wrong credential.
// A remembered challenge, right or wrong, changes none of the results.

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Dialect } from '../../src/demo/dialect.ts';
import { createImage } from '../../src/demo/image.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { checkJson } from '../support/command.ts';
import { type NamedRegistry, startNamedRegistry } from '../support/named-registry.ts';
import { DIALECTS } from '../support/registry-dialects.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

interface Row {
  readonly host: string;
  /** Exit code, reason and cause. */
  readonly private: string;
  readonly privateWrongLogin: string;
  /** Where the wrong login shows: the image is pullable all the same. */
  readonly publicWrongLogin?: string;
  /** Without a login: `/v2/` requires one. */
  readonly missing?: string;
  /** ECR serves nothing without a login. */
  readonly nothingPublic?: true;
}

const HIDDEN = '3 unauthorized/missing-or-private';
const FORBIDDEN = '3 denied/missing-or-no-access';
const LOGIN_WANTED = '3 unauthorized/credentials-required';
const LOGIN_WRONG = '3 unauthorized/bad-credentials';
/** The registry never asked for it, or takes a wrong login for none. */
const UNNOTICED = '0 pullable';

const ROWS: Readonly<Record<keyof typeof DIALECTS, Row>> = {
  dockerHub: { host: 'docker.io', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  ghcr: { host: 'ghcr.io', private: FORBIDDEN, privateWrongLogin: LOGIN_WRONG },
  quay: { host: 'quay.io', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  harbor: {
    host: 'harbor.example.com',
    private: HIDDEN,
    privateWrongLogin: HIDDEN,
    publicWrongLogin: UNNOTICED,
  },
  gitlab: { host: 'registry.gitlab.com', private: FORBIDDEN, privateWrongLogin: LOGIN_WRONG },
  googleArtifactRegistry: { host: 'europe-docker.pkg.dev', private: FORBIDDEN, privateWrongLogin: LOGIN_WRONG },
  ecr: {
    host: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    private: LOGIN_WANTED,
    privateWrongLogin: LOGIN_WRONG,
    nothingPublic: true,
  },
  ecrPublic: { host: 'public.ecr.aws', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  azure: { host: 'team.azurecr.io', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  artifactory: { host: 'team.jfrog.io', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  gitea: { host: 'gitea.example.com', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
  zot: {
    host: 'zot.example.com',
    missing: HIDDEN,
    private: LOGIN_WANTED,
    privateWrongLogin: LOGIN_WRONG,
    publicWrongLogin: UNNOTICED,
  },
  nexus: {
    host: 'nexus.example.com',
    missing: HIDDEN,
    private: LOGIN_WANTED,
    privateWrongLogin: LOGIN_WRONG,
    publicWrongLogin: UNNOTICED,
  },
  ibm: { host: 'icr.io', private: HIDDEN, privateWrongLogin: LOGIN_WRONG },
};

async function startDialect(dialect: Dialect, { host, nothingPublic }: Row): Promise<NamedRegistry> {
  const named = await startNamedRegistry({
    host: host === 'docker.io' ? 'registry-1.docker.io' : host,
    dialect,
    users: { ada: 'right' },
    access: (user, repository) => user !== undefined || (!nothingPublic && repository.endsWith('public')),
  });
  for (const repository of ['local/public', 'local/private']) named.registry.put(repository, 'v1', createImage());
  return named;
}

const WRONG = 'a realm that is gone';

/** What the file of remembered challenges holds before a check; undefined: what the checks before it left. */
const MEMORIES: Readonly<Record<string, string | undefined>> = {
  'nothing remembered': '',
  'what was remembered': undefined,
  'garbage for a memory': '{"version":1,"challenges":{"https',
  'a wrong memory': WRONG,
};

const wrongMemory = (origin: string): string =>
  JSON.stringify({
    version: 1,
    challenges: { [origin]: { realm: 'https://gone.example/token', service: 'gone', seenMs: Date.now() } },
  });

describe('images at', { skip: withoutOpenssl }, () => {
  const cases = Object.entries(ROWS).flatMap(([name, row]) =>
    Object.entries(MEMORIES).map(([title, memory]) => ({ name, row, title, memory })),
  );
  for (const { name, row, title, memory } of cases) {
    it(`${name}, as ${row.host}, with ${title}`, async () => {
      using cache = createTemporaryFolder();
      await using named = await startDialect(DIALECTS[name as keyof typeof DIALECTS], row);
      const origin = `https://${row.host === 'docker.io' ? 'registry-1.docker.io' : row.host}`;
      const remember = (): void => {
        if (memory === undefined) return;
        const file = cache.write('kairos-pull/challenges.json', memory === WRONG ? wrongMemory(origin) : memory);
        chmodSync(file, 0o600);
      };
      const judge = async (image: string, password?: string): Promise<string> => {
        const login = password === undefined ? [] : ['--username', 'ada', '--password-stdin'];
        remember();
        const { result, exitCode } = await checkJson([`${row.host}/local/${image}`, '--insecure', ...login], {
          env: { ...named.env, XDG_CACHE_HOME: cache.path },
          stdin: password ?? '',
        });
        const judgement = [result.reason ?? result.verdict, result.cause].filter((word) => word !== null).join('/');
        return [`${exitCode} ${judgement}`, ...result.warnings.map(({ code }) => code)].join(', ');
      };
      const missing = knownRegistry(row.host).notFoundMeansTag ? '4 not-found/tag' : '4 not-found';
      const met = {
        public: await judge('public:v1'),
        missing: await judge('public:v9'),
        private: await judge('private:v1'),
        privateWithLogin: await judge('private:v1', 'right'),
        missingWithLogin: await judge('private:v9', 'right'),
        publicWrongLogin: await judge('public:v1', 'wrong'),
        privateWrongLogin: await judge('private:v1', 'wrong'),
      };
      assert.deepEqual(met, {
        public: row.nothingPublic ? LOGIN_WANTED : '0 pullable',
        missing: row.nothingPublic ? LOGIN_WANTED : (row.missing ?? missing),
        private: row.private,
        privateWithLogin: '0 pullable',
        missingWithLogin: missing,
        publicWrongLogin: row.nothingPublic ? LOGIN_WRONG : (row.publicWrongLogin ?? LOGIN_WRONG),
        privateWrongLogin: row.privateWrongLogin,
      });
    });
  }
});
