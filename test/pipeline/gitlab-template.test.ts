// The GitLab template: a job whose command, variables and reports are those of the program.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { EXIT } from '../../src/core/exit-code.ts';
import { gitlabCiExtractor } from '../../src/input/gitlab-ci.ts';
import { foundLines } from '../input/found-lines.ts';
import { understand, variablesNamedIn, wordsOf } from './command-line.ts';
import { readText } from './project-file.ts';

const text = readText('templates/gitlab-ci.yml');
const template = parse(text);
const job = template['kairos-pull'];

describe('the GitLab template', () => {
  it('is one job and touches nothing else of a pipeline', () => {
    assert.deepEqual(Object.keys(template), ['kairos-pull']);
    assert.deepEqual(job.image.entrypoint, ['']);
  });

  it('runs a command whose reports are the artifacts, kept when it fails', () => {
    const [name, ...args] = wordsOf(job.script[0]);
    assert.equal(job.script.length, 1);
    assert.equal(name, 'kairos-pull');
    const { settings } = understand(args, job.variables);
    assert.deepEqual(settings?.file, ['.']);
    const { junit, codequality } = job.artifacts.reports;
    assert.deepEqual(
      settings?.output.map(({ format, path }) => [format, path]),
      [
        ['junit', junit],
        ['gitlab', codequality],
      ],
    );
    assert.equal(job.artifacts.when, 'always');
  });

  it('is retried only if the result is undetermined', () => assert.equal(job.retry.exit_codes, EXIT.undetermined));

  it('names variables that there are', () => {
    assert.deepEqual(variablesNamedIn(text).slice(0, 2), ['KAIROS_PULL_FILE', 'KAIROS_PULL_PLATFORM']);
  });

  it('shows in its comment a pipeline that would use it', () => {
    const comment = [...text.matchAll(/^# {3}(.+)$/gm)].map(([, line]) => line).join('\n');
    const pipeline = parse(comment);
    assert.equal(pipeline.include[0].file, 'templates/gitlab-ci.yml');
    const { settings } = understand(['check'], { ...job.variables, ...pipeline['kairos-pull'].variables });
    assert.deepEqual(settings?.file, ['compose.yaml', 'deploy']);
  });

  it('has an image that a check of the pipeline finds', async () => {
    const line = text.split('\n').findIndex((it) => it.startsWith('    name: ')) + 1;
    assert.deepEqual(await foundLines(gitlabCiExtractor, text), [`${line} ${job.image.name} | kairos-pull.image`]);
  });
});
