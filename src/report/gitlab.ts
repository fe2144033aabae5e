// GitLab Code Quality: an array of problems and their locations, https://docs.gitlab.com/ci/testing/code_quality/,
// written as the results arrive. GitLab stops reading at the first element with a missing field.

import { cleanText } from '../core/text.ts';
import { type Annotation, annotationOf, annotationOfProblem, fingerprintOf, namedMessage } from './annotation.ts';
import { createGaps, formatSkipGroup } from './gaps.ts';
import { type Location, locationsOf } from './location.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { formatJson } from './result-document.ts';

/** Each element must link to a file of the repository: in a GitLab job this one contains the command line. */
const COMMAND_LINE_FILE = '.gitlab-ci.yml';

export function createGitlabReporter(options: RunOptions): Reporter {
  let elements = 0;
  const gaps = createGaps(options);
  /** By reason: where the first image is that has no element of its own. */
  const places = new Map<string, Location>();
  const add = (name: string, annotation: Annotation, location: Location, isUndetermined: boolean): string => {
    const { rule, message, hint } = annotation;
    elements += 1;
    const element = formatJson({
      description: message === '' ? cleanText(name) : namedMessage(name, `${message} ${hint}`.trim()),
      check_name: rule,
      fingerprint: fingerprintOf(annotation, name, location),
      severity: severityOf(annotation, isUndetermined),
      location: { path: location.file ?? COMMAND_LINE_FILE, lines: { begin: location.line ?? 1 } },
    });
    return `${elements === 1 ? '[' : ','}\n  ${element}`;
  };
  return {
    onResult(result) {
      const annotation = annotationOf(result, options);
      if (annotation === undefined) {
        gaps.addResult(result);
        const [place] = locationsOf(result, options);
        if (result.reason !== null && place !== undefined && !places.has(result.reason))
          places.set(result.reason, place);
        return '';
      }
      const isUndetermined = result.verdict === 'undetermined';
      return locationsOf(result, options)
        .map((location) => add(result.input, annotation, location, isUndetermined))
        .join('');
    },
    onProblem(problem) {
      const { annotation, location } = annotationOfProblem(problem, options);
      return add(location.origin, annotation, location, false);
    },
    onEnd() {
      const skips = gaps.skips().map((group) => {
        const annotation = { level: 'note', rule: group.reason, title: '', message: '', hint: '' } as const;
        return add(formatSkipGroup(group), annotation, places.get(group.reason) as Location, false);
      });
      return `${skips.join('')}${elements === 0 ? '[]\n' : '\n]\n'}`;
    },
  };
}

/** One of GitLab's `info`, `minor`, `major`, `critical` and `blocker`. */
function severityOf({ level }: Annotation, isUndetermined: boolean): string {
  if (level === 'error') return isUndetermined ? 'major' : 'critical';
  return level === 'warning' ? 'minor' : 'info';
}
