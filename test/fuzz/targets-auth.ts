// Files that contain credentials.

import assert from 'node:assert/strict';
import { bytesOfText } from '../../src/core/byte-text.ts';
import { matchAuthKey } from '../../src/credentials/auth-key.ts';
import { lookupSteps } from '../../src/credentials/credential-chain.ts';
import { parseCredentialText } from '../../src/credentials/credential-file.ts';
import { decodeBase64Text } from '../../src/credentials/go-document.ts';
import { parsePullSecrets } from '../../src/credentials/pull-secret.ts';
import { findPullSecrets } from '../../src/input/pull-secret.ts';
import { assertLine } from './property.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const AUTH = Buffer.from('user:pass').toString('base64');

const CONFIGS = [
  `{"auths":{"https://index.docker.io/v1/":{"auth":"${AUTH}"},"quay.io/org":{"username":"u","password":"p"}}}`,
  '{"auths":{"r.example":{"identitytoken":"t"},"*.r.example:5000":{"registrytoken":"t"}},"credsStore":"pass"}',
  `{"credHelpers":{"r.example":"ecr-login","gcr.io":""},"auths":{"r.example":{}},"r.example":{"auth":"${AUTH}"}}`,
  `{"kind":"Secret","type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":"{}"}}`,
];

const PULL_SECRETS = [
  `apiVersion: v1\nkind: Secret\nmetadata: {name: reg, namespace: x}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${Buffer.from(CONFIGS[0] ?? '').toString('base64')}\n`,
  'kind: Secret\ntype: kubernetes.io/dockercfg\nstringData:\n  .dockercfg: |\n    {"r.example":{"auth":"dTpw"}}\n',
  'kind: List\nitems:\n- kind: Pod\n  spec: {imagePullSecrets: [{name: reg}]}\n---\nkind: ServiceAccount\nimagePullSecrets:\n- name: other\n',
];

const FIELDS = [
  '"auths":',
  '"auth":"',
  AUTH,
  '"credHelpers":',
  '"credsStore":',
  '{',
  '}',
  '"r.example"',
  ':',
  ',',
  '[',
  'null',
];

const config = textTarget('docker-config', { seeds: CONFIGS, words: FIELDS, cost: 2 }, async (text) => {
  const parsed = await parseCredentialText(text);
  if (!parsed.ok) return assertLine(parsed.error);
  for (const registry of ['docker.io', 'r.example', 'quay.io']) {
    for (const step of lookupSteps(parsed.value, registry, 'org/app')) {
      if (step.kind === 'problem') assert.ok(!step.problem.includes(AUTH), step.problem);
      assertLine(step.match.shown.replaceAll(/[^ -~]/g, ''));
    }
  }
});

const pullSecret = textTarget(
  'pull-secret',
  {
    seeds: PULL_SECRETS,
    words: ['kind: Secret\n', 'data:\n', '  .dockerconfigjson: ', 'type: ', '---\n', 'items:\n', '- '],
    cost: 4,
  },
  async (text) => {
    const { secrets } = findPullSecrets(text);
    for (const { key } of parsePullSecrets(secrets).auths) assert.equal(typeof key, 'string');
    await parseCredentialText(text);
  },
);

const key = textTarget(
  'auth-key',
  {
    seeds: [
      'https://index.docker.io/v1/',
      'quay.io/org/app',
      '*.r.example:5000',
      'http://a@b/v2/',
      'r.example',
      '[::1]:5000',
    ],
    words: ['https://', '/', '*', '.', ':', '@', '?', '#', 'docker.io', 'v1', '**'],
  },
  (text) => {
    for (const registry of ['docker.io', 'r.example', 'a.r.example:5000', text]) {
      const match = matchAuthKey(text, registry, 'org/app');
      if (match === undefined) continue;
      assert.ok(match.servers.length > 0);
      assert.doesNotMatch(match.shown, /^(?:https?:\/\/)?[^/]*@/);
    }
  },
);

const base64 = textTarget(
  'base64',
  { seeds: [AUTH, 'dTpw', 'dTpw\n', 'w6Q=', '_-8'], words: ['=', 'A', '+', '/', '-', '_', '\n', ' '] },
  (text) => {
    const decoded = decodeBase64Text(text);
    if (decoded === undefined) return;
    const again = bytesOfText(decoded).toString('base64');
    assert.equal(decodeBase64Text(again), decoded);
  },
);

export const AUTH_TARGETS: readonly FuzzTarget[] = [config, pullSecret, key, base64];
