// `report merge`: the report of one run, out of those of several.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseReportFile } from '../../src/config/report-file.ts';
import type { Result } from '../../src/core/result.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import type { Finished } from '../support/command.ts';
import { reportOn, runReporter } from '../support/results.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type FakeResults, fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

const image = (at: number): string => `registry.example.com/shop/app${at}:v1`;
const IMAGES = Array.from({ length: 12 }, (_, at) => image(at));

/** Without times; with the results in the order of their inputs. */
function comparable(text: string) {
  const { results, ...rest } = JSON.parse(text);
  const without = results.map(
    ({ startedAt: _, durationMs: __, requests: ___, ...result }: Record<string, unknown>) => result,
  );
  return {
    ...rest,
    results: without.sort((a: { input: string }, b: { input: string }) => (a.input < b.input ? -1 : 1)),
  };
}

interface Batch {
  readonly folder: TemporaryFolder;
  readonly merge: (...argv: readonly string[]) => Promise<Finished>;
  readonly whole: Finished;
  readonly exitCodes: readonly number[];
}

/** `1.json` to `3.json` and `.ndjson` of three shards, and the report of the whole. */
async function runBatch(folder: TemporaryFolder, results: FakeResults, args: readonly string[] = []): Promise<Batch> {
  const argv = ['check', '-f', `${folder.path}/images.txt`, ...args];
  folder.write('images.txt', `${IMAGES.join('\n')}\n`);
  const exitCodes: number[] = [];
  for (const shard of [1, 2, 3]) {
    const path = `${folder.path}/${shard}`;
    const outputs = ['-o', `json=${path}.json`, '-o', `ndjson=${path}.ndjson`, '--shard', `${shard}/3`];
    exitCodes.push((await runMain([...argv, ...outputs], { checker: fakeChecker(results) })).exitCode);
  }
  const whole = await runMain([...argv, '-o', 'json'], { checker: fakeChecker(results) });
  const merge = (...words: readonly string[]) =>
    runMain([
      'report',
      'merge',
      ...words.map((word) => (/^[\d-]\.?\w*json$/.test(word) ? `${folder.path}/${word}` : word)),
    ]);
  return { folder, merge, whole, exitCodes };
}

const FAILURES: FakeResults = {
  [image(1)]: 'not-found/tag',
  [image(4)]: 'unauthorized/credentials-required',
  [image(7)]: 'unreachable/dns',
};

