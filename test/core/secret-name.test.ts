import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSecretName } from '../../src/core/secret-name.ts';

describe('isSecretName', () => {
  const secret =
    'PASSWORD DB_PASSWORD DB_PASSWORD_FILE KAIROS_PULL_PASSWORD db_passwd TOKEN GITHUB_TOKEN CI_JOB_TOKEN TOKEN_2 ' +
    'SECRET_VALUE CLIENT_SECRET CREDENTIAL GOOGLE_APPLICATION_CREDENTIALS SIGNING_KEY private_key NPM_AUTH ' +
    'AWS_SECRET_ACCESS_KEY aws_secret_access_key AWS_SECRETS AWS_SESSION_TOKEN AWS_SESSION AWS_ACCESS_KEY_ID ' +
    'AWS_ACCESS_KEY DOCKER_AUTH_CONFIG HTTP_PROXY https_proxy ALL_PROXY all_proxy ' +
    'authToken _authToken clientSecret ClientSecret dbPassword DBPassword db_rootPassword apiKey npmAuth tokenFile ' +
    'awsSecretAccessKey awsSessionToken s3Credentials userTOKEN';
  for (const name of secret.split(' ')) it(`${name} is one`, () => assert.equal(isSecretName(name), true));

  const open =
    'TAG VERSION AWS_ACCOUNT_ID AWS_REGION AUTHENTIK_TAG KEYCLOAK_VERSION TOKENS TOKENIZER_TAG PASSWORDLESS SECRETS ' +
    'MY_TOKENIZER KEY AUTH KEY_ID MONKEY AUTH_VERSION NO_PROXY HTTP_PROXY_IMAGE MY_HTTP_PROXY PROXY_TAG ' +
    'DOCKER_AUTH_CONFIG_VERSION MY_AWS_SECRETARY CREDENTIALED USERNAME KAIROS_PULL_USERNAME ' +
    'awsAccountId authentikTag tokenizerImage TokenizerImage keycloakVersion monkey passwordless secretaryTag ' +
    'AuthentikTag authVersion keyId imageTAG';
  for (const name of open.split(' ')) it(`${name} is none`, () => assert.equal(isSecretName(name), false));
});
