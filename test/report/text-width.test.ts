import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { displayWidth } from '../../src/report/display-width.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const LONG = 'registry.example.com/platform/observability/opentelemetry-collector-contrib:0.112.0-distroless-amd64';
const found = (line: number) => ({ foundAt: [{ source: 'compose.yaml', line, path: 'services.web.image' }] });
const warning = {
  code: 'helper-missing',
  message: 'The credential helper docker-credential-desktop is not on the PATH, so the check was anonymous.',
} as const;
const results = [
  pullableResult({ platforms: ['linux/amd64', 'linux/arm64'], proof: 'manifest' }),
  failedResult('not-found', 'tag', {
    ...found(4),
    input: 'ghcr.io/acme/app:1.9.0',
    message: 'The repository ghcr.io/acme/app exists, but it has no tag 1.9.0.',
    hint: 'Check the tag. To list those that exist: `skopeo list-tags docker://ghcr.io/acme/app`.',
  }),
  pullableResult({ input: LONG, proof: 'manifest', warnings: [warning] }),
  failedResult('incomplete', 'child-manifest', {
    ...found(9),
    input: 'quay.io/acme/tools:2',
    warnings: [warning, warning],
  }),
  failedResult('unresolved-variable', null, {
    input: '127.0.0.1:5000/shop/$' + '{X}:1',
    message: 'X has no value.',
    durationMs: 0,
  }),
];
const textAt = (width: number, options: { quiet?: boolean } = {}): string[] => {
  const reporter = createTextReporter({
    color: 0,
    unicode: true,
    width,
    inputWidths: results.map(({ input }) => input.length),
    count: results.length,
    ...options,
  });
  return runReporter(reporter, results).split('\n');
};

for (const width of [60, 80, 100, 160]) {
  for (const quiet of [false, true]) {
    describe(`the text report on a terminal of ${width} columns${quiet ? ', with --quiet' : ''}`, () => {
      const lines = textAt(width, { quiet });

      it('exceeds the width only for a command, which stays whole, and keeps every name', () => {
        const wide = lines.filter((line) => displayWidth(line) > width);
        for (const line of wide) assert.match(line, /^ +`[^`]+`\S*$/);
        for (const { input } of results)
          assert.equal(
            lines.join('').replaceAll(' ', '').includes(input),
            !quiet || (!input.startsWith('nginx') && input !== LONG),
          );
      });

      it('has the facts of all images in one column, or below the name where the sentences are', () => {
        const heads = lines.filter((line) => /^[✔✖?–] /.test(line) && !/skipped[: (]/.test(line));
        const columns = heads.flatMap((line) => /^\S \S+ +(?=\S)/.exec(line)?.[0].length ?? []);
        assert.ok(new Set(columns).size <= 1, lines.join('\n'));
        for (const line of lines.filter((line) => line.startsWith(' '))) assert.match(line, /^ {2,9}\S/);
      });
    });
  }
}

describe('a long name', () => {
  it('has its facts below it, all of them', () => {
    const at = (width: number, head = `✔ ${LONG}`) => textAt(width).slice(textAt(width).indexOf(head));
    const [repository = '', tag] = LONG.split(/(?=:)/);
    const facts = '    sha256:0123456789ab · index · manifest · 104 ms';
    assert.deepEqual(at(80, `✔ ${repository}`).slice(1, 3), [`    ${tag}`, facts]);
    assert.equal(at(160)[1], '    sha256:0123456789ab · index · manifest · 104 ms');
  });

  it('has more room on a wide terminal', () => {
    const name = `ghcr.io/${'a'.repeat(50)}:1`;
    const reporter = (width: number) =>
      createTextReporter({ color: 0, unicode: true, width, inputWidths: [60], count: 9 });
    const lines = (width: number) => reporter(width).onResult?.(pullableResult({ input: name }));
    assert.equal(lines(160), `✔ ${name}  sha256:0123456789ab · index · head · 104 ms\n`);
    assert.equal(lines(100), `✔ ${name}\n    sha256:0123456789ab · index · head · 104 ms\n`);
  });
});
