// Everything that is fuzzed.

import type { FuzzTarget } from './target.ts';
import { AUTH_TARGETS } from './targets-auth.ts';
import { CHECK_TARGETS } from './targets-check.ts';
import { CONFIG_TARGETS } from './targets-config.ts';
import { CORE_TARGETS } from './targets-core.ts';
import { HTTP_TARGETS } from './targets-http.ts';
import { INPUT_TARGETS } from './targets-input.ts';
import { READER_TARGETS } from './targets-reader.ts';
import { REGISTRY_TARGETS } from './targets-registry.ts';
import { REPORT_TARGETS } from './targets-report.ts';
import { SECRET_TARGETS } from './targets-secret.ts';

export const TARGETS: readonly FuzzTarget[] = [
  ...CORE_TARGETS,
  ...HTTP_TARGETS,
  ...AUTH_TARGETS,
  ...REGISTRY_TARGETS,
  ...CONFIG_TARGETS,
  ...INPUT_TARGETS,
  ...REPORT_TARGETS,
  ...READER_TARGETS,
  ...CHECK_TARGETS,
  ...SECRET_TARGETS,
];

export function targetNamed(name: string): FuzzTarget {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target is named ${name}`);
  return target;
}
