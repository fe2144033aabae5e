// GitLab Code Quality: an array of what is wrong and where, https://docs.gitlab.com/ci/testing/code_quality/,
// written while the results come. GitLab stops reading at the first element that lacks something.

import { cleanText } from '../core/text.ts';
import { type Alert, alertOf, alertOfProblem } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { formatJson } from './result-document.ts';
import { type Site, sitesOf } from './site.ts';

/** Every element needs a file of the repository to link to: in a GitLab job this one holds the command line. */
const COMMAND_LINE_FILE = '.gitlab-ci.yml';

export function createGitlabReporter(options: RunOptions): Reporter {
  let elements = 0;
  const add = (name: string, alert: Alert, site: Site, isUndetermined: boolean): string => {
    const { rule, message, hint } = alert;
    elements += 1;
    const element = formatJson({
      description: `${cleanText(name)}: ${message} ${hint}`.trim(),
      check_name: rule,
      fingerprint: fingerprintOf(rule, name, site),
      severity: severityOf(alert, isUndetermined),
      location: { path: site.file ?? COMMAND_LINE_FILE, lines: { begin: site.line ?? 1 } },
    });
    return `${elements === 1 ? '[' : ','}\n  ${element}`;
  };
  return {
    onResult(result) {
      const alert = alertOf(result, options);
      if (alert === undefined) return '';
      const isUndetermined = result.verdict === 'undetermined';
      return sitesOf(result, options)
        .map((site) => add(result.input, alert, site, isUndetermined))
        .join('');
    },
    onProblem(problem) {
      const { alert, site } = alertOfProblem(problem, options);
      return add(site.origin, alert, site, false);
    },
    onEnd: () => (elements === 0 ? '[]\n' : '\n]\n'),
  };
}

/** Of GitLab's `info`, `minor`, `major`, `critical` and `blocker`. */
function severityOf({ level }: Alert, isUndetermined: boolean): string {
  if (level === 'error') return isUndetermined ? 'major' : 'critical';
  return level === 'warning' ? 'minor' : 'info';
}
