// A mark by which a pipeline knows an alert again in its next run, also after lines have moved.

import { digestOf } from '../core/digest.ts';
import type { Rule } from './rule.ts';
import type { Site } from './site.ts';

/** 64 hexadecimal digits. */
export function fingerprintOf(rule: Rule, image: string, { file, path, occurrence }: Site): string {
  const bytes = new TextEncoder().encode(JSON.stringify([rule, image, file, path, occurrence]));
  return digestOf(bytes).slice('sha256:'.length);
}
