// The formats that images are read from. Their names alone, so that they can be known without loading any parser.

export const INPUT_FORMATS = [
  'list',
  'dockerfile',
  'compose',
  'bake',
  'devcontainer',
  'github-workflow',
  'gitlab-ci',
  'kubernetes',
  'chart',
  'yaml',
] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];
