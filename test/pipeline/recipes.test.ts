// docs/pipelines.md cannot rot: its commands parse, its YAML names what there is, its scripts end as they say.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { flagOf, SETTING_NAMES } from '../../src/config/setting.ts';
import { runCommand } from '../support/command.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand, variablesNamedIn, wordsOf } from './command-line.ts';
import { ROOT, readText } from './project-file.ts';

const recipes = readText('docs/pipelines.md');
const action = parse(readText('action.yml'));
const [hook] = parse(readText('.pre-commit-hooks.yaml'));

const blocks = (language: string): string[] =>
  [...recipes.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

const COMMAND = /\bkairos-pull ((?:check|images|demo|completion)\b(?: '[^'\n]*'|[^\n|;<>&`')])*)/g;
const commands = [...recipes.matchAll(COMMAND)].map(([, words = '']) =>
  // A variable of a loop counts from 1.
  wordsOf(words.replace(/ #.*/, '').replace(/\$\w+/g, '1')),
);

describe('docs/pipelines.md', () => {
  it('has commands that are found here', () => assert.ok(commands.length >= 10));

  for (const args of commands) it(`can be typed: ${args.join(' ')}`, () => void understand(args));

  it('uses options of commands that exist', () => {
    const alone = [...recipes.matchAll(/`(--[^`]+)`/g)].map(([, words = '']) => wordsOf(words));
    assert.ok(alone.length > 1);
    for (const args of alone) {
      if (args.length > 1) understand(['check', 'nginx', ...args]);
      else assert.ok(SETTING_NAMES.map(flagOf).includes(args[0] ?? ''), args[0]);
    }
  });

  it('names variables that there are', () => assert.equal(variablesNamedIn(recipes).length, 6));

  it('names files that there are', () => {
    const targets = [...recipes.matchAll(/\]\((?!https:)([^)]+)\)/g)].map(([, target = '']) => target);
    assert.ok(targets.length >= 5);
    for (const target of targets) assert.ok(existsSync(resolve(dirname(join(ROOT, 'docs/x')), target)), target);
  });
});

describe('its YAML', () => {
  const documents = blocks('yaml').map((text) => parse(text));

  it('uses inputs and outputs that the action has', () => {
    const steps = documents.flatMap(({ steps = [], jobs }) => [...steps, ...(jobs?.images.steps ?? [])]);
    const uses = steps.filter(({ uses = '' }) => /kairos-pull(?:@|$)/.test(uses));
    assert.equal(uses.length, 2);
    for (const { with: inputs } of uses) {
      for (const name of Object.keys(inputs)) assert.ok(name in action.inputs, name);
      understand(['check', 'nginx', ...wordsOf(inputs.args ?? '')]);
    }
    for (const [, name = ''] of recipes.matchAll(/steps\.images\.outputs\.([\w-]+)/g)) {
      assert.ok(name in action.outputs, name);
    }
  });

  it('lists all inputs and outputs of the action', () => {
    const [, inputs = '', outputs = ''] = /Inputs are ([^;]+);\s+outputs ([^:]+):/.exec(recipes) ?? [];
    const named = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    assert.deepEqual(named(inputs), Object.keys(action.inputs));
    assert.deepEqual(named(outputs), Object.keys(action.outputs));
  });

  it('includes the GitLab template and changes its job', () => {
    const pipeline = documents.find(({ include }) => include !== undefined);
    assert.ok(existsSync(join(ROOT, pipeline.include[0].file)));
    const template = parse(readText(pipeline.include[0].file));
    assert.deepEqual(Object.keys(pipeline).slice(1), Object.keys(template));
    understand(['check'], pipeline['kairos-pull'].variables);
  });

  it('uses the hook for pre-commit', () => {
    const { hooks } = documents.find(({ repos }) => repos !== undefined).repos[0];
    assert.equal(hooks[0].id, hook.id);
    understand([...wordsOf(hook.entry).slice(1), ...hooks[0].args]);
  });
});

/** A system: its file, the commands in it, and the images that it runs in. */
interface System {
  readonly file: string;
  readonly scripts: (document: Document) => readonly unknown[];
  /** Where a command runs in a container of the pipeline, a check of the repository finds its image. */
  readonly image?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the test fails where the document differs.
type Document = any;

const IMAGE = 'registry.example.com/tools/kairos-pull:0.1.0';

const SYSTEMS: Readonly<Record<string, System>> = {
  'Azure Pipelines': { file: 'azure-pipelines.yml', scripts: ({ steps }) => [steps[0].script] },
  CircleCI: { file: '.circleci/config.yml', scripts: ({ jobs }) => [jobs.images.steps[1].run.command] },
  'Bitbucket Pipelines': {
    file: 'bitbucket-pipelines.yml',
    scripts: ({ pipelines }) => pipelines.default[0].step.script,
    image: 'pipelines.default[0].step.image',
  },
  Buildkite: { file: '.buildkite/pipeline.yml', scripts: ({ steps }) => [steps[0].command] },
  Tekton: {
    file: 'tekton/task.yaml',
    scripts: ({ spec }) => [[...spec.steps[0].command, ...spec.steps[0].args].join(' ')],
    image: 'Task/kairos-pull/check',
  },
  Woodpecker: { file: '.woodpecker/images.yaml', scripts: ({ steps }) => steps[0].commands, image: 'steps' },
};

describe('the recipe for', () => {
  const sectionOf = (title: string): string =>
    recipes.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? assert.fail(`there is no ${title}`);
  const yamlOf = (title: string): string => /^```yaml\n([\s\S]*?)^```$/m.exec(sectionOf(title))?.[1] ?? '';

  for (const [title, { file, scripts, image }] of Object.entries(SYSTEMS)) {
    const text = yamlOf(title);
    const document: Document = parse(text);

    it(`${title} is YAML without a repeated or empty key`, () => {
      assert.equal(typeof document, 'object');
      assert.doesNotMatch(JSON.stringify(document), /:null/);
    });

    it(`${title} runs commands that can be typed`, () => {
      for (const script of scripts(document)) {
        assert.equal(typeof script, 'string');
        const line = `${script}`.replace(/\\\n/g, ' ');
        const [, args = ''] = /(?:\bkairos-pull|kairos-pull:0\.1\.0) +(check .*)/.exec(line) ?? [];
        const { settings } = understand(wordsOf(args));
        assert.deepEqual(settings?.file, ['compose.yaml', 'deploy']);
        assert.ok(text.includes('-eq 5') || !text.includes('task.complete'));
      }
    });

    it(`${title} has shell that ends with the code of the command`, { skip: requirePosix() }, () => {
      const [script = ''] = scripts(document);
      for (const code of [0, 4, 5]) {
        using folder = createTemporaryFolder();
        for (const name of ['kairos-pull', 'docker']) {
          chmodSync(folder.write(name, `#!/bin/sh\nexit ${code}\n`), 0o755);
        }
        const env = { PATH: `${folder.path}:/usr/bin:/bin`, PWD: folder.path };
        const { status, stdout } = spawnSync('/bin/sh', ['-c', `${script}`], { env, encoding: 'utf8' });
        const isWarning = title === 'Azure Pipelines' && code === 5;
        assert.equal(status, isWarning ? 0 : code);
        assert.equal(stdout.includes('SucceededWithIssues'), isWarning);
      }
    });

    it(`${title} gets a check that knows its file`, async () => {
      using folder = createTemporaryFolder({ [file]: text });
      const { stdout } = await runCommand(['images', '-f', join(folder.path, file)], { cwd: folder.path });
      if (image === undefined) return assert.doesNotMatch(stdout, /skipped/);
      assert.ok(stdout.startsWith(`${IMAGE} `) && stdout.includes(image), stdout);
    });
  }
});

