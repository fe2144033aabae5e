// What users read about each fault, at 80 columns: headline, message, the registry's words and the next step.
// UPDATE_TRANSCRIPTS=1 writes fault-texts.md.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext } from '../../src/check/check-context.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import type { FailedHelper } from '../../src/credentials/credential-chain.ts';
import type { LoginTool } from '../../src/credentials/login-tool.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { scriptContext } from '../support/scripted-check.ts';
import { FAULTS, type FaultText } from './faults/faults.ts';
import { FILE_FAULTS, fileTextOf } from './faults/file-faults.ts';

const path = join(rootOf(fileURLToPath(import.meta.url)), 'test', 'check', 'faults', 'texts.md');

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(file: string): string {
  const parent = dirname(file);
  return existsSync(join(parent, 'package.json')) ? parent : rootOf(parent);
}

async function* listOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function textOf({ image, script, logins = [], failedHelpers = [], tool = 'docker', ...settings }: FaultText) {
  const host = /^[^/]*[.:][^/]*\//.test(image) ? (image.split('/')[0] ?? '') : 'registry-1.docker.io';
  const { context } = scriptContext(script, contextOf(logins, failedHelpers, tool), `https://${host}`);
  const own = { ...context, settings: { ...context.settings, ...settings } };
  const result = await checkTarget(own, { text: image, foundAt: [] }, new AbortController().signal);
  const reporter = createTextReporter({ color: 0, unicode: true, width: 80, count: 1, inputWidths: [image.length] });
  return (reporter.onResult?.({ ...result, durationMs: 0 }) ?? '').trimEnd();
}

const contextOf = (
  logins: readonly Credential[],
  failedHelpers: readonly FailedHelper[],
  tool: LoginTool,
): Partial<CheckContext> => ({
  credentials: { find: () => ({ credentials: listOf(logins), warnings: [], failedHelpers }) },
  loginTool: () => tool,
});

/** Sections `## name`, each with one block. */
function readSections(markdown: string): ReadonlyMap<string, string> {
  const found = markdown.matchAll(/^## (.+)\n\n```text\n([\s\S]*?)\n```$/gm);
  return new Map([...found].map(([, name = '', text = '']) => [name, text]));
}

describe('what is said about', () => {
  const isUpdated = process.env.UPDATE_TRANSCRIPTS === '1';
  const expected = readSections(existsSync(path) ? readFileSync(path, 'utf8') : '');
  for (const [name, fault] of Object.entries(FAULTS)) {
    it(name, { skip: isUpdated }, async () => {
      const text = await textOf(fault);
      assert.equal(text, expected.get(name));
      // A name and a command are never broken.
      const [, ...lines] = text.split('\n');
      const long = lines.filter((line) => line.length > 80 && !/^(?:\S+|`[^`]+`\.?)$/.test(line.trim()));
      assert.deepEqual(long, []);
    });
  }

  for (const [name, fault] of Object.entries(FILE_FAULTS)) {
    it(name, { skip: isUpdated }, async () => assert.equal(await fileTextOf(fault), expected.get(name)));
  }

  it('these faults and no others', async () => {
    const names = [...Object.keys(FAULTS), ...Object.keys(FILE_FAULTS)];
    if (!isUpdated) return assert.deepEqual([...expected.keys()], names);
    const sections = [];
    for (const [name, fault] of Object.entries(FAULTS)) {
      sections.push(`## ${name}\n\n\`\`\`text\n${await textOf(fault)}\n\`\`\`\n`);
    }
    for (const [name, fault] of Object.entries(FILE_FAULTS)) {
      sections.push(`## ${name}\n\n\`\`\`text\n${await fileTextOf(fault)}\n\`\`\`\n`);
    }
    writeFileSync(path, `# What is said about each fault, at 80 columns\n\n${sections.join('\n')}`);
  });
});
