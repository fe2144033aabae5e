// A way some registry answers, as a row: the scripted answers, and the exact conclusion.

import type { Cause, Reason, WarningCode } from '../../../src/core/result.ts';
import type { ScriptedCheck } from '../../support/scripted-check.ts';

export interface RegistryBehavior extends ScriptedCheck {
  readonly name: string;
  /** Unset: it can be pulled. */
  readonly reason?: Reason;
  readonly cause?: Cause;
  readonly warnings?: readonly WarningCode[];
  /** How many requests it takes, or each of them. */
  readonly requests: number | readonly string[];
  readonly says?: RegExp;
  readonly advises?: RegExp;
}