describe('report merge', () => {
  it('writes the report of a single check of all images, of json and ndjson files in any order', async () => {
    for (const [results, args] of [
      [{}, []],
      [FAILURES, []],
      [FAILURES, ['--warn-on', 'not-found,unauthorized']],
      [FAILURES, ['--warn-on', 'not-found,unauthorized,unreachable']],
      [{ ...FAILURES, [image(2)]: 'internal-error' }, []],
      [{ [image(3)]: 'not-found/tag' }, ['--expect', 'absent']],
    ] as const) {
      using folder = createTemporaryFolder();
      const { merge, whole } = await runBatch(folder, results, args);
      for (const files of [
        ['1.json', '2.json', '3.json'],
        ['3.ndjson', '1.ndjson', '2.ndjson'],
        ['2.json', '3.ndjson', '1.json'],
      ]) {
        const merged = await merge(...files, '-o', 'json');
        assert.equal(merged.exitCode, whole.exitCode, merged.stderr);
        assert.deepEqual(comparable(merged.stdout), comparable(whole.stdout));
      }
    }
  });

  it('sorts by image, the same from every order of files', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, FAILURES);
    const one = await merge('1.json', '2.json', '3.json', '-o', 'ndjson');
    const other = await merge('3.ndjson', '2.json', '1.ndjson', '-o', 'ndjson');
    assert.equal(one.stdout, other.stdout);
    const inputs = one.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).input);
    assert.deepEqual(inputs, [...IMAGES].sort());
  });

  it('writes every format that check has, with what fails as in the runs', async () => {
    using folder = createTemporaryFolder();
    const { merge, whole } = await runBatch(folder, FAILURES, ['--warn-on', 'not-found']);
    assert.equal(whole.exitCode, 3);
    const outputs = ['junit', 'sarif', 'markdown', 'prometheus', 'gitlab', 'github'].flatMap((format) => [
      '-o',
      `${format}=${folder.path}/r.${format}`,
    ]);
    const merged = await merge('1.json', '2.json', '3.json', ...outputs);
    assert.deepEqual([merged.exitCode, merged.stderr], [3, '']);
    assert.match(merged.stdout, /^12 images: 9 pullable, 1 not pullable, 1 undetermined, 1 warning · /m);
    const { readFileSync } = await import('node:fs');
    assert.match(readFileSync(`${folder.path}/r.junit`, 'utf8'), /tests="12" failures="1"/);
    assert.match(readFileSync(`${folder.path}/r.prometheus`, 'utf8'), /kairos_pull_image_pullable\{.*\} 1/);
  });

  it('reads many shards from one stream of lines', async () => {
    using folder = createTemporaryFolder();
    const { whole } = await runBatch(folder, FAILURES);
    const { readFileSync } = await import('node:fs');
    // As the logs of several pods arrive.
    const lines = [1, 2, 3].map((at) => readFileSync(`${folder.path}/${at}.ndjson`, 'utf8').trimEnd().split('\n'));
    const mixed = Array.from({ length: 20 }, (_, at) => lines.map((those) => those[at])).flat();
    const stdin = mixed.filter((line) => line !== undefined).join('\r\n');
    const merged = await runMain(['report', 'merge', '-', '-o', 'json'], { stdin });
    assert.deepEqual(comparable(merged.stdout), comparable(whole.stdout));
  });

  it('writes the rest and ends with 2 if a shard is missing', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, {});
    const merged = await merge('1.json', '3.ndjson', '-o', 'json');
    const message = 'No report for this shard; its images are missing from the merged report.';
    assert.equal(merged.exitCode, 2);
    assert.equal(merged.stderr, `error: shard 2 of 3: ${message}\n`);
    const { problems, summary, exitCode } = documentOf(merged);
    assert.deepEqual(problems, [{ source: 'shard 2 of 3', line: null, message }]);
    assert.deepEqual([summary.total > 0 && summary.total < 12, exitCode], [true, 2]);
    assert.match(
      (await merge('2.json')).stderr,
      /^error: shards 1, 3 of 3: No reports for these shards; their images are missing/,
    );
    const { stdout } = await merge('1.json', '3.json');
    assert.match(stdout, /^\d+ images: \d+ pullable · shard 2 of 3 missing · .*\n$/m);
    const markdown = await merge('2.json', '-o', 'markdown');
    assert.match(markdown.stdout, /^### ❌ \d+ images: \d+ pullable · shards 1, 3 of 3 missing$/m);
  });

  it('names the files of a shard that is there twice', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, {});
    for (const files of [
      ['1.json', '2.json', '1.ndjson', '3.json'],
      ['1.json', '1.ndjson'],
    ]) {
      const { exitCode, stdout, stderr } = await merge(...files);
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.equal(
        stderr.split('\n')[0],
        `error: ${folder.path}/1.json and ${folder.path}/1.ndjson are both shard 1/3.`,
      );
    }
    assert.match((await merge('1.json', '1.json')).stderr, /1\.json contains shard 1\/3 twice\./);
  });

  it('refuses shards of different batches, and a shard with something else', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, {});
    const other = ['check', ...IMAGES, '-o', `json=${folder.path}/4.json`];
    const errorOf = async (args: readonly string[]): Promise<string> => {
      assert.equal((await runMain([...other, ...args])).exitCode, 0);
      const { exitCode, stdout, stderr } = await merge('1.json', '2.json', '4.json');
      assert.deepEqual([exitCode, stdout], [2, '']);
      return (stderr.split('\n')[0] ?? '').replaceAll(folder.path, '.');
    };
    assert.equal(
      await errorOf(['--shard', '3/4']),
      'error: ./4.json is shard 3/4, but ./1.json is shard 1/3: their runs shared the images in different ways.',
    );
    assert.equal(await errorOf([]), 'error: ./4.json is not the report of a shard, unlike ./1.json.');
    assert.equal(
      await errorOf(['--shard', '3/3', '--warn-on', 'denied']),
      'error: ./1.json and ./4.json are reports of runs with different --expect, --warn-on or --strict.',
    );
  });

  it('refuses shards of other images or another question, but not of an interrupted run', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, {});
    for (const other of [
      [...IMAGES.slice(1), 'nginx'],
      ['nginx'],
      [...IMAGES, '--platform', 'linux/arm64'],
      [...IMAGES, '--proof', 'layers'],
    ]) {
      assert.equal(
        (await runMain(['check', ...other, '--shard', '3/3', '-o', `json=${folder.path}/4.json`])).exitCode,
        0,
      );
      const { exitCode, stdout, stderr } = await merge('1.json', '2.ndjson', '4.json');
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.equal(
        stderr.split('\n')[0]?.replaceAll(folder.path, '.'),
        'error: ./1.json and ./4.json are shards of different batches: their lists of images, --platform or --proof differ.',
      );
    }
    const reversed = ['check', ...IMAGES.toReversed(), '--shard', '3/3', '-o', `json=${folder.path}/4.json`];
    assert.equal((await runMain(reversed)).exitCode, 0);
    assert.equal((await merge('1.json', '2.ndjson', '4.json')).exitCode, 0);
  });

  it('refuses a report that is given twice, under any name', async () => {
    using folder = createTemporaryFolder();
    const report = await runMain(['check', image(1), image(2), '-o', 'json'], { checker: fakeChecker({}) });
    const [one, copy] = [folder.write('one.json', report.stdout), folder.write('copy.json', report.stdout)];
    for (const [paths, sentence] of [
      [[one, one], `error: ${one} is given twice.`],
      [[one, copy], `error: ${one} and ${copy} contain the same check of ${image(1)}.`],
    ] as const) {
      const { exitCode, stderr } = await runMain(['report', 'merge', ...paths]);
      assert.deepEqual([exitCode, stderr.split('\n')[0]], [2, sentence]);
    }
  });

  it('refuses a report of a newer version, and an impossible shard', async () => {
    using folder = createTemporaryFolder();
    const { stdout } = await runMain(['check', image(1), '--shard', '1/1', '-o', 'json'], { checker: fakeChecker({}) });
    for (const [text, sentence] of [
      [stdout.replace('"schemaVersion": 1', '"schemaVersion": 2'), 'A newer version of kairos-pull wrote this report'],
      [stdout.replace('"current": 1', '"current": 9'), 'shard.current does not have the form that it has in a report.'],
    ] as const) {
      const { exitCode, stderr } = await runMain(['report', 'merge', folder.write('r.json', text)]);
      assert.equal(exitCode, 2);
      assert.match(stderr, new RegExp(`^error: .*r\\.json:\\d+: ${sentence}`));
    }
  });

  it('merges reports without shards too', async () => {
    using folder = createTemporaryFolder();
    for (const at of [1, 2]) {
      await runMain([
        'check',
        image(at),
        '-o',
        `json=${folder.path}/${at}.json`,
        '-o',
        `ndjson=${folder.path}/${at}.ndjson`,
      ]);
    }
    for (const extension of ['json', 'ndjson']) {
      const files = [1, 2].map((at) => `${folder.path}/${at}.${extension}`);
      const merged = await runMain(['report', 'merge', ...files, '-o', 'json']);
      assert.deepEqual([merged.exitCode, documentOf(merged).summary.pullable, documentOf(merged).shard], [0, 2, null]);
    }
  });

  it('is exit code 2 if nothing was checked in any shard, and 0 if one is empty', async () => {
    using folder = createTemporaryFolder({ 'none.txt': '# none\n' });
    for (const [file, code] of [
      [`${folder.path}/none.txt`, 2],
      ['nginx', 0],
    ] as const) {
      const reports = [1, 2].map((at) => `${folder.path}/${at}.json`);
      for (const at of [1, 2])
        await runMain(['check', file, '--shard', `${at}/2`, '-o', `json=${folder.path}/${at}.json`]);
      const whole = await runMain(['check', file, '-o', 'json']);
      const merged = await runMain(['report', 'merge', ...reports, '-o', 'json']);
      assert.deepEqual([merged.exitCode, whole.exitCode], [code, code]);
      assert.deepEqual(comparable(merged.stdout), comparable(whole.stdout));
    }
  });

  it('is interrupted if a shard was, and counts what was not checked', async () => {
    using folder = createTemporaryFolder();
    const { merge } = await runBatch(folder, {});
    const interruption = new AbortController();
    const checker = fakeChecker({}, () => interruption.abort());
    const argv = ['check', ...IMAGES, '--shard', '2/3', '-o', `json=${folder.path}/4.json`];
    assert.equal((await runMain(argv, { checker, interruption: interruption.signal })).exitCode, 130);
    const merged = await merge('1.json', '4.json', '3.json', '-o', 'json');
    const { interrupted, notChecked, summary } = documentOf(merged);
    assert.deepEqual([merged.exitCode, interrupted, notChecked + summary.total], [130, true, 12]);
  });
});

