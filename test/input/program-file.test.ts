import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languageOf } from '../../src/input/program-file.ts';
import { readSource } from '../../src/input/read-source.ts';
import { allOf } from './all-of.ts';
import { NO_OPTIONS } from './found-lines.ts';

async function read(path: string, text: string, directory?: string) {
  const { readFile: _, ...options } = NO_OPTIONS;
  const problems: string[] = [];
  const chunks = (async function* () {
    yield text;
  })();
  const place = { directory, isNamed: directory === undefined };
  const sources = readSource(chunks, path, options, ({ message }) => problems.push(message), place);
  const targets = (await allOf(sources)).flat();
  return { targets: targets.map(({ text, skip }) => [text, skip?.reason, skip?.message]), problems };
}

const BAKE = 'variable "TAG" {\n  default = "1"\n}\ntarget "web" {\n  dockerfile = "Dockerfile"\n}\n';

describe('files in a language of their own', () => {
  for (const [path, text, advice] of [
    ['docker-bake.hcl', BAKE, /docker buildx bake --print/],
    ['docker-bake.override.hcl', BAKE, /docker buildx bake --print/],
    ['main.tf', 'resource "docker_image" "a" {\n  name = "nginx"\n}\n', /terraform show -json/],
    ['web.nomad.hcl', 'job "a" {\n  image = "nginx"\n}\n', /nomad job run -output/],
    ['ci/Jenkinsfile', "pipeline { agent { docker { image 'node:22' } } }\n", /name their images/],
    ['Tiltfile', "docker_build('web', '.')\n", /Tiltfiles are programs/],
    ['Earthfile', 'VERSION 0.8\nFROM golang:1.22\nbuild:\n  RUN make\n', /Earthfiles are not evaluated/],
  ] as const) {
    it(`give one sentence: ${path}`, async () => {
      const { targets, problems } = await read(path, text);
      assert.deepEqual(targets, []);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', advice);
    });

    it(`are skipped with the sentence in a directory: ${path}`, async () => {
      const { targets, problems } = await read(path, text, '.');
      assert.deepEqual(problems, []);
      assert.equal(targets.length, 1);
      assert.equal(targets[0]?.[1], 'unresolved-variable');
      assert.match(targets[0]?.[2] ?? '', advice);
    });
  }

  it('are passed over in a directory if they name no image', async () => {
    for (const [path, text] of [
      ['main.tf', 'resource "random_id" "a" {}\n'],
      ['Jenkinsfile', "pipeline { agent any; stages { stage('a') { steps { sh 'make' } } } }\n"],
      ['terragrunt.hcl', 'inputs = { name = "a" }\n'],
    ] as const) {
      assert.deepEqual(await read(path, text, '.'), { targets: [], problems: [] });
    }
  });

  it('are known by their name', () => {
    for (const path of ['bake.json', 'jenkins.yaml', 'Dockerfile', 'a.tf.json', 'earth.txt']) {
      assert.equal(languageOf(path), undefined, path);
    }
  });
});
