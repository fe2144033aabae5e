// schema/kairos-pull-result.schema.json describes what `-o json` and `-o ndjson` write, all of it and nothing else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { output } from 'zod';
import { formatResultSchema } from '../../src/config/json-schema.ts';
import type { documentSchema, resultSchema } from '../../src/config/result-schema.ts';
import { SKIPS, VERDICTS } from '../../src/core/result.ts';
import type { problemDocument, resultDocument } from '../../src/report/result-document.ts';
import { resultDocument as documentOf } from '../../src/report/result-document.ts';
import { GROUPS } from '../check/registry-behaviors/groups.ts';
import { readText } from '../pipeline/project-file.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { runCommand } from '../support/command.ts';
import { failedResult, pullableResult } from '../support/results.ts';
import { checkScripted } from '../support/scripted-check.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { startTranscriptScene } from '../support/transcript-scene.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const published = JSON.parse(formatResultSchema());
/** Of the published schema: further keys are allowed. */
const validDocument = compile(published);
const validResult = compile(withRoot('result'));
/** The same without them: every key that is written is described. */
const exactDocument = compile(closed(published));
const exactLine = compile(closed(withRoot('result')));
const exactProblem = compile(closed(withRoot('problem')));

function compile(schema: object) {
  const ajv = new Ajv({ allErrors: true, strictTypes: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value: unknown): string => (validate(value) ? '' : ajv.errorsText(validate.errors));
}

function withRoot(name: string): { readonly [key: string]: Json } {
  return { definitions: published.definitions, $ref: `#/definitions/${name}` };
}

function closed(schema: Json): Json & object {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema as unknown as Json & object;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'if' || key === 'then' ? value : closed(value),
  ]);
  const isObject = 'properties' in schema && 'type' in schema;
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}

/** Arrays and keys that can be changed: zod's types have no others. */
type Loose<T> = T extends readonly (infer U)[]
  ? Loose<U>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Loose<T[Key]> }
    : T;
type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('the JSON Schema of the results', () => {
  it('has the types of the documents', () => {
    // Wrong, they do not compile.
    const result: IsSame<Loose<ReturnType<typeof resultDocument>>, output<typeof resultSchema>> = true;
    const problem: IsSame<ReturnType<typeof problemDocument>, output<typeof documentSchema>['problems'][number]> = true;
    assert.ok(result && problem);
  });

  it('is the published file: after a change, run `npm run schema`', () =>
    assert.equal(readText('schema/kairos-pull-result.schema.json'), formatResultSchema()));

  it('describes every key of a result, if only by its values', () => {
    const properties: Record<string, object> = published.definitions.result.properties;
    for (const [name, property] of Object.entries(properties)) {
      const says = ['description', 'enum', 'anyOf'].some((key) => key in property);
      assert.ok(says || name === 'durationMs', name);
    }
  });

  it('describes the example of docs/json.md', () => {
    const [, example = ''] = /^```json\n([\s\S]*?)^```$/m.exec(readText('docs/json.md')) ?? [];
    assert.equal(exactDocument(JSON.parse(example)), '');
  });

  it('admits codes and keys of later versions', () => {
    const later = { ...documentOf(failedResult('unreachable', 'dns')), cause: 'moon-phase', more: 1 };
    assert.equal(validResult(later), '');
    assert.notEqual(validResult({ ...later, cause: 'Moon phase' }), '');
    assert.notEqual(validResult({ ...later, verdict: 'perhaps' }), '');
  });

  it('ties the reason to the verdict', () => {
    assert.equal(validResult(documentOf(pullableResult())), '');
    assert.notEqual(validResult({ ...documentOf(pullableResult()), reason: 'denied' }), '');
    assert.notEqual(validResult({ ...documentOf(failedResult('denied', null)), verdict: 'undetermined' }), '');
    assert.notEqual(validResult({ ...documentOf(failedResult('denied', null)), reason: null }), '');
  });
});

describe('a result that a check makes', () => {
  for (const [title, rows] of Object.entries(GROUPS)) {
    it(`is valid: ${title}`, async () => {
      for (const { name, script, ...check } of rows) {
        const { result } = await checkScripted({ script, ...check });
        const document = JSON.parse(JSON.stringify(documentOf(result)));
        assert.equal(exactLine(document), '', name);
      }
    });
  }
});

describe('what the command writes', { skip: withoutOpenssl }, () => {
  const SHOP = 'registry.example.com/shop';
  const COMPOSE = {
    services: { a: { image: 'shop/$X:1' }, b: { build: '.', image: 'shop/b' }, c: { image: 'left/out' } },
  };

  it('is valid as json and as ndjson, with every verdict and every reason to skip', async () => {
    await using scene = await startTranscriptScene();
    using folder = createTemporaryFolder({
      'compose.yaml': COMPOSE,
      Dockerfile: 'FROM scratch\n',
      'bad.yaml': '{',
      'c.json': '{}',
    });
    const lines = `${folder.path}/lines`;
    const images = [`${SHOP}/web:1.4`, `${SHOP}/web:9.9`, `${SHOP}/down:1`, 'Not/An/Image', `${SHOP}/tired:1`];
    const files = ['-f', `${folder.path}/compose.yaml`, '-f', `${folder.path}/bad.yaml`, '--ignore', 'left/out'];
    const args = ['check', ...images, ...files, '--layers', '--retries', '0', '-o', 'json', '-o', `ndjson=${lines}`];
    const { stdout } = await runCommand(args, { env: scene.env });

    const document = JSON.parse(stdout);
    assert.equal(exactDocument(document), '');
    assert.equal(validDocument(document), '');
    assert.equal(document.problems.length, 1);
    const seen = new Set(document.results.map(({ verdict }: { verdict: string }) => verdict));
    assert.deepEqual([...seen].sort(), [...VERDICTS].sort());
    const reasons = document.results.map(({ reason }: { reason: string }) => reason);
    for (const skip of SKIPS) assert.ok(reasons.includes(skip), skip);

    const written = readFileSync(lines, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const results = written.filter((line) => 'verdict' in line);
    assert.equal(results.length, document.results.length);
    for (const line of results) assert.equal(exactLine(line), '', line.input);
    const problems = written.filter((line) => !('verdict' in line));
    assert.equal(problems.length, 1);
    for (const line of problems) assert.equal(exactProblem(line), '');
  });
});
