// Collects the license texts of the packages in the bundles: MIT, ISC and BSD require them in every copy.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const NOTICE = /^(?:licen[cs]e|notice|copying)(?:[.-].*)?$/i;

/** `metafiles`: what esbuild put into the bundles, by paths below `root`. Throws if a package has no license text. */
export function collectNotices(metafiles, root) {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const bundled = outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0));
  const files = new Map();
  for (const path of bundled) {
    const folder = packageFolder(path);
    if (folder === undefined) continue;
    const found = files.get(folder) ?? new Set();
    files.set(folder, found);
    for (const file of noticesAbove(path, folder, root)) found.add(file);
  }
  const sections = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, found]) => section(folder, found, root));
  return `${INTRODUCTION}\n${sections.join('')}`;
}

const INTRODUCTION =
  'The command and the library of kairos-pull contain code of these packages, under their own licenses.\n';

/** For packages that contain a part of another project without its notice. */
const PARTS = {
  tldts: `Its data is the Public Suffix List, https://publicsuffix.org/list/public_suffix_list.dat: "This Source Code Form is
subject to the terms of the Mozilla Public License, v. 2.0. If a copy of the MPL was not distributed with this file, You
can obtain one at https://mozilla.org/MPL/2.0/."`,
  undici: `Its parser is llhttp, licensed under the MIT License (its text is above). Copyright Fedor Indutny, 2018.`,
};

/** `node_modules/NAME`, the innermost where they are nested; undefined for the project's own files. */
function packageFolder(path) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

/** In the folder of a file and in those above it, up to that of its package. */
function noticesAbove(path, folder, root) {
  const files = [];
  for (let at = dirname(path); at.startsWith(folder); at = dirname(at)) {
    for (const name of readdirSync(`${root}${at}`)) if (NOTICE.test(name)) files.push(`${at}/${name}`);
  }
  return files;
}

function section(folder, files, root) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'));
  if (files.size === 0) throw new Error(`${name} ${version} (${license}) comes without a license text`);
  const texts = [...files].sort().map((file) => readFileSync(`${root}${file}`, 'utf8').trim());
  if (name in PARTS) texts.push(PARTS[name]);
  return `\n${'='.repeat(80)}\n${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
