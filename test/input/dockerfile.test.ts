// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DockerfileOptions, dockerfileExtractor, extractDockerfile } from '../../src/input/dockerfile.ts';
import { formatFound, NO_OPTIONS } from './found-lines.ts';

const extract = (text: string, options: Partial<DockerfileOptions> = {}) =>
  extractDockerfile(text, { buildArgs: {}, ...options });

/** `2 COPY --from nginx`, `1 FROM nginx (linux/arm64)`, `1 FROM nginx:$V ? why it is skipped`. */
const imagesOf = (text: string, options: Partial<DockerfileOptions> = {}): string[] => {
  const { found, problems } = extract(text, options);
  assert.deepEqual(problems, []);
  return found.map(
    ({ line, path, text: image, platform, skip }) =>
      `${line} ${path} ${image}${platform === undefined ? '' : ` (${platform})`}${skip === undefined ? '' : ` ? ${skip.message}`}`,
  );
};

const problemsOf = (text: string, options: Partial<DockerfileOptions> = {}): string[] =>
  extract(text, options).problems.map(({ line, message }) => `${line} ${message}`);

type Images = readonly (readonly [text: string, images: readonly string[], options?: Partial<DockerfileOptions>])[];
type Problems = readonly (readonly [text: string, ...problems: string[]])[];

const checkImages = (cases: Images) => {
  for (const [text, images, options] of cases) {
    it(JSON.stringify(text) + (options === undefined ? '' : ` with ${JSON.stringify(options)}`), () => {
      assert.deepEqual(imagesOf(text, options), images);
    });
  }
};

const checkProblems = (cases: Problems) => {
  for (const [text, ...problems] of cases) {
    it(JSON.stringify(text), () => assert.deepEqual(problemsOf(text), problems));
  }
};

