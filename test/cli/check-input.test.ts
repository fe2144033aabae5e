import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { CheckerSettings } from '../../src/check/checker-settings.ts';
import type { SourceProblem, Target } from '../../src/core/target.ts';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

describe('check -f', () => {
  let list = '';
  before(async () => {
    list = join(await mkdtemp(join(tmpdir(), 'kairos-pull-')), 'list.txt');
    await writeFile(list, '# two images\nnginx\nredis:7\n');
  });
  after(() => rm(list, { recursive: true }));

  it('checks the images of a list, and reports their locations', async () => {
    const finished = await runMain(['check', 'nginx:latest', '-f', list, '-o', 'json'], {});
    const places = documentOf(finished).results.map(({ input, foundAt }: { input: string; foundAt: unknown }) => ({
      input,
      foundAt,
    }));
    assert.deepEqual(places, [
      { input: 'nginx:latest', foundAt: [{ source: list, line: 2, path: null }] },
      { input: 'redis:7', foundAt: [{ source: list, line: 3, path: null }] },
    ]);
  });

  it('reads standard input', async () => {
    const finished = await runMain(['check', '-f', '-', '-o', 'ndjson'], { stdin: 'nginx\r\n\n# x\nnot an image\n' });
    const results = finished.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      results.map(({ input, foundAt }) => [input, foundAt[0].source, foundAt[0].line]),
      [
        ['nginx', '-', 1],
        ['not an image', '-', 4],
      ],
    );
  });

  it('keeps both locations of an image that is repeated in standard input', async () => {
    const { results } = documentOf(await runMain(['check', '-f', '-', '-o', 'json'], { stdin: 'a\nb\na:latest\n' }));
    assert.deepEqual(
      results.map(({ foundAt }: { foundAt: { line: number }[] }) => foundAt.map(({ line }) => line)),
      [[1, 3], [2]],
    );
  });

  it('reports an image before standard input ends', async () => {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    stdin.write('nginx\n');
    const running = runMain(['check', '-f', '-', '-o', 'ndjson'], { stdin, stdout });
    const [first] = await once(stdout, 'data');
    assert.equal(JSON.parse(first).input, 'nginx');
    stdin.end('redis\n');
    const [second] = await once(stdout, 'data');
    assert.equal(JSON.parse(second).input, 'redis');
    assert.equal((await running).exitCode, 0);
  });

  it('reads a hundred thousand lines, and checks each image once', async () => {
    function* lines() {
      for (let index = 0; index < 100_000; index += 1) yield `registry.example.com/app:${index % 50_000}\n`;
    }
    const checker = fakeChecker();
    const stdin = Readable.from(lines());
    const { exitCode } = await runMain(['check', '-f', '-', '-q'], { checker, stdin });
    assert.equal(exitCode, 0);
    assert.equal(checker.checked.length, 50_000);
    assert.equal(new Set(checker.checked).size, 50_000);
  });

  it('ends with 2 and explains what to do if it is empty', async () => {
    const finished = await runMain(['check', '-f', '-', '-o', 'json'], { stdin: '# nothing\n' });
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(documentOf(finished).results, []);
    assert.equal(documentOf(finished).exitCode, 2);
    assert.equal(finished.stderr, 'error: no images found in standard input: it has no content.\n');
  });

  it('ends with 2 without an image or a file, and without a document', async () => {
    const finished = await runMain(['check', '-o', 'json']);
    assert.equal(finished.exitCode, 2);
    assert.equal(finished.stdout, '');
    assert.match(finished.stderr, /^error: nothing to check\. .*\n {2}kairos-pull check nginx:1\.27\n/);
  });

  it('checks nothing if the only file cannot be read', async () => {
    const checker = fakeChecker();
    const finished = await runMain(['check', '-f', '/nowhere.txt'], { checker });
    assert.deepEqual(finished, {
      exitCode: 2,
      stdout: '',
      stderr: 'error: cannot read /nowhere.txt: no such file or directory.\n',
    });
    assert.deepEqual(checker.checked, []);
  });

  it('fails if a file cannot be read, and still checks everything else', async () => {
    const finished = await runMain(['check', 'nginx', '-f', '/nowhere.txt', '-f', list, '-o', 'json']);
    assert.equal(finished.exitCode, 2);
    assert.equal(finished.stderr, 'error: /nowhere.txt: Cannot be read: no such file or directory.\n');
    const { results, problems } = documentOf(finished);
    assert.deepEqual(
      results.map(({ input }: { input: string }) => input),
      ['nginx', 'redis:7'],
    );
    assert.deepEqual(problems, [
      { source: '/nowhere.txt', line: null, message: 'Cannot be read: no such file or directory.' },
    ]);
  });
});

