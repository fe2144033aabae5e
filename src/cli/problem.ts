// What could not be used of a file, as standard error tells it.

import { cleanText } from '../core/text.ts';
import type { SourceProblem } from '../input/read-source.ts';
import { formatPlace } from '../report/place.ts';

const MAX_LENGTH = 1000;

/** `error: deploy/web.yaml:12: It is not valid YAML.` */
export const formatProblem = ({ source, line, message }: SourceProblem): string =>
  `${cleanText(`error: ${formatPlace({ source, ...(line !== undefined && { line }) })}: ${message}`, MAX_LENGTH)}\n`;
