import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownRegistry } from '../../src/registry/well-known.ts';

describe('knownRegistry', () => {
  for (const [registry, name] of [
    ['docker.io', 'Docker Hub'],
    ['GHCR.io', 'GHCR'],
    ['ghcr.io:443', 'GHCR'],
    ['gcr.io', 'Google Artifact Registry'],
    ['eu.gcr.io', 'Google Artifact Registry'],
    ['europe-west1-docker.pkg.dev', 'Google Artifact Registry'],
    ['mirror.gcr.io', 'mirror.gcr.io'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'Amazon ECR'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'Amazon ECR'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'Amazon ECR'],
    ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', 'Amazon ECR'],
    ['public.ecr.aws', 'Amazon ECR Public'],
    ['team.azurecr.io', 'Azure Container Registry'],
    ['mcr.microsoft.com', 'Microsoft Container Registry'],
    ['fra.ocir.io', 'Oracle Cloud'],
    ['ocir.eu-frankfurt-1.oci.oraclecloud.com', 'Oracle Cloud'],
    ['uk.icr.io', 'IBM Cloud'],
    ['registry.cn-hangzhou.aliyuncs.com', 'Alibaba Cloud'],
    ['rg.fr-par.scw.cloud', 'Scaleway'],
    ['registry.example:5000', 'registry.example:5000'],
    ['ghcr.io.evil.example', 'ghcr.io.evil.example'],
    ['notgcr.io', 'notgcr.io'],
    ['evilquay.io', 'evilquay.io'],
  ] as const) {
    it(`names ${registry} ${name}`, () => assert.equal(knownRegistry(registry).name, name));
  }

  it('puts the host, or its region, into the login command', () => {
    const ecr = knownRegistry('1.dkr.ecr.eu-west-1.amazonaws.com').login;
    assert.equal(ecr?.passwordFrom, 'aws ecr get-login-password --region eu-west-1');
    assert.equal(knownRegistry('team.azurecr.io').login?.command, 'az acr login --name team');
  });

  it('returns only the name of an unknown registry', () => {
    assert.deepEqual(knownRegistry('registry.example'), { name: 'registry.example' });
  });

  it('counts a GET as a pull on Docker Hub only', () => {
    assert.equal(knownRegistry('docker.io').countsManifestGets, true);
    assert.equal(knownRegistry('ghcr.io').countsManifestGets, undefined);
  });
});
