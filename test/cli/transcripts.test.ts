// Command lines and their output. UPDATE_TRANSCRIPTS=1 writes the current output.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withoutOpenssl } from '../support/certificates.ts';
import { rewriteTranscript } from '../support/transcript.ts';
import { startTranscriptScene, type TranscriptScene } from '../support/transcript-scene.ts';

const folder = join(rootOf(fileURLToPath(import.meta.url)), 'test', 'cli', 'transcripts');

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const parent = dirname(path);
  return existsSync(join(parent, 'package.json')) ? parent : rootOf(parent);
}

describe('the transcript', { skip: withoutOpenssl }, () => {
  let scene: TranscriptScene;
  before(async () => {
    scene = await startTranscriptScene();
  });
  after(() => scene[Symbol.asyncDispose]());

  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const path = join(folder, name);
      const expected = readFileSync(path, 'utf8');
      const written = await rewriteTranscript(expected, scene);
      if (process.env.UPDATE_TRANSCRIPTS === '1') writeFileSync(path, written);
      else assert.equal(written, expected);
    });
  }
});
