// Unrendered templates, files that a program completes before they are used: Helm, Jinja, ERB, Go.

import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';
import type { Problem } from './extractor.ts';

/** An action outside quotes and comments: on a line of its own, or in a plain value. `${{ … }}` is valid YAML. */
const ACTION = /(?:^[^\n"'#{]*|[:,[][ \t]*)(?<!\$)\{\{|^[ \t]*(?:\{%|<%)/m;
/** What only charts have in double braces; workflow engines put names there, in valid YAML. */
const CHART_ACTION =
  /\{\{-?[ \t]*(?:[.$]|\/\*|(?:include|template|define|if|else|with|range|end|tpl|toYaml|default|printf)\b)/;
/** Objects that Helm passes to templates. */
const HELM = /\{\{[^}]{0,200}(?:[.$](?:Values|Release|Chart|Capabilities|Template|Files)\b|\b(?:include|toYaml|tpl)\b)/;

export const isTemplate = (text: string): boolean => CHART_ACTION.test(text) || ACTION.test(text);

const HELM_ADVICE = 'check the output of `helm template` instead.';
const unrendered = (advice: string): string => `Unrendered template ({{ … }}); ${advice}`;

/** A text that `isTemplate` and cannot be read. */
export const templateProblem = (text: string, line: number, file = 'file'): Problem => ({
  message: unrendered(HELM.test(text) ? HELM_ADVICE : `check the rendered ${file} instead.`),
  line,
  template: { line },
});

/** Why the file is skipped. Helm renders what is in the directory of a chart. */
export async function templateMessage({ message }: Problem, source: string): Promise<string> {
  const isInChart = source !== '-' && (await isNearChart(source));
  if (isInChart) return unrendered(HELM_ADVICE);
  return message.slice(Math.max(0, message.indexOf(unrendered(''))));
}

const MAX_LEVELS = 10;

async function isNearChart(source: string): Promise<boolean> {
  let directory = dirname(absolutePath(source));
  for (let level = 0; level < MAX_LEVELS && directory !== dirname(directory); level += 1) {
    if (await exists(join(directory, 'Chart.yaml'))) return true;
    directory = dirname(directory);
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    asUnreadable(error);
    return false;
  }
}

const IN_TEMPLATES = /^(.*?)(?:^|[\\/])templates[\\/]/;

/** The Chart.yaml of a file in `templates`. */
export function chartOf(source: string): string | undefined {
  const [, chart] = IN_TEMPLATES.exec(source) ?? [];
  return chart === undefined ? undefined : join(chart || '.', 'Chart.yaml');
}
