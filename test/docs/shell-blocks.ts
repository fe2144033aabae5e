// The shell in the pages: blocks to run, lines of a console, and commands in the text.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readText } from '../pipeline/project-file.ts';

export interface Script {
  readonly page: string;
  /** Of the block or the text, from 1. */
  readonly line: number;
  readonly text: string;
  /** A block of the page may set variables, or be a part of a file. */
  readonly kind: 'block' | 'console' | 'inline';
}

export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export const readScripts = (): readonly Script[] => PAGES.flatMap((page) => scriptsOf(page, readText(page)));

function scriptsOf(page: string, text: string): Script[] {
  const scripts: Script[] = [];
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length;
  const withoutBlocks = text.replace(
    /^```([\w-]*)\n([\s\S]*?)^```$/gm,
    (block, language: string, body: string, index: number) => {
      const line = lineAt(index) + 1;
      if (/^(?:sh|bash|shell)$/.test(language)) scripts.push({ page, line, text: body, kind: 'block' });
      if (language === 'console') {
        for (const [, command = ''] of body.matchAll(/^\$ (.+)$/gm))
          scripts.push({ page, line, text: command, kind: 'console' });
      }
      return block.replace(/[^\n]/g, ' ');
    },
  );
  for (const found of withoutBlocks.matchAll(/`(kairos-pull (?:check|images|monitor|demo|completion) [^`…[]+)`/g)) {
    scripts.push({ page, line: lineAt(found.index), text: found[1] ?? '', kind: 'inline' });
  }
  return scripts;
}
