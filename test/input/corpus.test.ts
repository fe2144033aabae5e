// Nothing that was found is lost: every layout that is recognized, with every image, its line, and what is skipped.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FoundAt } from '../../src/core/target.ts';
import { collectFiles } from '../support/collect-files.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { PROJECTS, type Project } from './corpus.ts';

describe('the corpus', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function find({ files, named }: Project): Promise<string[]> {
    const root = createTemporaryFolder(files, folder).path;
    const { known, problems } = await collectFiles(named?.map((name) => join(root, name)) ?? [root]);
    const place = ({ source, line }: Pick<FoundAt, 'source' | 'line'>) =>
      `${relative(root, source)}${line === undefined ? '' : `:${line}`}`;
    const images = known.flatMap(({ text, platform, skip, foundAt }) =>
      foundAt.map(
        (at) =>
          `${place(at)} ${text}${platform === undefined ? '' : ` for ${platform}`}${skip === undefined ? '' : ` (${skip.reason})`}`,
      ),
    );
    return [...images, ...problems.map((problem) => `${place(problem)}! ${problem.message}`)].sort();
  }

  for (const project of PROJECTS) {
    it(project.title, async () => assert.deepEqual(await find(project), [...project.found].sort()));
  }
});
