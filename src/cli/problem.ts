// What could not be used of a file, or no longer holds, as standard error tells it.

import type { SourceProblem } from '../core/target.ts';
import { type IgnoreRule, isExpired } from '../input/ignore.ts';
import { formatLocation } from '../report/location.ts';

/** `error: deploy/web.yaml:12: It is not valid YAML.` */
export const formatProblem = ({ source, line, message }: SourceProblem): string =>
  `error: ${formatLocation({ source, ...(line !== undefined && { line }) })}: ${message}`;

/** `warning: kairos-pull.yaml:3: …`, a line for each rule that no longer ignores. */
export const formatExpired = (rules: readonly IgnoreRule[] = [], nowMs: number): string[] =>
  rules
    .filter((rule) => isExpired(rule, nowMs))
    .map(
      ({ image, until, location }) =>
        `warning: ${location}: ${image} was to be ignored until ${until}; it is checked again.`,
    );
