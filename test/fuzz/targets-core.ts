// References, digests, platforms, and how a text is cleaned.

import assert from 'node:assert/strict';
import { parseDuration } from '../../src/config/duration.ts';
import { digestOf, digestProblem, isDigest, shortDigest } from '../../src/core/digest.ts';
import { parseJson } from '../../src/core/json.ts';
import { formatPlatform, normalizePlatform, parsePlatform, selectPlatform } from '../../src/core/platform.ts';
import { formatReference, parseReference } from '../../src/core/reference.ts';
import { isSecretName } from '../../src/core/secret-name.ts';
import { cleanLayout, cleanLine, cleanText } from '../../src/core/text.ts';
import { endpointOf } from '../../src/registry/endpoint.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { assertLine, assertLines, COLORS, LOG_COMMAND } from './property.ts';
import { type FuzzTarget, textTarget } from './target.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const REFERENCES = [
  'nginx',
  'nginx:1.27',
  'docker.io/library/nginx:latest',
  `ghcr.io/org/app:v1@${DIGEST}`,
  `localhost:5000/a/b__c.d-e@${DIGEST}`,
  '[2001:db8::1]:5000/app:1',
  'docker://registry.example:443/team/app',
  'index.docker.io/x',
  'registry-1.docker.io/x/y',
  '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app',
  'europe-docker.pkg.dev/p/r/i:t',
];
const REFERENCE_WORDS = [
  'docker.io/',
  'library/',
  'localhost',
  ':5000',
  ':',
  '@',
  '/',
  '__',
  '.',
  '-',
  'A',
  'a',
  DIGEST,
];

const reference = textTarget('reference', { seeds: REFERENCES, words: REFERENCE_WORDS }, (text) => {
  const parsed = parseReference(text);
  if (!parsed.ok) return assertLine(parsed.error.message);
  const formatted = formatReference(parsed.value);
  assert.deepEqual(parseReference(formatted), parsed);
  assertLine(formatted);
  assert.ok(formatted.length <= text.length + 'docker.io/library/:latest'.length);
  const endpoint = endpointOf(parsed.value.registry);
  if (endpoint.ok) assert.equal(endpoint.value.base.pathname, '/');
  for (const text of Object.values(knownRegistry(parsed.value.registry).login ?? {})) assertLine(text);
});

const digest = textTarget(
  'digest',
  {
    seeds: [DIGEST, `sha512:${'ab'.repeat(64)}`, 'sha256:xyz', 'md5:00', DIGEST.toUpperCase()],
    words: ['sha256:', 'f'],
  },
  (text) => {
    assert.equal(isDigest(text), digestProblem(text) === undefined);
    if (isDigest(text)) assert.equal(digestOf(Buffer.from(''), text).split(':')[0], text.split(':')[0]);
    shortDigest(text);
  },
);

const PLATFORMS = [
  'linux/amd64',
  'linux/arm/v7',
  'arm64/v8',
  'x86_64',
  'windows(10.0.17763+win32k)/amd64',
  'linux(+a%2Bb)/arm64',
  'darwin/aarch64',
];

const platform = textTarget(
  'platform',
  { seeds: PLATFORMS, words: ['linux/', 'windows', '(', ')', '+', '%2B', 'arm', '/v8', 'amd64', '.', '10.0'] },
  (text) => {
    const parsed = parsePlatform(text);
    if (!parsed.ok) return assertLine(parsed.error.message);
    const formatted = formatPlatform(parsed.value);
    assert.deepEqual(parsePlatform(formatted), parsed);
    const { osVersion, osFeatures, ...names } = parsed.value;
    const raw = { ...names, 'os.version': osVersion, 'os.features': osFeatures };
    assert.deepEqual(normalizePlatform(raw) ?? parsed.value, parsed.value);
    assert.ok(selectPlatform(parsed.value, [{ platform: raw }]) <= 0);
  },
);

const text = textTarget(
  'clean-text',
  { seeds: REFERENCES, words: ['::error::', '##[', '##vso[', ' ', '\n', ':'] },
  (text) => {
    for (const maxLength of [300, 10]) {
      const line = cleanText(text, maxLength);
      assertLine(line);
      assert.ok([...line].length <= maxLength + 2, `${[...line].length}`);
    }
    assertLine(cleanLine(text));
    const layout = cleanLayout(text);
    assertLines(layout.replace(COLORS, ''));
    assert.doesNotMatch(layout, LOG_COMMAND);
  },
);

const duration = textTarget(
  'duration',
  { seeds: ['500ms', '5s', '2m30s', '1h', '1.5s', '0'], words: ['1', '0', 'ms', 's', 'm', 'h', '.', '-'] },
  (text) => {
    const parsed = parseDuration(text);
    if (parsed.ok) assert.ok(Number.isFinite(parsed.value) && parsed.value >= 0, `${parsed.value}`);
    else assertLine(parsed.error);
  },
);

const secretName = textTarget(
  'secret-name',
  {
    seeds: ['AWS_SECRET_ACCESS_KEY', 'KAIROS_PULL_PASSWORD', 'AUTHENTIK_TAG', 'npm_config__auth'],
    words: ['_', 'TOKEN', 'KEY'],
  },
  (name) => assert.equal(isSecretName(name), isSecretName(name)),
);

/** JSON.parse is the witness of what is JSON at all. */
const json = textTarget(
  'json',
  {
    seeds: ['{"a":[1,-0.5e+3,"x\\u00e9\\n"],"A":{"b":null,"c":true}}', '[[],{},"",0]', '"\\ud83d\\ude00"', ' 1.0 '],
    words: ['{', '}', '[', ']', ',', ':', '"', '"a"', '1', '-', '.', 'e', 'null', '\\u', '\\'],
  },
  (text) => {
    const read = parseJson(Buffer.from(text));
    assert.equal(read === undefined, !isJson(Buffer.from(text).toString()));
  },
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const CORE_TARGETS: readonly FuzzTarget[] = [reference, digest, platform, text, duration, secretName, json];
