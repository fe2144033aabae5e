// What the readers of files advise, in the terms of the library: they name flags and commands of the command line.

const WORDS: readonly (readonly [flag: RegExp, option: string | ((...found: string[]) => string)])[] = [
  // `--allow-env A --allow-env B allow them.`
  [/--allow-env \S+(?: --allow-env \S+)*(?= allows? (?:it|them))/g, allowEnv],
  [/\buse --format list\b/g, "set format to 'list'"],
  [/ to `kairos-pull check -f -`/g, ' as { text }'],
  [/: `kairos-pull check IMAGE`/g, ' to check them'],
];

function allowEnv(flags: string): string {
  const names = flags.split(' ').filter((word) => word !== '--allow-env');
  return `allowEnv: [${names.map((name) => `'${name}'`).join(', ')}]`;
}

export const inLibraryWords = (message: string): string =>
  WORDS.reduce((text, [flag, option]) => text.replace(flag, option as string), message);
