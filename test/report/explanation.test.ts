import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import type { ReporterOptions } from '../../src/report/reporter.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const explanation = (result: Result, options: Partial<ReporterOptions> = {}): string => {
  const text = createTextReporter({ color: 0, unicode: true, inputWidths: [20], ...options }).onResult?.(result) ?? '';
  return text.slice(text.indexOf('\n') + 1);
};

const missing = failedResult('not-found', 'tag', {
  input: 'ghcr.io/acme/app:9.9',
  message: 'ghcr.io has the repository acme/app, but no tag 9.9.',
  hint: 'Check the tag, or list those there are with `crane ls ghcr.io/acme/app`.',
  registryErrors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }],
  foundAt: [
    { source: 'deploy/compose.yaml', line: 12, path: 'services.web.image' },
    { source: '-', line: 40 },
    { source: 'images.txt' },
  ],
  warnings: [{ code: 'helper-missing', message: 'docker-credential-desktop is not installed.' }],
});

describe('the lines under a failure', () => {
  it("are the message, the registry's words, the hint, each location, and warnings", () =>
    assert.equal(
      explanation(missing),
      `    ghcr.io has the repository acme/app, but no tag 9.9.
    registry says: "manifest unknown" (MANIFEST_UNKNOWN)
    → Check the tag, or list those there are with \`crane ls ghcr.io/acme/app\`.
    at deploy/compose.yaml:12 services.web.image
       standard input:40
       images.txt
    ⚠ docker-credential-desktop is not installed.
`,
    ));

  it('wrap at the width of the terminal with a hanging indent, and never inside a command', () => {
    assert.equal(
      explanation(missing, { width: 62 }),
      `    ghcr.io has the repository acme/app, but no tag 9.9.
    registry says: "manifest unknown" (MANIFEST_UNKNOWN)
    → Check the tag, or list those there are with
      \`crane ls ghcr.io/acme/app\`.
    at deploy/compose.yaml:12 services.web.image
       standard input:40
       images.txt
    ⚠ docker-credential-desktop is not installed.
`,
    );
  });

  it('stay readable on a very narrow terminal', () =>
    assert.equal(
      explanation(missing, { width: 30 }),
      `  not found (tag) · 104 ms
  ghcr.io has the repository
  acme/app, but no tag 9.9.
  registry says: "manifest
    unknown"
    (MANIFEST_UNKNOWN)
  → Check the tag, or list
    those there are with
    \`crane ls ghcr.io/acme/app\`.
  at deploy/compose.yaml:12
     services.web.image
     standard input:40
     images.txt
  ⚠ docker-credential-desktop
    is not installed.
`,
    ));

  it('use ASCII if nothing else is safe, also for punctuation', () =>
    assert.equal(
      explanation(failedResult('corrupt', null, { message: 'It’s “sha256:ab…” — not that.', hint: 'Push again.' }), {
        unicode: false,
      }),
      `    It's "sha256:ab..." - not that.\n    -> Push again.\n`,
    ));

  it('color the hint and dim the details', () => {
    const text = explanation(missing, { color: 1 });
    assert.match(text, /^ {4}ghcr\.io has/);
    assert.ok(
      text.includes('    \x1b[2mregistry says: \x1b[22m\x1b[2m"manifest unknown" (MANIFEST_UNKNOWN)\x1b[22m\n'),
    );
    assert.ok(text.includes('    \x1b[36m→ \x1b[39mCheck the tag'));
    assert.ok(text.includes('\x1b[36m`crane ls ghcr.io/acme/app`\x1b[39m.\n'));
    assert.ok(text.includes('    \x1b[33m⚠ \x1b[39mdocker-credential-desktop'));
  });

  it('quote each registry error once, without empty parts, and at most three', () => {
    const quotes = (...registryErrors: Result['registryErrors']) =>
      explanation(failedResult('denied', null, { message: 'No.', registryErrors }))
        .split('\n')
        .filter((line) => line.includes('registry says'))
        .map((line) => line.trim());
    const denied = { code: 'DENIED', message: 'access denied' };
    assert.deepEqual(quotes(denied, denied), ['registry says: "access denied" (DENIED)']);
    assert.deepEqual(quotes({ code: 'DENIED', message: null }), ['registry says: DENIED']);
    assert.deepEqual(quotes({ code: null, message: 'go away' }), ['registry says: "go away"']);
    assert.deepEqual(quotes({ code: null, message: null }, { code: null, message: '\n' }), []);
    assert.equal(quotes(...['A', 'B', 'C', 'D'].map((code) => ({ code, message: null }))).length, 3);
  });
});

describe('the lines under other images', () => {
  it('are none for a pullable image', () =>
    assert.equal(explanation(pullableResult({ foundAt: missing.foundAt })), ''));

  it('are the warnings of a pullable image and the hint', () =>
    assert.equal(
      explanation(
        pullableResult({
          warnings: [{ code: 'stale-credentials', message: 'The stored login was refused; none was needed.' }],
          hint: 'Run `docker logout ghcr.io`.',
        }),
      ),
      '    ⚠ The stored login was refused; none was needed.\n    → Run `docker logout ghcr.io`.\n',
    ));

  it('explain a skipped image only if it has a hint', () => {
    const foundAt = [{ source: 'compose.yaml', line: 3 }];
    assert.equal(explanation(failedResult('local-build', null, { foundAt, message: 'It is built here.' })), '');
    assert.equal(
      explanation(
        failedResult('unresolved-variable', null, { foundAt, message: 'TAG has no value.', hint: 'Set TAG.' }),
      ),
      '    TAG has no value.\n    → Set TAG.\n    at compose.yaml:3\n',
    );
  });
});

describe('the lines under a skipped image', () => {
  const foundAt = [{ source: 'compose.yaml', line: 5, path: 'services.b.image' }];

  it('say why the image is ignored', () =>
    assert.equal(
      explanation(failedResult('ignored', null, { message: 'built later (until 2026-12-31)', foundAt })),
      '    built later (until 2026-12-31)\n',
    ));

  it('say which variable has no value, and where', () =>
    assert.equal(
      explanation(failedResult('unresolved-variable', null, { message: '$TAG is not set.', hint: null, foundAt })),
      '    $TAG is not set.\n    at compose.yaml:5 services.b.image\n',
    ));

  it('are none for an image that is built', () =>
    assert.equal(explanation(failedResult('local-build', null, { message: 'It is built.', hint: null, foundAt })), ''));
});
