// Faults of the files that a user passes with -f: the files of the directory, the arguments, and what the command prints.

import { runMain } from '../../cli/run-main.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

interface FileFault {
  readonly files: Readonly<Record<string, string>>;
  /** Of the file or directory that is passed. */
  readonly path: string;
}

const WEB = 'services:\n  web:\n    image: registry.acme.example/shop/web:1.4\n';

const broken = (text: string): FileFault => ({ files: { 'broken.yaml': text }, path: 'broken.yaml' });

export const FILE_FAULTS: Readonly<Record<string, FileFault>> = {
  'a YAML file with a wrong indentation': broken(`${WEB}   ports: [80]\n`),
  'a YAML file with a tab': broken(`${WEB}\tports: [80]\n`),
  'a YAML file with an unclosed bracket': broken(`${WEB}    ports: [80\n    tty: true\n`),
  'a YAML file with an unclosed quote': broken(`${WEB}    command: "run\n`),
  'a YAML file with two colons in a line': broken(`${WEB}    command: echo a: b\n`),
  'a YAML file with a line without a colon': broken(`${WEB}    restart always\n    tty: true\n`),
  'a YAML file with a key twice': broken(`${WEB}    image: registry.acme.example/shop/web:1.5\n`),
  'a values file without images': { files: { 'values.yaml': 'replicas: 2\n' }, path: 'values.yaml' },
  'an empty file': { files: { 'images.txt': '# none yet\n' }, path: 'images.txt' },
  'a missing file': { files: { 'images.txt': 'nginx\n' }, path: 'image.txt' },
  'a missing directory': { files: { 'deploy/web.yaml': WEB }, path: 'deplyo/web.yaml' },
};

/** Relative to the directory of the files, as in a shell there; the images themselves are not checked. */
export async function fileTextOf({ files, path }: FileFault): Promise<string> {
  using folder = createTemporaryFolder(files);
  const { cwd, chdir } = process;
  const before = cwd();
  chdir(folder.path);
  try {
    const here = cwd();
    const { stderr } = await runMain(['check', '-f', path, '--ignore', 'registry.acme.example/*']);
    return stderr.replaceAll(here, '/home/ci/shop').trimEnd();
  } finally {
    chdir(before);
  }
}
