// Hostile documents: every extractor ends, with bounded work, for any text.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Extractor } from '../../src/input/extractor.ts';
import { githubWorkflowExtractor } from '../../src/input/github-workflow.ts';
import { gitlabCiExtractor } from '../../src/input/gitlab-ci.ts';
import { kubernetesExtractor, yamlExtractor } from '../../src/input/kubernetes.ts';
import { findPullSecrets } from '../../src/input/pull-secret.ts';
import { NO_OPTIONS } from './found-lines.ts';

const extractors: readonly Extractor[] = [
  kubernetesExtractor,
  yamlExtractor,
  githubWorkflowExtractor,
  gitlabCiExtractor,
];
const extract = (extractor: Extractor, text: string) => extractor.extract(text, 'a file', NO_OPTIONS);
const range = (length: number) => Array.from({ length }, (_, index) => index);

/** Each level expands to ten times the one before, in a text that grows linearly. */
const bomb = (leaf: string, wrap: (name: string, items: string) => string) =>
  range(30)
    .map((level) =>
      wrap(
        `a${level}`,
        level === 0
          ? leaf
          : range(10)
              .map(() => `*a${level - 1}`)
              .join(', '),
      ),
    )
    .join('\n');

const HOSTILE: Readonly<Record<string, string>> = {
  'sequences 20,000 deep': '['.repeat(20_000),
  'maps 20,000 deep': '{a: '.repeat(20_000),
  'dashes 20,000 deep': '- '.repeat(20_000),
  'keys 20,000 deep': '? '.repeat(20_000),
  'indentation 3,000 deep': range(3000)
    .map((depth) => `${' '.repeat(depth)}a:\n`)
    .join(''),
  'lists of lists of aliases': bomb('{ image: nginx:1 }', (name, items) => `${name}: &${name} [${items}]`),
  'maps of maps of aliases': bomb('1', (name, items) => `${name}: &${name} { x: [${items}], image: nginx:1 }`),
  'lists of lists of objects': bomb(
    '{ kind: Pod }',
    (name, items) => `${name}: &${name} { kind: List, items: [${items}] }`,
  ),
  'a chain of 20,000 aliases': range(20_000)
    .map((index) => `a${index}: &a${index} [${index === 0 ? '' : `*a${index - 1}`}]`)
    .join('\n'),
  'an alias inside its anchor': 'a: &a [*a]',
  'merges of merges': bomb('{ x: 1 }', (name, items) => `${name}: &${name} { <<: [${items}], ${name}: 1 }`),
  'a large map merged into many': `a: &a { ${range(2000)
    .map((index) => `k${index}: 1`)
    .join(', ')} }\n${range(2000)
    .map((index) => `b${index}: { <<: *a }`)
    .join('\n')}`,
  'one container list for many pods': `kind: List\nx: &c [${range(3000)
    .map(() => '{ image: nginx:1 }')
    .join(', ')}]\nitems:\n${range(3000)
    .map(() => '- { kind: Pod, spec: { containers: *c } }')
    .join('\n')}`,
  'one service list for many jobs': `x: &s [${range(2000)
    .map(() => '$A')
    .join(', ')}]\n${range(2000)
    .map((index) => `j${index}: { services: *s }`)
    .join('\n')}`,
  'one template for many jobs': `.t: { variables: { ${range(2000)
    .map((index) => `V${index}: 1`)
    .join(', ')} } }\n${range(2000)
    .map((index) => `j${index}: { extends: .t, image: $V1 }`)
    .join('\n')}`,
  'variables of variables': `variables:\n${range(30)
    .map((level) => `  V${level}: "${level === 0 ? 'x' : `$V${level - 1}`.repeat(10)}"`)
    .join('\n')}\nj: { image: $V29 }`,
  'variables of nothing of variables': `variables:\n${range(30)
    .map((level) => `  V${level}: "${level === 0 ? '' : `$V${level - 1}`.repeat(100)}"`)
    .join('\n')}\nj: { image: $V29 }`,
  'an image of two hundred thousand braces': `kind: Pod\nspec: { containers: [{ image: ${`$${'{'.repeat(200_000)}`} }] }`,
  'a million document starts': '---\n'.repeat(200_000),
  'a million comments': '#\n'.repeat(200_000),
  'tabs, quotes and control characters': '\t"\u0000\u001b[31m\'\u202e\r\n: - ? & * ! | > %',
};

describe('hostile documents', () => {
  for (const [what, text] of Object.entries(HOSTILE)) {
    it(`end: ${what}`, async () => {
      for (const extractor of extractors) {
        const { found, problems } = await extract(extractor, text);
        assert.ok(found.length <= 100_000);
        assert.ok(problems.length <= 10);
      }
      assert.deepEqual(findPullSecrets(text).secrets, []);
    });
  }

  it('are reported where they exceed a bound', async () => {
    const messageOf = async (what: string, extractor = kubernetesExtractor) =>
      (await extract(extractor, HOSTILE[what] ?? '')).problems[0]?.message;
    assert.equal(await messageOf('sequences 20,000 deep'), 'Nested more than 200 levels deep.');
    assert.equal(await messageOf('a chain of 20,000 aliases'), 'Nested more than 200 levels deep.');
    assert.equal(await messageOf('a large map merged into many'), 'Too large once merge keys are expanded.');
    assert.equal(
      await messageOf('one service list for many jobs', gitlabCiExtractor),
      'More than 100000 image uses in jobs.',
    );
  });

  it('hide no other document', async () => {
    const pod = 'kind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: nginx:1 }] }\n';
    const { found, problems } = await extract(kubernetesExtractor, `${pod}---\n${'['.repeat(20_000)}\n---\n${pod}`);
    assert.deepEqual(
      found.map(({ line }) => line),
      [3, 9],
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [5],
    );
  });

  it('are visited once per node, however many aliases refer to it', async () => {
    const { found } = await extract(kubernetesExtractor, HOSTILE['lists of lists of aliases'] ?? '');
    assert.equal(found.length, 1);
  });
});

/** Text made of the pieces that extractors look for. */
const pieces = fc
  .array(
    fc.constantFrom(
      'kind: Pod\n',
      'apiVersion: v1\n',
      'spec:\n',
      '  containers:\n',
      '  - image: ',
      'nginx:1',
      '\n',
      '---\n',
      'items:\n',
      '- ',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '{{ .x }}',
      `\${X}`,
      '$[[',
      '*a',
      '&a ',
      '<<: *a\n',
      'jobs:\n',
      'services:\n',
      'uses: docker://',
      'extends: ',
      'variables:\n',
      'image:\n',
      'image: ',
      'repository: ',
      'tag:\n',
      '!reference ',
      '| \n',
      '# x\n',
      '\t',
      '\r\n',
      '\0',
      '%YAML 1.2\n',
      '...\n',
      'imagePullSecrets: ',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('extractors', () => {
  for (const extractor of extractors) {
    it(`never throw: ${extractor.name}`, async () =>
      fc.assert(
        fc.asyncProperty(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 200 })), async (text) => {
          extractor.matches('a.yaml', text);
          const { found, problems } = await extract(extractor, text);
          const lines = text.split('\n').length;
          for (const { line } of [...found, ...problems]) {
            assert.ok(
              line === undefined || (Number.isInteger(line) && line >= 1 && line <= lines + 1),
              `line ${line} of ${lines}`,
            );
          }
        }),
        { numRuns: 500 },
      ));
  }

  it('findPullSecrets never throws', () => fc.assert(fc.property(pieces, (text) => void findPullSecrets(text))));
});
