import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import type { ReporterOptions } from '../../src/report/reporter.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const headline = (result: Result, options: Partial<ReporterOptions> = {}): string => {
  // Only the headline: no message, no cure.
  const bare = { ...result, message: '', hint: null, foundAt: [] };
  return createTextReporter({ color: 0, unicode: true, inputWidths: [20], ...options }).onResult?.(bare) ?? '';
};

const kairos = {
  input: 'ghcr.io/wenisch-tech/kairos:2.7.6',
  proof: 'manifest',
  platforms: ['linux/amd64', 'linux/arm64'],
  durationMs: 204,
} as const;
const layers = { proof: 'layers', blobs: { count: 12, bytes: 54_123_456 } } as const;
const hubLimit = (remaining: number) => ({ rateLimit: { limit: 100, remaining, windowSeconds: 21_600 } });

describe('the line of an image', () => {
  it('shows kind, proof and duration of a pullable image', () =>
    assert.equal(headline(pullableResult()), '✔ nginx:latest          sha256:0123456789ab · index · head · 104 ms\n'));

  it('counts the platforms of an index', () => {
    assert.match(headline(pullableResult({ platforms: ['linux/amd64'] })), / · index, 1 platform · /);
    assert.match(headline(pullableResult({ platforms: ['linux/amd64', 'linux/arm64'] })), / · index, 2 platforms · /);
  });

  it('uses a plain name for each kind of manifest', () => {
    const kind = (mediaType: string | null) => headline(pullableResult({ mediaType, digest: null })).slice(24);
    assert.equal(kind('application/vnd.docker.distribution.manifest.list.v2+json'), 'index · head · 104 ms\n');
    assert.equal(kind('application/vnd.docker.distribution.manifest.v2+json'), 'image · head · 104 ms\n');
    assert.equal(kind('application/vnd.oci.image.manifest.v1+json'), 'image · head · 104 ms\n');
    assert.equal(kind('application/x-strange'), 'application/x-strange · head · 104 ms\n');
    assert.equal(kind(null), 'head · 104 ms\n');
  });

  it('names the mirror that served the image', () =>
    assert.equal(
      headline(pullableResult({ servedBy: 'm.example:5000' })),
      '✔ nginx:latest          sha256:0123456789ab · index · head · from m.example:5000 · 104 ms\n',
    ));

  it('sums up the blobs of a layer check', () =>
    assert.equal(
      headline(pullableResult(layers)),
      '✔ nginx:latest          sha256:0123456789ab · index · layers · 12 blobs, 54.1 MB · 104 ms\n',
    ));

  it('shows reason and cause in plain words', () => {
    const failure = { input: 'ghcr.io/acme/app:9', durationMs: 1530 };
    assert.equal(
      headline(failedResult('not-found', 'tag', failure)),
      '✖ ghcr.io/acme/app:9    not found (tag) · 1.5 s\n',
    );
    assert.equal(
      headline(failedResult('unreachable', 'timeout', failure)),
      '? ghcr.io/acme/app:9    unreachable (timed out) · 1.5 s\n',
    );
    assert.equal(
      headline(failedResult('platform-missing', null, failure)),
      '✖ ghcr.io/acme/app:9    platform missing · 1.5 s\n',
    );
  });

  it('omits the time if no request was sent', () => {
    const invalid = failedResult('invalid-reference', null, { input: 'Nginx', reference: null, durationMs: 0.2 });
    assert.equal(headline(invalid), '✖ Nginx                 invalid reference\n');
    const skipped = failedResult('local-build', null, { input: 'acme/dev', durationMs: 0 });
    assert.equal(headline(skipped), '– acme/dev              skipped (built locally)\n');
  });

  it('shows an empty input in quotes', () =>
    assert.equal(
      headline(failedResult('invalid-reference', null, { input: '', durationMs: 0 })),
      `✖ ""${' '.repeat(20)}invalid reference\n`,
    ));

  it('shows the pulls left with --verbose, and always if few are left', () => {
    const single = (remaining: number, verbose = false) =>
      headline(pullableResult(hubLimit(remaining)), { count: 1, verbose });
    assert.doesNotMatch(single(97), /left/);
    assert.match(single(97, true), / · head · 97 of 100 pulls left · 104 ms\n/);
    assert.doesNotMatch(single(11), /left/);
    assert.match(single(10), / · head · 10 of 100 pulls left · 104 ms\n/);
  });

  it('omits them for a list, where the end of the report has them', () =>
    assert.doesNotMatch(headline(pullableResult(hubLimit(4)), { count: 2, verbose: true }), /left/));

  it('falls back to ASCII', () =>
    assert.equal(
      headline(pullableResult(), { unicode: false }) + headline(failedResult('ignored', null), { unicode: false }),
      '+ nginx:latest          sha256:0123456789ab - index - head - 104 ms\n- nginx:latest          skipped (ignored)\n',
    ));

  it('uses few colors', () => {
    assert.equal(
      headline(failedResult('not-found', 'tag'), { color: 1 }),
      '\x1b[31m✖\x1b[39m \x1b[1mnginx:latest\x1b[22m          \x1b[31mnot found (tag)\x1b[39m \x1b[2m·\x1b[22m \x1b[2m104 ms\x1b[22m\n',
    );
    assert.match(headline(pullableResult(), { color: 1 }), /^\x1b\[32m✔\x1b\[39m nginx:latest {10}\x1b\[2msha256/);
    assert.match(headline(failedResult('unreachable', 'dns'), { color: 1 }), /^\x1b\[33m\?/);
  });
});

describe('the columns', () => {
  it('fit the longest image, up to a limit', () => {
    const column = (options: Partial<ReporterOptions>) => headline(pullableResult(), options).indexOf('sha256');
    assert.equal(column({ inputWidths: [12] }), 16);
    assert.equal(column({ inputWidths: [12, 40] }), 44);
    assert.equal(column({ inputWidths: undefined }), 36);
  });

  it('do not grow for a longer image, in a pipe or on a terminal', () => {
    const column = (width?: number) =>
      headline(pullableResult(), { inputWidths: [12, 99, 12], count: 3, width }).indexOf('sha256');
    for (const width of [undefined, 80, 160]) assert.equal(column(width), 16, String(width));
  });

  it('count columns of East Asian text, not characters', () =>
    assert.match(headline(pullableResult({ input: '例え:1' })), /^✔ 例え:1 {16}sha256/));

  it('do not move for a longer image: its facts go on the next line', () => {
    const long = pullableResult({ input: 'registry.example.com:5000/team/platform/frontend:2026.01.15' });
    assert.equal(
      headline(long, { width: 120, inputWidths: [59] }),
      `✔ registry.example.com:5000/team/platform/frontend:2026.01.15\n    sha256:0123456789ab · index · head · 104 ms\n`,
    );
  });

  it('are one line in a pipe, whatever the length', () => {
    const long = failedResult('incomplete', 'child-manifest', { input: `registry.example.com/${'a'.repeat(150)}:1` });
    assert.equal(
      headline(long),
      `✖ registry.example.com/${'a'.repeat(150)}:1  incomplete (platform manifest missing) · 104 ms\n`,
    );
  });
});

describe('a list on a terminal', () => {
  const list = (width: number, result: Result) => headline(result, { width, inputWidths: [33], count: 9 });

  it('shows everything if there is room', () =>
    assert.equal(
      list(120, pullableResult({ ...kairos, ...layers })),
      '✔ ghcr.io/wenisch-tech/kairos:2.7.6  sha256:0123456789ab · index, 2 platforms · layers · 12 blobs, 54.1 MB · 204 ms\n',
    ));

  it('drops the time before the digest, if all images leave room for one', () => {
    const app = pullableResult({ ...kairos, input: 'ghcr.io/acme/app:1.2.3' });
    const on80 = (inputWidth: number) => headline(app, { width: 80, inputWidths: [inputWidth], count: 9 });
    assert.equal(on80(24), '✔ ghcr.io/acme/app:1.2.3    sha256:0123456789ab · index, 2 platforms · manifest\n');
    assert.equal(on80(25), '✔ ghcr.io/acme/app:1.2.3     index, 2 platforms · manifest · 204 ms\n');
  });

  it('drops the digest, then the blobs, then the time to keep one line per image', () => {
    assert.equal(
      list(80, pullableResult(kairos)),
      '✔ ghcr.io/wenisch-tech/kairos:2.7.6  index, 2 platforms · manifest · 204 ms\n',
    );
    assert.equal(
      list(80, pullableResult({ ...kairos, ...layers })),
      '✔ ghcr.io/wenisch-tech/kairos:2.7.6  index, 2 platforms · layers · 204 ms\n',
    );
    assert.equal(
      list(80, pullableResult({ ...hubLimit(4), input: 'redis:7', proof: 'manifest' })),
      '✔ redis:7                            index · manifest · 104 ms\n',
    );
    assert.equal(
      list(72, failedResult('unauthorized', 'missing-or-private', { input: 'acme/app:1' })),
      '✖ acme/app:1                         unauthorized (missing or private)\n',
    );
  });

  it('uses two lines per image on a narrow terminal', () =>
    assert.equal(
      list(46, pullableResult({ ...kairos, ...layers })),
      '✔ ghcr.io/wenisch-tech/kairos:2.7.6\n  sha256:0123456789ab · index, 2 platforms ·\n  layers · 12 blobs, 54.1 MB · 204 ms\n',
    ));
});

describe('a single image on a terminal', () => {
  it('drops nothing: facts that do not fit go on the next line', () => {
    const single = { width: 80, inputWidths: [kairos.input.length], count: 1 };
    assert.equal(
      headline(pullableResult(kairos), single),
      '✔ ghcr.io/wenisch-tech/kairos:2.7.6\n    sha256:0123456789ab · index, 2 platforms · manifest · 204 ms\n',
    );
    assert.equal(
      headline(pullableResult(), { width: 80, inputWidths: [12], count: 1 }),
      '✔ nginx:latest  sha256:0123456789ab · index · head · 104 ms\n',
    );
  });
});
