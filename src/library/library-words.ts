// What the readers of files advise, in the terms of the library: they name flags and commands of the command line.

/** `--allow-env A --allow-env B` */
function allowEnv(flags: string): string {
  const names = flags.split(' ').filter((word) => word !== '--allow-env');
  return `allowEnv: [${names.map((name) => `'${name}'`).join(', ')}]`;
}

export const inLibraryWords = (message: string): string =>
  message
    .replace(/--allow-env \S+(?: --allow-env \S+)*(?= allows? (?:it|them))/g, allowEnv)
    .replace(/--ignore ('[^']*')/g, 'ignore: [$1]')
    .replace(/\buse --format list\b/g, "set format to 'list'")
    .replace(/ to `kairos-pull check -f -`/g, ' as { text }')
    .replace(/: `kairos-pull check IMAGE`/g, ' to check them');