describe('check -f with an invalid file', () => {
  const pods = (last: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: a, image: nginx }] }\n---\n${last}\n`;

  it('reports it, checks the rest, and ends with 2', async () => {
    const checker = fakeChecker();
    const finished = await runMain(['check', '-f', '-', '-o', 'json'], { checker, stdin: pods('a: [') });
    assert.deepEqual(checker.checked, ['nginx']);
    assert.equal(finished.exitCode, 2);
    assert.equal(documentOf(finished).exitCode, 2);
    assert.equal(documentOf(finished).summary.pullable, 1);
    assert.deepEqual(
      documentOf(finished).problems.map(({ source, line }: SourceProblem) => ({ source, line })),
      [{ source: '-', line: 6 }],
    );
    assert.equal(finished.stderr, 'error: standard input:6: Not valid YAML: this "[" is never closed (column 4).\n');
  });

  it('leaves no report green if no image was found', async () => {
    const finished = await runMain(['check', '-f', '-', '-o', 'json'], { stdin: '# nothing\n' });
    assert.deepEqual(documentOf(finished).problems, [{ source: '-', line: null, message: 'No images found.' }]);
    assert.equal(finished.exitCode, 2);
    assert.equal(finished.stderr, 'error: no images found in standard input: it has no content.\n');
  });

  it('reports a file before the first check', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    const path = join(folder, 'pods.yaml');
    await writeFile(path, pods('['));
    const { exitCode, stderr } = await runMain(['check', '-f', folder]);
    await rm(folder, { recursive: true });
    assert.equal(exitCode, 2);
    assert.equal(stderr, `error: ${path}:6: Not valid YAML: this "[" is never closed (column 1).\n`);
  });

  it('passes on skipped images and platforms', async () => {
    const targets: Target[] = [];
    const checker = fakeChecker();
    const createChecker = (options: CheckerSettings) => {
      const created = checker.createChecker(options);
      return {
        ...created,
        checkAll: (inputs: Parameters<typeof created.checkAll>[0]) => {
          async function* watched() {
            for await (const input of inputs) {
              if (typeof input !== 'string') targets.push(input);
              yield input;
            }
          }
          return created.checkAll(watched());
        },
      };
    };
    const stdin =
      'apiVersion: v1\nkind: Pod\nspec: { nodeSelector: { kubernetes.io/arch: arm64 }, containers: [{ image: a }, { image: $A }] }\n';
    await runMain(['check', '-f', '-'], { checker: { ...checker, createChecker }, stdin });
    assert.deepEqual(
      targets.map(({ text, platform, skip }) => [text, platform, skip?.reason]),
      [
        ['a', 'linux/arm64', undefined],
        ['$A', undefined, 'unresolved-variable'],
      ],
    );
  });
});

describe('check --username --password-stdin', () => {
  const login = async (argv: readonly string[], stdin: string) => {
    const checker = fakeChecker();
    const finished = await runMain(['check', '-u', 'me', '--password-stdin', ...argv], { checker, stdin });
    return { ...finished, login: checker.options[0]?.login };
  };

  it('passes the password to the checker, only for the registries of the command line', async () => {
    const { exitCode, login: told } = await login(['ghcr.io/org/app', 'ghcr.io/org/b', 'nginx'], 'hunter2\r\n');
    assert.equal(exitCode, 0);
    assert.equal(told?.username, 'me');
    assert.equal(told?.password.reveal(), 'hunter2');
    assert.deepEqual(told?.registries, ['ghcr.io', 'docker.io']);
  });

  it('removes only one line end', async () =>
    assert.equal((await login(['nginx'], ' pass word \n\n')).login?.password.reveal(), ' pass word \n'));

  it('never shows the password', async () => {
    const { stdout, stderr } = await login(['nginx', '-v', '-o', 'json'], 'hunter2');
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  });

  it('rejects an empty password', async () => {
    const { exitCode, stderr } = await login(['nginx'], '\n');
    assert.equal(exitCode, 2);
    assert.equal(stderr.split('\n')[0], 'error: --password-stdin: standard input contains no password.');
  });

  it('rejects an endless password', async () => {
    const { exitCode, stderr } = await login(['nginx'], 'x'.repeat(70_000));
    assert.equal(exitCode, 2);
    assert.equal(stderr.split('\n')[0], 'error: --password-stdin: standard input is too long for a password.');
  });

  it('accepts a password of several lines: the key of a Google service account', async () => {
    const key = '{\n  "type": "service_account"\n}';
    assert.equal((await login(['nginx'], `${key}\n`)).login?.password.reveal(), key);
  });

  it('rejects a password with a control character', async () => {
    const { exitCode, stderr } = await login(['nginx'], 'pass\u001b[2Jword');
    assert.equal(exitCode, 2);
    assert.equal(
      stderr.split('\n')[0],
      'error: the credentials of --username cannot be sent: the password contains a control character.',
    );
  });

  it('rejects a user name with a control character', async () => {
    const { exitCode, stderr } = await login(['nginx', '--username', 'me\r'], 'hunter2');
    assert.equal(exitCode, 2);
    assert.equal(
      stderr.split('\n')[0],
      'error: the credentials of --username cannot be sent: the user name contains a control character.',
    );
  });

  it('rejects credentials if all images are in files', async () => {
    const { exitCode, stderr } = await login(['-f', '/dev/null'], 'hunter2');
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: --username applies to images on the command line, and there are none/);
  });
});

describe('check --use-pull-secrets', () => {
  const secret = `kind: Secret
