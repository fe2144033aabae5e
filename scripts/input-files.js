// What reads images from files: the part of the command that is loaded for the first file that is no plain list.

export * from '../src/input/extractors.ts';
export * from '../src/input/pull-secret.ts';
