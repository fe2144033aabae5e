// The parts of the pages that are written from the code are up to date. UPDATE_DOCS=1 writes them: `npm run docs`.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT, readText } from '../pipeline/project-file.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { blockNames, rewriteBlocks, type Writers } from './blocks.ts';
import { formatKeys } from './json-tables.ts';
import { formatEnvironment, formatExitCodes, formatOptions } from './option-tables.ts';
import { comparable, drawScreen, readScreen } from './picture.ts';
import { formatHints, formatReasons, formatWarnings } from './reason-sections.ts';

const WRITERS: Writers = {
  'options of check': () => formatOptions('check'),
  'options of images': () => formatOptions('images'),
  'options of monitor': () => formatOptions('monitor'),
  'exit codes': formatExitCodes,
  'environment variables': formatEnvironment,
  reasons: formatReasons,
  warnings: formatWarnings,
  hints: formatHints,
  'keys of the document': () => formatKeys(),
  'keys of a result': () => formatKeys('result'),
};

const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

describe('the generated parts of', () => {
  for (const { name, text } of pages.filter((page) => blockNames(page.text).length > 0)) {
    it(`${name} are up to date: otherwise run npm run docs`, async () => {
      const written = await rewriteBlocks(text, WRITERS);
      if (process.env.UPDATE_DOCS === '1') writeFileSync(join(ROOT, name), written);
      else assert.equal(written, text);
    });
  }

  it('the pages are all in use', () => {
    const used = pages.flatMap(({ text }) => blockNames(text));
    assert.deepEqual(
      Object.keys(WRITERS).filter((name) => !used.includes(name)),
      [],
    );
  });
});

describe('the picture of the README', { skip: withoutOpenssl }, () => {
  const PICTURE = 'docs/check.svg';

  it('is the output of today: otherwise run npm run docs', async () => {
    const drawn = drawScreen(await readScreen());
    if (process.env.UPDATE_DOCS === '1') writeFileSync(join(ROOT, PICTURE), drawn);
    else assert.equal(comparable(drawn), comparable(readText(PICTURE)));
  });
});
