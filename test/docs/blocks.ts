// Parts of the pages that are written from the code, between `<!-- generated: NAME -->` and `<!-- end -->`.

const BLOCK = /(<!-- generated: ([\w -]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** Returns Markdown that ends with a newline. */
export type Writers = Readonly<Record<string, () => string | Promise<string>>>;

/** The same page with every block as it should be. */
export async function rewriteBlocks(page: string, writers: Writers): Promise<string> {
  let written = '';
  let end = 0;
  for (const block of page.matchAll(BLOCK)) {
    const [all, before = '', name = '', after = ''] = block;
    const write = writers[name];
    if (write === undefined) throw new Error(`nothing generates "${name}"`);
    written += `${page.slice(end, block.index)}${before}\n${await write()}\n${after}`;
    end = block.index + all.length;
  }
  return written + page.slice(end);
}

export const blockNames = (page: string): string[] => [...page.matchAll(BLOCK)].map(([, , name = '']) => name);

/** Cells as they are, but for what would end them. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** `docs/network.md` becomes a link of a page in docs. */
export const withLinks = (text: string): string => text.replace(/\bdocs\/([\w-]+\.md)/g, '[$1]($1)');