type: kubernetes.io/dockerconfigjson
metadata: { name: regcred }
stringData: { .dockerconfigjson: '{"auths":{"registry.example.com":{"auth":"bWU6czNjcjN0"}}}' }
---
`;
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { imagePullSecrets: [{ name: regcred }], containers: [{ name: web, image: registry.example.com/web:1 }] }
`;
  const run = async (line: string, stdin: string) => {
    const checker = fakeChecker();
    const finished = await runMain(line.split(' '), { checker, stdin });
    return { ...finished, found: checker.options[0]?.pullSecrets?.map(({ file }) => file), checked: checker.checked };
  };

  it('passes the secret to the checker, and never shows it', async () => {
    const line = 'check -f - --use-pull-secrets -v -o json';
    const { exitCode, stdout, stderr, found, checked } = await run(line, secret + pod);
    assert.deepEqual([exitCode, found, checked], [0, ['standard input'], ['registry.example.com/web:1']]);
    assert.doesNotMatch(stdout + stderr, /bWU6czNjcjN0|s3cr3t|warning:/);
  });

  it('matches secret and pod across the files of a directory, in any order, and standard input', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    const [first, last] = [join(folder, 'a.yaml'), join(folder, 'z.yaml')];
    const image = 'registry.example.com/web:1';
    const check = async (files: readonly string[], stdin = '') => {
      const { exitCode, found, checked } = await run(
        `check --use-pull-secrets ${files.map((file) => `-f ${file}`).join(' ')}`,
        stdin,
      );
      return [exitCode, found, checked];
    };
    try {
      await writeFile(first, `apiVersion: v1\n${secret}`);
      await writeFile(last, pod);
      assert.deepEqual(await check([folder]), [0, [first], [image]]);
      assert.deepEqual(await check([last, first]), [0, [first], [image]]);
      assert.deepEqual(await check([first, '-'], pod), [0, [first], [image]]);
      await writeFile(first, `apiVersion: v1\n${secret}`.replace('name: regcred', 'name: other'));
      assert.deepEqual(await check([folder]), [0, [], [image]]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ignores secrets without the option', async () =>
    assert.equal((await run('check -f -', secret + pod)).found, undefined));

  it('reports if there is none', async () => {
    const { exitCode, stderr, found } = await run('check -f - --use-pull-secrets', pod);
    assert.deepEqual([exitCode, found], [0, []]);
    assert.equal(
      stderr,
      'warning: --use-pull-secrets: no imagePullSecrets entry in these files refers to a Secret defined in them.\n',
    );
  });
});

