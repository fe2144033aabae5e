// Why an image was deliberately not checked.

export const SKIPS = ['unresolved-variable', 'local-build', 'ignored'] as const;

export type Skip = (typeof SKIPS)[number];
