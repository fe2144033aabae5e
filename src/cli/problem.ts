// What could not be used of a file, or no longer holds, as standard error tells it.

import type { SourceProblem } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { type IgnoreRule, isExpired } from '../input/ignore.ts';
import { formatPlace } from '../report/place.ts';

const MAX_LENGTH = 1000;

/** `error: deploy/web.yaml:12: It is not valid YAML.` */
export const formatProblem = ({ source, line, message }: SourceProblem): string =>
  `${cleanText(`error: ${formatPlace({ source, ...(line !== undefined && { line }) })}: ${message}`, MAX_LENGTH)}\n`;

/** `warning: kairos-pull.yaml:3: …`, a line for each rule that no longer ignores. */
export const formatExpired = (rules: readonly IgnoreRule[] = [], nowMs: number): string =>
  rules
    .filter((rule) => isExpired(rule, nowMs))
    .map(({ image, until, place }) => `${place}: ${image} was to be ignored until ${until}; it is checked again.`)
    .map((text) => `${cleanText(`warning: ${text}`, MAX_LENGTH)}\n`)
    .join('');
