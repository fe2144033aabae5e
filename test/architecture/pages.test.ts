import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = rootOf(fileURLToPath(import.meta.url));
const PAGES = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

/** The directory of package.json: the compiled test is deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

/** `src/check/judge-*.ts` exists when any file matches. */
function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(root, path));
  const [prefix = '', suffix = ''] = path.split('/').at(-1)?.split('*') ?? [];
  return readdirSync(join(root, dirname(path))).some((name) => name.startsWith(prefix) && name.endsWith(suffix));
}

describe('pages', () => {
  for (const page of PAGES) {
    const text = readFileSync(join(root, page), 'utf8');

    it(`${page} names only files that exist`, () => {
      const paths = [...text.matchAll(/`((?:src|test|scripts|bench|schema|templates|examples)\/[\w.*/-]+\.\w+)`/g)];
      assert.deepEqual(
        paths.map(([, path = '']) => path).filter((path) => !exists(path)),
        [],
      );
    });

    it(`${page} links only to pages and headings that exist`, () => {
      const links = [...text.matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)].map(([, link = '']) => link);
      const dead = links.filter((link) => {
        const [path = '', heading] = link.split('#');
        const target = path === '' ? join(root, page) : join(root, dirname(page), path);
        return !existsSync(target) || (heading !== undefined && !headingsOf(target).includes(heading));
      });
      assert.deepEqual(dead, []);
    });
  }
});

/** As GitHub names them in links: a repeated one gets a number. */
function headingsOf(page: string): string[] {
  const counts = new Map<string, number>();
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => {
    const name = title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}