describe('report without merge', () => {
  for (const [args, problem] of [
    [[], 'missing command'],
    [['shard-1.json'], "unknown command 'shard-1.json'"],
    [['mrege', 'shard-1.json'], "unknown command 'mrege'"],
  ] as const) {
    it(`is an error with what to run: ${problem}`, async () => {
      const { exitCode, stdout, stderr } = await runMain(['report', ...args]);
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.equal(
        stderr,
        `error: ${problem}; use kairos-pull report merge <file...>\nSee kairos-pull report --help.\n`,
      );
    });
  }
});

describe('a file that is not a whole report', () => {
  const errorOf = async (content: string): Promise<string> => {
    using folder = createTemporaryFolder({ 'r.json': content });
    const { exitCode, stdout, stderr } = await runMain(['report', 'merge', `${folder.path}/r.json`]);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /\nSee kairos-pull report --help\.\n$/);
    return (stderr.split('\n')[0] ?? '').replaceAll(folder.path, '.').replace('error: ./', '');
  };
  const shardReport = async (format: string): Promise<string> =>
    (await runMain(['check', ...IMAGES, '--shard', '1/1', '-o', format])).stdout;

  it('is named with its line', async () => {
    const json = await shardReport('json');
    const end = 'a string does not end in its line';
    const cut = (words: string, column: number) =>
      `Not valid JSON: ${words} (column ${column}). The report may be cut off: did the run end?`;
    const cutInString = json.slice(0, json.lastIndexOf('"verdict"') + 5);
    const column =
      json
        .split('\n')
        .find((line) => line.includes('"verdict"'))
        ?.indexOf('"') ?? 0;
    assert.equal(await errorOf(cutInString), `r.json:${cutInString.split('\n').length}: ${cut(end, column + 1)}`);
    const verdict = json.split('\n').findIndex((line) => line.includes('"verdict"')) + 1;
    const wrong = 'results[0].verdict does not have the form that it has in a report.';
    assert.equal(await errorOf(json.replace('"pullable"', '"perhaps"')), `r.json:${verdict}: ${wrong}`);
    assert.equal(await errorOf(json.replace('"pullable"', '"unpullable"')), `r.json:${verdict}: ${wrong}`);
    const lines = (await shardReport('ndjson')).trimEnd().split('\n');
    assert.equal(await errorOf([...lines.slice(0, 3), '{"input": "x', ''].join('\n')), `r.json:4: ${cut(end, 11)}`);
    assert.equal(
      await errorOf([lines[0], lines[1]?.replace('"message":', '"note":')].join('\n')),
      'r.json:2: message does not have the form that it has in a report.',
    );
  });

  it('is refused if results are missing from it', async () => {
    const [first, ...lines] = (await shardReport('ndjson')).trimEnd().split('\n');
    assert.ok(first?.includes('verdict'));
    assert.equal(await errorOf(lines.join('\n')), 'r.json: Only 11 of 12 results: the report is not complete.');
  });

  it('is said to be something else', async () => {
    const something = 'Not a report of kairos-pull check; use the files of -o json or -o ndjson.';
    assert.equal(await errorOf('nginx\nredis\n'), `r.json:1: ${something}`);
    assert.equal(await errorOf('{"images": []}'), `r.json:1: ${something}`);
    assert.equal(await errorOf('[1]'), `r.json: ${something}`);
    assert.equal(await errorOf(' \n'), 'r.json: The file is empty. Did the run end?');
    const { stderr } = await runMain(['report', 'merge', '/nonexistent/r.json']);
    assert.match(stderr, /^error: cannot read \/nonexistent\/r\.json: no such file or directory\.\n/);
  });

  it('is read as PowerShell writes it', async () => {
    const text = await shardReport('json');
    using folder = createTemporaryFolder({
      'a.json': Buffer.from(`\ufeff${text}`, 'utf16le'),
      'b.json': `\ufeff${text}`,
    });
    for (const name of ['a.json', 'b.json']) {
      assert.equal((await runMain(['report', 'merge', `${folder.path}/${name}`])).exitCode, 0, name);
    }
  });
});

describe('a report that is read again', () => {
  it('has the results that were written, without what could control a terminal', () => {
    for (const format of ['json', 'ndjson'] as const) {
      const write = (results: readonly Result[]): string =>
        runReporter(createReporter(format, { color: 0, unicode: true }), results, reportOn(results));
      const read = (text: string): Result[] => {
        const file = parseReportFile(text);
        assert.ok(file.ok, JSON.stringify(file));
        return file.value.results.map((stored) => stored.read());
      };
      const lists = fc.array(anyResult, { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(lists, (results) => {
          const again = read(write(results));
          const facts = (those: readonly Result[]) =>
            those.map(({ input, foundAt, verdict, reason, cause, proof, platforms, requests, durationMs }) =>
              JSON.stringify([
                input,
                foundAt,
                verdict,
                reason,
                cause,
                proof,
                platforms?.length,
                requests.length,
                durationMs,
              ]),
            );
          assert.deepEqual(facts(again), facts(results));
          assert.equal(write(read(write(again))), write(again));
          for (const { message, hint } of again) assert.doesNotMatch(`${message}${hint}`, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        }),
        { numRuns: 200 },
      );
    }
  });
});
