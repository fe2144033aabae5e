// Any result for fast-check, with hostile texts wherever it contains one.

import fc from 'fast-check';
import type { Result } from '../../src/core/result.ts';
import { anyResult as resultOf } from '../fuzz/any-result.ts';

const HOSTILE = ['\x1b[31m', '\x1b]0;x\x07', '\x9b2J', '\r', '\n', '\t', '\0', '\x7f', '\u202e', '\u2028', '\ud800'];
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string()), { maxLength: 6 }).map((parts) => parts.join('')),
);

export const anyResult: fc.Arbitrary<Result> = fc
  .record({ shape: fc.nat(), texts: fc.array(text, { minLength: 1, maxLength: 12 }) })
  .map(resultOf);
