import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Result } from '../../src/core/result.ts';
import { createGithubReporter } from '../../src/report/github.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const linesOf = (results: readonly Result[], options: RunOptions = {}) =>
  runReporter(createGithubReporter(options), results).split('\n').slice(0, -1);

const missing = (input: string) => failedResult('not-found', 'tag', { input, message: 'There is no such tag.' });
const unreachable = (input: string) => failedResult('unreachable', 'dns', { input, message: 'No address.' });
const many = (count: number, make: (input: string) => Result) =>
  Array.from({ length: count }, (_, index) => make(`app:${index}`));

/** As the runner reads a line: command, properties, data. */
function parseCommand(line: string): { name: string; properties: Record<string, string>; data: string } {
  const [, name = '', list = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? assert.fail(`no command: ${line}`);
  const unescapeCodes = (text: string, codes: string) =>
    text.replace(new RegExp(`%(${codes})`, 'g'), (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const pairs = list.split(',').map((pair) => {
    const [, key = '', value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? assert.fail(`no property: ${pair}`);
    return [key, unescapeCodes(value, '0D|0A|3A|2C|25')] as const;
  });
  return { name, properties: Object.fromEntries(pairs), data: unescapeCodes(data, '0D|0A|25') };
}

describe('the GitHub report', () => {
  it('is a command for each failure, with its line if it has one', () =>
    assert.deepEqual(
      linesOf([
        pullableResult(),
        failedResult('not-found', 'tag', {
          input: 'nginx:9',
          message: 'There is no tag 9.',
          hint: 'Look again.',
          foundAt: [{ source: './compose.yaml', line: 12, path: 'services.web.image' }],
        }),
        failedResult('unreachable', 'dns', { input: 'no.where/a:1', message: 'The name has no address.' }),
        failedResult('ignored', null, { input: 'acme/dev' }),
      ]),
      [
        '::error file=compose.yaml,line=12,title=not found (tag)::nginx:9: There is no tag 9.%0ALook again.',
        '::error title=unreachable (DNS lookup failed)::no.where/a:1: The name has no address.',
        '::notice title=kairos-pull::1 image skipped: ignored.',
      ],
    ));

  it('escapes characters that would end a property or a line', () => {
    const result = failedResult('denied', null, {
      input: 'a:1',
      message: '100% ::error::, no:',
      foundAt: [{ source: 'a,b:c%2C=1.yaml', line: 1 }],
    });
    const [line = ''] = linesOf([result]);
    assert.equal(line, '::error file=a%2Cb%3Ac%252C=1.yaml,line=1,title=denied::a:1: 100%25 ::error::, no:');
    assert.equal(parseCommand(line).properties.file, 'a,b:c%2C=1.yaml');
  });

  it('is a warning for a tolerated failure', () =>
    assert.deepEqual(linesOf([missing('nginx:9')], { warnOn: ['not-found'] }), [
      '::warning title=not found (tag)::nginx:9: There is no such tag.',
    ]));

  it('is empty if all images pass', () => assert.deepEqual(linesOf([pullableResult()]), []));

  it('shows definite failures first, and each image before a second location of any', () => {
    const twice = {
      ...missing('twice:1'),
      foundAt: [
        { source: 'a', line: 1 },
        { source: 'b', line: 2 },
      ],
    };
    assert.deepEqual(
      linesOf([unreachable('first:1'), twice, missing('last:1')]).map((line) => parseCommand(line).data.split(': ')[0]),
      ['twice:1', 'last:1', 'first:1', 'twice:1'],
    );
  });

  it('shows ten of each level and counts the rest in one notice', () => {
    const results = [...many(12, unreachable), ...many(3, missing), ...many(11, () => failedResult('denied', null))];
    const lines = linesOf(results, { warnOn: ['denied'] });
    const commands = lines.map(parseCommand);
    assert.equal(commands.filter(({ name }) => name === 'error').length, 10);
    assert.equal(commands.filter(({ name }) => name === 'warning').length, 10);
    assert.deepEqual(
      commands.slice(0, 4).map(({ properties }) => properties.title),
      ['not found (tag)', 'not found (tag)', 'not found (tag)', 'unreachable (DNS lookup failed)'],
    );
    assert.deepEqual(lines.slice(20), [
      '::notice title=kairos-pull::5 more errors and 1 more warning omitted: GitHub shows 10 of each; ' +
        'the job summary and the other reports list all of them. 26 images: 14 not pullable, 12 undetermined.',
    ]);
  });

  it('contains only commands, whatever the results contain', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 20 }), (results) => {
        for (const line of linesOf(results)) {
          const { name, properties } = parseCommand(line);
          assert.match(name, /^(?:error|warning|notice)$/);
          for (const key of Object.keys(properties)) assert.match(key, /^(?:file|line|title)$/);
        }
      }),
    );
  });
});