describe('check with ignore rules', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    const old = '  - { image: "old/*", reason: moved away, until: 2025-12-31 }\n';
    const text = `ignore:\n  - { image: "r.example/dev/*", reason: built later, until: 2026-01-01 }\n${old}`;
    await writeFile(join(folder, 'kairos-pull.yaml'), text);
  });
  after(() => rm(folder, { recursive: true }));
  const expired =
    'warning: kairos-pull.yaml:3: the ignore rule for old/* expired on 2025-12-31; the image is checked again.\n';

  it('skips the images with the reason, and checks the image of an expired rule', async () => {
    const checker = fakeChecker();
    const line = ['check', '-f', '-', '-o', 'json'];
    const { exitCode, stderr } = await runMain(line, {
      cwd: folder,
      checker,
      stdin: 'nginx\nr.example/dev/app:1\nold/app\n',
    });
    assert.deepEqual([exitCode, stderr], [0, expired]);
    assert.deepEqual(
      checker.targets.map(({ text, skip }) => [text, skip]),
      [
        ['nginx', undefined],
        ['r.example/dev/app:1', { reason: 'ignored', message: 'built later (until 2026-01-01)' }],
        ['old/app', undefined],
      ],
    );
  });

  it('lists the ignored images with --dry-run, and exits with 2 if there are no others', async () => {
    const line = ['check', '--dry-run', 'r.example/dev/app:1'];
    assert.deepEqual(await runMain([...line, 'nginx'], { cwd: folder }), {
      exitCode: 0,
      stdout: 'r.example/dev/app:1  skipped (ignored): built later (until 2026-01-01)\nnginx\n',
      stderr: `${expired}2 images, 1 of them skipped.\n`,
    });
    assert.deepEqual(await runMain(line, { cwd: folder }), {
      exitCode: 2,
      stdout: 'r.example/dev/app:1  skipped (ignored): built later (until 2026-01-01)\n',
      stderr: `${expired}error: nothing would be checked: all images are skipped.\n`,
    });
  });

  it('lists the ignored images with the images command', async () =>
    assert.deepEqual(await runMain(['images', 'r.example/dev/app:1', 'nginx'], { cwd: folder }), {
      exitCode: 0,
      stdout: 'r.example/dev/app:1  skipped (ignored): built later (until 2026-01-01)\nnginx\n',
      stderr: `${expired}2 images, 1 of them skipped.\n`,
    }));
});

describe('check --dry-run', () => {
  const dryRun = async (line: string, circumstances: Parameters<typeof runMain>[1] = {}) => {
    const checker = fakeChecker();
    const finished = await runMain(`check --dry-run ${line}`.split(' '), { ...circumstances, checker });
    assert.deepEqual(checker.options, []);
    return finished;
  };

  it('lists what would be checked, without any request', async () =>
    assert.deepEqual(await dryRun('redis -f - --wait 5m', { stdin: 'nginx\nredis\n' }), {
      exitCode: 0,
      stdout: 'redis  standard input:2\nnginx  standard input:1\n',
      stderr: '2 images.\n',
    }));

  it('writes JSON', async () => {
    const { images } = documentOf(await dryRun('nginx -o json'));
    assert.equal(images[0].reference.canonical, 'docker.io/library/nginx:latest');
  });

  it('exits with 2 if there is nothing to check, or a text is not a reference', async () => {
    assert.deepEqual(await dryRun('-f -', { stdin: '# none\n' }), {
      exitCode: 2,
      stdout: '',
      stderr: 'error: no images found in standard input: it has no content.\n',
    });
    assert.equal((await dryRun('nginx quay.io/X')).exitCode, 2);
  });

  it('rejects what a check would reject', async () => {
    const { exitCode, stderr } = await dryRun('nginx --layers --proof head');
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: --layers means --proof layers, but --proof is head\.\n/);
  });
});