describe('its scripts', { skip: requirePosix() }, () => {
  const scripts = blocks('sh');

  /** Ends of the script when the command ends so, and how often it was called. */
  function runScript(script: string, code: number): { exitCode: number | null; calls: number } {
    using folder = createTemporaryFolder();
    for (const [name, text] of [
      ['kairos-pull', `#!/bin/sh\necho called\nexit ${code}\n`],
      ['sleep', '#!/bin/sh\n'],
    ] as const) {
      chmodSync(folder.write(name, text), 0o755);
    }
    const { status, stdout } = spawnSync('/bin/sh', ['-c', script], { env: { PATH: folder.path }, encoding: 'utf8' });
    return { exitCode: status, calls: stdout.split('called').length - 1 };
  }

  const scriptWith = (word: string): string =>
    scripts.find((script) => script.includes(word)) ?? assert.fail(`there is no script with ${word}`);

  it('are shell', () => {
    assert.ok(scripts.length >= 7);
    for (const script of scripts) {
      const { status, stderr } = spawnSync('/bin/sh', ['-n'], { input: script, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    }
  });

  it('lets a push pass without a definite answer, and stops it for a definite failure', () => {
    const script = scriptWith('offline, or no definite answer');
    assert.deepEqual(runScript(script, 0), { exitCode: 0, calls: 1 });
    assert.deepEqual(runScript(script, 5), { exitCode: 0, calls: 1 });
    assert.deepEqual(runScript(script, 4), { exitCode: 4, calls: 1 });
  });

  it('retries only if that may help', () => {
    const script = scriptWith('for attempt');
    assert.deepEqual(runScript(script, 0), { exitCode: 0, calls: 1 });
    assert.deepEqual(runScript(script, 5), { exitCode: 5, calls: 3 });
    assert.deepEqual(runScript(script, 4), { exitCode: 4, calls: 1 });
  });

  it('publishes nothing when the tag is taken', () => {
    assert.deepEqual(runScript(scriptWith('--expect absent'), 7), { exitCode: 7, calls: 1 });
  });
});
