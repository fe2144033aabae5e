// The names of the report formats, known without loading any of them.

export const FORMATS = [
  'text',
  'json',
  'ndjson',
  'junit',
  'github',
  'sarif',
  'markdown',
  'prometheus',
  'gitlab',
] as const;

export type Format = (typeof FORMATS)[number];