describe('extractDockerfile', () => {
  it('gives the location, the instruction and the platform of each image', () => {
    const text = [
      '# syntax=docker/dockerfile:1',
      'ARG GO=1.25',
      'ARG REGISTRY',
      'FROM --platform=linux/arm64/v8 golang:$GO AS build',
      'FROM $REGISTRY/base',
      'COPY --from=build /app /app',
      'COPY --from=busybox:1.37 /bin/sh /bin/sh',
    ].join('\n');
    assert.deepEqual(extract(text), {
      found: [
        { text: 'docker/dockerfile:1', line: 1, path: '# syntax' },
        { text: 'golang:1.25', line: 4, path: 'FROM', platform: 'linux/arm64' },
        {
          text: '$REGISTRY/base',
          line: 5,
          path: 'FROM',
          skip: {
            reason: 'unresolved-variable',
            message: 'REGISTRY has no default and no build argument.',
          },
        },
        { text: 'busybox:1.37', line: 7, path: 'COPY --from' },
      ],
      problems: [],
    });
  });

  describe('stages', () => {
    checkImages([
      ['FROM nginx', ['1 FROM nginx']],
      ['from nginx as web', ['1 FROM nginx']],
      ['FROM nginx AS nginx\nFROM nginx:latest', ['2 FROM nginx:latest']],
      ['FROM nginx AS a\nFROM a:latest', ['2 FROM a:latest']],
      ['FROM nginx AS Web\nFROM web', ['1 FROM nginx']],
      ['FROM a\nFROM nginx AS a', ['2 FROM nginx']],
      ['FROM nginx\nFROM redis', ['2 FROM redis']],
      ['FROM scratch', []],
      ['FROM scratch:latest', ['1 FROM scratch:latest']],
      ['FROM a AS x\nFROM b AS x\nFROM x', ['2 FROM b']],
      ['FROM a AS x\nFROM b AS y\nFROM c', ['1 FROM a'], { target: 'X' }],
      ['FROM a AS x\nFROM x AS y\nFROM y\nCOPY --from=X /a /b', ['1 FROM a']],
      ['FROM a AS x\nFROM b', [], { contexts: ['b'] }],
      ['FROM a AS x\nFROM x', [], { contexts: ['x'] }],
      ['FROM docker.io/library/alpine:latest', [], { contexts: ['alpine'] }],
    ]);
    checkProblems([
      ['FROM nginx AS a\nFROM A', '2 FROM A: The repository "A" contains uppercase letters; use "a".'],
      ['FROM SCRATCH', '1 FROM SCRATCH: The repository "SCRATCH" contains uppercase letters; use "scratch".'],
      ['FROM Bad AS x\nFROM nginx', '1 FROM Bad: The repository "Bad" contains uppercase letters; use "bad".'],
      ['FROM nginx # comment', '1 FROM requires an image, optionally with AS name, not "nginx # comment".'],
      ['FROM nginx AS', '1 FROM requires an image, optionally with AS name, not "nginx AS".'],
      ['FROM nginx AS 1a', '1 Invalid stage name "1a": use a letter, then letters, digits, "_", "." or "-".'],
      ['FROM', '1 FROM has no image.'],
      ['FROM docker://nginx', '1 FROM docker://nginx: remove "docker://".'],
      ['RUN ls\nFROM nginx', '1 RUN is not allowed before the first FROM; only ARG is.'],
      ['FROM nginx\nFRMO redis', '2 "FRMO" is not an instruction.'],
      ['# nothing', 'undefined No FROM instruction.'],
      ['', 'undefined No FROM instruction.'],
    ]);
    it('a target that does not exist', () => {
      assert.deepEqual(problemsOf('FROM nginx', { target: 'web' }), ['undefined Stage "web" does not exist.']);
    });
    it('keeps images found in a file with errors', () => {
      const { found, problems } = extract('FROM nginx\nCOPY --from=redis /a /b\nCOPY --from=Bad /a /b\nNONSENSE');
      assert.deepEqual(
        found.map(({ text }) => text),
        ['nginx', 'redis'],
      );
      assert.deepEqual(
        problems.map(({ line }) => line),
        [3, 4],
      );
    });
  });

  describe('variables', () => {
    const noValue = 'has no default and no build argument.';
    const byPlatform = 'depends on the build platform.';
    checkImages([
      ['ARG V=1\nFROM nginx:$V', ['2 FROM nginx:1']],
      ['ARG V=1\nFROM nginx:$V', ['2 FROM nginx:2'], { buildArgs: { V: '2' } }],
      ['ARG V="1" W=$V-a\nFROM nginx:$W', ['2 FROM nginx:1-a']],
      ['ARG V=1\nARG V\nFROM nginx:$V', ['3 FROM nginx:1']],
      ['FROM nginx:${V:-1}', ['1 FROM nginx:1'], { buildArgs: { V: '2' } }],
      ['FROM nginx:1$V', ['1 FROM nginx:1']],
      ['ARG B=$A\nARG A=nginx\nFROM ${B:-redis}', ['3 FROM redis']],
      ['ARG A=1.25.3\nFROM nginx:${A%%.*}', ['2 FROM nginx:1']],
      ['ARG V\nFROM nginx:$V', [`2 FROM nginx:$V ? V ${noValue}`]],
      ['ARG V\nFROM nginx:1$V', [`2 FROM nginx:1$V ? V ${noValue}`]],
      ['ARG V\nARG W=$V\nFROM nginx:$W', [`3 FROM nginx:$W ? V ${noValue}`]],
      ['ARG V\nFROM nginx:${V:-1}${V:+x}', ['2 FROM nginx:1']],
      ['ARG V\nARG R\nFROM $R/nginx:$V', [`3 FROM $R/nginx:$V ? R and V have no default and no build argument.`]],
      ['ARG V\nFROM nginx:$V AS a\nFROM redis', ['3 FROM redis']],
      ['FROM nginx AS a\nARG V=2\nFROM redis', ['3 FROM redis']],
      ['FROM x-$TARGETARCH', [`1 FROM x-$TARGETARCH ? TARGETARCH ${byPlatform}`]],
      ['FROM x-$TARGETARCH', ['1 FROM x-arm64'], { buildArgs: { TARGETARCH: 'arm64' } }],
      ['FROM nginx AS base-amd64\nFROM redis AS base-arm64\nFROM base-$TARGETARCH', ['1 FROM nginx', '2 FROM redis']],
      ['FROM nginx AS amd64-x\nFROM redis AS y\nFROM ${TARGETARCH}-x', ['1 FROM nginx']],
      ['FROM $TARGETSTAGE', ['1 FROM default']],
    ]);
    checkProblems([
      [
        'FROM alpine\nARG A=nginx\nFROM $A',
        '3 FROM $A is empty: FROM can only use ARGs declared before the first FROM.',
      ],
      [
        'ARG IMG=\nFROM ${IMG-nginx}',
        '2 FROM ${IMG-nginx} is empty: FROM can only use ARGs declared before the first FROM.',
      ],
      ['FROM nginx:$V', '1 FROM nginx:$V: The tag after ":" is empty in "nginx:"; add one or remove the colon.'],
      ['ARG V\nFROM nginx:${V:?which}', '2 FROM nginx:${V:?which}: required variable V is not set: which.'],
      ['FROM ${V^^}', '1 FROM ${V^^}: ${V^…} is not a supported expansion.'],
      ['ARG A="x\nFROM nginx', '1 ARG A: unterminated double quote.'],
      ['ARG\nARG =x\nFROM nginx', '1 ARG has no name.', '2 ARG =x has no name.'],
    ]);
  });

  describe('platforms', () => {
    checkImages([
      ['FROM --platform=linux/amd64 nginx', ['1 FROM nginx (linux/amd64)']],
      ['FROM --platform=$BUILDPLATFORM nginx', ['1 FROM nginx']],
      ['ARG P=windows\nFROM --platform=$P/amd64 nginx', ['2 FROM nginx (windows/amd64)']],
      ['ARG P\nFROM --platform=$P nginx', ['2 FROM nginx']],
      ['FROM nginx', ['1 FROM nginx (linux/s390x)'], { platform: 'linux/s390x' }],
      ['FROM --platform=$BUILDPLATFORM nginx', ['1 FROM nginx'], { platform: 'linux/s390x' }],
    ]);
    it('that are invalid', () => {
      assert.match(problemsOf('FROM --platform=a/b/c/d/e nginx')[0] ?? '', /^1 FROM --platform=a\/b\/c\/d\/e: /);
      assert.match(problemsOf('FROM --platform=$P nginx')[0] ?? '', /^1 FROM --platform=\$P: /);
    });
    checkProblems([
      ['FROM --platform nginx', '1 FROM --platform has no value; use --platform=….'],
      ['FROM --platfrom=x nginx', '1 FROM does not support --platfrom, only --platform.'],
    ]);
  });

  describe('files from other images', () => {
    checkImages([
      ['FROM nginx\nCOPY --from=redis:7 /a /b', ['1 FROM nginx', '2 COPY --from redis:7']],
      ['FROM nginx\nCOPY --link --from="redis" --chown=a:b a b', ['1 FROM nginx', '2 COPY --from redis']],
      ['FROM a\nFROM b\nCOPY --from=0 /a /b', ['1 FROM a', '2 FROM b']],
      ['FROM a\nFROM b\nCOPY --from=scratch /a /b', ['2 FROM b']],
      ['FROM a\nFROM b\nRUN --mount=from=0,target=/x ls', ['2 FROM b', '3 RUN --mount 0']],
      ['FROM a AS x\nFROM b\nRUN --mount=type=bind,FROM=x,target=/x ls', ['1 FROM a', '2 FROM b']],
      [
        'FROM a\nRUN --mount=type=cache,target=/x --mount=from=b,target=/y,source=/ ls --mount=from=c',
        ['1 FROM a', '2 RUN --mount b'],
      ],
      ['FROM a AS x\nCOPY --from=b /a /b\nFROM c', ['3 FROM c']],
      ['FROM a\nCOPY --from=b /a /b', ['1 FROM a'], { contexts: ['b'] }],
      ['FROM a\nADD https://example.com/x /x', ['1 FROM a']],
    ]);
    checkProblems([
      [
        'ARG I=nginx\nFROM alpine\nCOPY --from=$I /a /b',
        '3 COPY --from does not support variables, quotes or escapes ($I); use FROM $I AS name and refer to the name.',
      ],
      [
        'FROM alpine\nRUN --mount=from=${I},target=/x ls',
        '2 RUN --mount does not support variables, quotes or escapes (${I}); use FROM ${I} AS name and refer to the name.',
      ],
      ['FROM alpine\nADD --from=nginx /a /b', '2 ADD does not support --from; use COPY --from.'],
      ['FROM alpine\nCOPY --from=a --from=b /a /b', '2 COPY --from is duplicated.'],
      ['FROM alpine\nCOPY --from=nginx /a', '2 COPY requires a source and a destination.'],
      ['FROM alpine\nCOPY --from=1 /a /b', '2 COPY --from=1: stage 1 does not exist.'],
      ['FROM alpine AS a\nCOPY --from=a /a /b', '2 COPY --from=a: a stage cannot copy from itself.'],
    ]);
    it('from a later stage', () => {
      const text = 'FROM a AS one\nCOPY --from=two /a /b\nFROM b AS two';
      assert.deepEqual(problemsOf(text, { target: 'one' }), ['2 COPY --from=two refers to a later stage.']);
      assert.deepEqual(imagesOf(text), ['3 FROM b']);
    });
  });

  describe('ONBUILD', () => {
    checkImages([
      ['FROM alpine AS b\nONBUILD COPY --from=nginx /a /b\nFROM b', ['1 FROM alpine', '2 COPY --from nginx']],
      ['FROM alpine\nONBUILD COPY --from=nginx /a /b', ['1 FROM alpine']],
      [
        'FROM a AS b\nONBUILD COPY --from=x /a /b\nFROM b AS c\nFROM b\nCOPY --from=c a b',
        ['1 FROM a', '2 COPY --from x'],
      ],
      [
        'FROM alpine AS b\nONBUILD COPY --from=nginx /a /b\nFROM b AS c\nFROM c',
        ['1 FROM alpine', '2 COPY --from nginx'],
      ],
    ]);
    checkProblems([
      ['FROM a\nONBUILD FROM b', '2 ONBUILD cannot trigger "FROM".'],
      ['FROM a\nONBUILD ONBUILD RUN x', '2 ONBUILD cannot trigger "ONBUILD".'],
    ]);
  });

  describe('lines', () => {
    checkImages([
      ['FROM nginx \\\n# comment\nAS web', ['1 FROM nginx']],
      ['FROM \\\n\n  nginx \\  \n', ['1 FROM nginx']],
      [
        '\uFEFF# comment\n\n  FROM nginx\r\nRUN a \\\r\n b\r\nCOPY --from=redis a b\r\n',
        ['3 FROM nginx', '6 COPY --from redis'],
      ],
      ['# escape=`\nFROM nginx `\n AS web', ['2 FROM nginx']],
      ['# Escape = `\n# check=skip=all\nFROM nginx`\n:1', ['3 FROM nginx:1']],
      ['# syntax = docker/dockerfile:1 --x\nFROM nginx', ['1 # syntax docker/dockerfile:1', '2 FROM nginx']],
      ['# comment\n# syntax=docker/dockerfile:1\nFROM nginx', ['3 FROM nginx']],
      [
        '#!/usr/bin/env docker\n# syntax=docker/dockerfile:1\nFROM nginx',
        ['2 # syntax docker/dockerfile:1', '3 FROM nginx'],
      ],
      ['  # syntax=docker/dockerfile:1\nFROM nginx', ['2 FROM nginx']],
      ['FROM nginx\nRUN echo \\\\\nCOPY --from=redis a b', ['1 FROM nginx', '3 COPY --from redis']],
      ['FROM nginx\n# RUN \\\nCOPY --from=redis a b', ['1 FROM nginx', '3 COPY --from redis']],
    ]);
    checkProblems([
      [
        '# comment\n# escape=`\nFROM `\nnginx',
        '3 FROM `: The repository "`" contains "`"; use only a-z, 0-9, ".", "_", "-" and "/".',
        '4 "NGINX" is not an instruction.',
      ],
      ['# escape=x\nFROM nginx', '1 The escape character must be \\ or `, not x.'],
      ['# escape=`\n# escape=`\nFROM nginx', '2 Duplicate directive # escape.'],
    ]);
  });

  describe('here-documents', () => {
    checkImages([
      [
        'FROM alpine\nRUN <<EOF\nFROM fake\nCOPY --from=fake / /\nEOF\nCOPY --from=nginx /a /b',
        ['1 FROM alpine', '6 COPY --from nginx'],
      ],
      ['FROM alpine\nRUN cat <<<EOF\nFROM nginx', ['3 FROM nginx']],
      ['FROM a\nCOPY <<"A B" <<-\'C\' /x\nFROM b\nA B\nFROM c\n\tC\nFROM d', ['7 FROM d']],
      ['FROM a\nRUN <<EOF\n EOF\nEOF \nEOF\r\nFROM d', ['6 FROM d']],
      ['FROM a\nRUN cat << EOF > /x\nFROM b\nEOF\nFROM d', ['5 FROM d']],
      ['FROM a\nRUN echo $((1 << 3))\nFROM d', ['3 FROM d']],
      ['FROM a\nRUN ["cat", "<<EOF"]\nFROM d', ['3 FROM d']],
      ['FROM a\nRUN echo "<<EOF"\nFROM d', ['3 FROM d']],
      ['FROM a\nENV X=<<EOF\nFROM d', ['3 FROM d']],
      ['FROM a\nONBUILD RUN <<EOF\nFROM b\nEOF\nFROM d', ['5 FROM d']],
    ]);
    checkProblems([['FROM a\nRUN <<EOF\nFROM b', '2 Unterminated here-document <<EOF.']]);
  });

  it('inserts the variables of the stage in a Containerfile, as Buildah does', async () => {
    const text =
      'ARG OUTER=shop/outer:1\nFROM shop/base:1 AS first\nARG OUTER\nARG OWN=shop/own:2\nENV A=shop/a:3 B=$OUTER\nENV C shop/c:4\n' +
      'COPY --from=$OUTER a b\nCOPY --from="${OWN}" a b\nRUN --mount=type=bind,from=$A,target=/a true\nCOPY --from=$B a b\n' +
      'COPY --from=$C a b\nCOPY --from=$LATER a b\nARG LATER=shop/later:5\nFROM first\nARG STAGE=first\nCOPY --from=$STAGE a b\nCOPY --from=$OWN a b\n';
    const find = async (source: string, buildArgs = {}) => {
      const { found, problems } = await dockerfileExtractor.extract(text, source, { ...NO_OPTIONS, buildArgs });
      return { lines: found.map(formatFound), problems: problems.length };
    };
    const { lines, problems } = await find('Containerfile', { OWN: 'shop/given:6' });
    assert.equal(problems, 0);
    assert.deepEqual(lines, [
      '2 shop/base:1 | FROM',
      '7 shop/outer:1 | COPY --from',
      '8 shop/given:6 | COPY --from',
      '9 shop/a:3 | RUN --mount',
      '10 shop/outer:1 | COPY --from',
      '11 shop/c:4 | COPY --from',
      '12 $LATER | COPY --from (unresolved-variable: LATER has no default and no build argument.)',
      '17 $OWN | COPY --from (unresolved-variable: OWN has no default and no build argument.)',
    ]);
    assert.deepEqual((await find('build/web.containerfile')).problems, 0);
    assert.equal((await find('Dockerfile')).problems, 8);
  });

  it('never throws, and reports only lines that exist', () => {
    const words = [
      'FROM ',
      'ARG ',
      'COPY ',
      'RUN ',
      '--from=',
      '--mount=',
      '<<E',
      'E',
      '$A',
      '${',
      '}',
      '\\',
      '\n',
      '"',
      "'",
      '#',
      'a',
      ' ',
      '=',
    ];
    const hostile = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (text) => {
        const { found, problems } = extract(text);
        const lines = text.split('\n').length;
        for (const { line } of [...found, ...problems]) assert.ok(line === undefined || (line >= 1 && line <= lines));
      }),
    );
  });

  it('takes linear time', () => {
    const lines = 50_000;
    const doubled = Array.from({ length: 60 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}`).join('\n');
    assert.deepEqual(problemsOf(`ARG A0=aa\n${doubled}\nFROM nginx`), [
      '13 ARG A12: longer than 4096 characters once variables are inserted.',
    ]);
    assert.equal(
      imagesOf(`FROM a\n${Array.from({ length: lines }, (_, i) => `RUN cat << E${i}\n`).join('')}`).length,
      1,
    );
    assert.equal(imagesOf(`FROM a\n${'COPY --from=b a b\n'.repeat(lines)}`).length, lines + 1);
    const stages = (count: number) =>
      Array.from({ length: count }, (_, i) => `FROM x-$TARGETARCH AS x-${i}\n`).join('');
    assert.equal(imagesOf(`${stages(999)}FROM x-$TARGETARCH`).length, 1);
    assert.deepEqual(problemsOf(stages(lines)), ['1001 More than 1000 stages; the rest is skipped.']);
    assert.equal(imagesOf(`FROM a\nRUN ${'--mount=from=b '.repeat(lines)}x`).length, lines + 1);
    assert.equal(imagesOf(`FROM a\nRUN ${'\\\n'.repeat(lines)}x`).length, 1);
    assert.equal(imagesOf(`FROM a\nRUN <<A \${A:-${' '.repeat(lines)}}${'\r'.repeat(lines)}x\nA`).length, 1);
  });
});

describe('dockerfileExtractor', () => {
  it('recognizes files by name', () => {
    const { matches } = dockerfileExtractor;
    for (const path of [
      'Dockerfile',
      'a/dockerfile',
      'Dockerfile.dev',
      'x.Dockerfile',
      'app.dockerfile',
      'Containerfile',
    ]) {
      assert.equal(matches(path, ''), true, path);
    }
    for (const path of ['Dockerfile.dockerignore', 'Dockerfile.md', 'dockerfiles', 'compose.yaml', '-']) {
      assert.equal(matches(path, ''), false, path);
    }
  });

  it('recognizes files by their beginning', () => {
    const { matches } = dockerfileExtractor;
    assert.equal(matches('-', '# syntax=x\n\nARG A=1\nFROM nginx\n'), true);
    assert.equal(matches('build', '\uFEFFFROM nginx'), true);
    assert.equal(matches('list', 'nginx\nredis\n'), false);
    assert.equal(matches('notes.txt', 'FROM nginx'), false);
    assert.equal(matches('-', `${'\n'.repeat(8000)}x`), false);
  });

  it('passes the build arguments of the user to the file', async () => {
    const options = { env: {}, buildArgs: { V: '2' }, profiles: [], readFile: async () => undefined };
    assert.deepEqual(await dockerfileExtractor.extract('ARG V\nFROM nginx:$V', 'Dockerfile', options), {
      found: [{ text: 'nginx:2', line: 2, path: 'FROM' }],
      problems: [],
    });
  });
});
