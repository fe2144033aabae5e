import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shownHint } from '../../src/check/hint.ts';
import { describeLogin, renewHint } from '../../src/check/login-advice.ts';
import type { LoginTool } from '../../src/credentials/login-tool.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { password } from '../support/scripted-check.ts';

const login = (registry: string, tool: LoginTool): string =>
  describeLogin({ known: knownRegistry(registry), registry, tool });

const ECR = '1.dkr.ecr.eu-west-1.amazonaws.com';

/** A monitor may run in a container, where no command of a terminal helps. */
const KEYS =
  "set `credentials` of the resource (`username` and `passwordFile`, or `authFile`), or point the monitor's DOCKER_CONFIG at a directory that contains config.json";

describe('how to log in', () => {
  for (const [registry, tool, expected] of [
    ['registry.example', 'docker', '`docker login registry.example`'],
    ['registry.example', 'podman', '`podman login registry.example`'],
    [
      'registry.example:5000',
      'variables',
      'set KAIROS_PULL_REGISTRY=registry.example:5000, KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD',
    ],
    ['registry.example', 'monitor', KEYS],
    ['ghcr.io', 'monitor', `${KEYS}, with your GitHub user name and a classic token that has read:packages`],
    [
      ECR,
      'monitor',
      `${KEYS} with a credential helper: the output of \`aws ecr get-login-password --region eu-west-1\` lasts 12 hours`,
    ],
    ['docker.io', 'docker', '`docker login` with your user name (not the email address) and an access token'],
    ['docker.io', 'skopeo', '`skopeo login docker.io` with your user name (not the email address) and an access token'],
    [
      'ghcr.io',
      'variables',
      'set KAIROS_PULL_REGISTRY=ghcr.io, KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD to your GitHub user name and a classic token that has read:packages',
    ],
    [
      ECR,
      'docker',
      `\`aws ecr get-login-password --region eu-west-1 | docker login -u AWS --password-stdin ${ECR}\` (lasts 12 hours)`,
    ],
    [
      ECR,
      'variables',
      `set KAIROS_PULL_REGISTRY=${ECR}, KAIROS_PULL_USERNAME=AWS and KAIROS_PULL_PASSWORD to the output of \`aws ecr get-login-password --region eu-west-1\` (lasts 12 hours)`,
    ],
    ['team.azurecr.io', 'docker', '`az acr login --name team` (lasts about 3 hours)'],
    [
      'team.azurecr.io',
      'podman',
      '`az acr login --name team --expose-token --output tsv --query accessToken | podman login -u 00000000-0000-0000-0000-000000000000 --password-stdin team.azurecr.io` (lasts about 3 hours)',
    ],
    ['cgr.dev', 'docker', '`chainctl auth configure-docker`, or use a new pull token (they last 30 days)'],
  ] as const) {
    it(`to ${registry} with ${tool}`, () => assert.equal(login(registry, tool), expected));
  }
});

describe('what to do about rejected credentials depends on their source:', () => {
  const subject = { known: knownRegistry('registry.example'), registry: 'registry.example', tool: 'docker' } as const;
  for (const [source, text, plain = text] of [
    ['~/.docker/config.json', 'Log in again: `docker login registry.example`.'],
    [
      '--username',
      'Correct the user name (--username) or the password on standard input (--password-stdin).',
      'Correct the user name or the password.',
    ],
    ['$KAIROS_PULL_PASSWORD', 'Correct KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD.'],
    ['$DOCKER_AUTH_CONFIG', 'Correct the entry for registry.example in DOCKER_AUTH_CONFIG.'],
    [
      'docker-credential-gcloud (~/.docker/config.json)',
      'Log in again with `gcloud auth login`, which docker-credential-gcloud uses.',
    ],
    ['docker-credential-x (a.json)', 'Log in again with the tool that docker-credential-x belongs to.'],
  ] as const) {
    it(source, () => {
      const hint = renewHint(subject, password('me', source));
      assert.deepEqual([hint.code, shownHint(hint, 'command'), shownHint(hint, 'library')], ['log-in', text, plain]);
    });
  }
});
