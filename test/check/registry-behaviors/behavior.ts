// How a registry behaves, as a row: the scripted responses, and the exact conclusion.

import type { Cause, Reason, WarningCode } from '../../../src/core/result.ts';
import type { ScriptedCheck } from '../../support/scripted-check.ts';

export interface RegistryBehavior extends ScriptedCheck {
  readonly name: string;
  /** Unset: it can be pulled. */
  readonly reason?: Reason;
  readonly cause?: Cause;
  readonly warnings?: readonly WarningCode[];
  /** How many requests are sent, or each of them. */
  readonly requests: number | readonly string[];
  readonly message?: RegExp;
  readonly hint?: RegExp;
}
