// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/, within what GitHub code scanning takes; written while
// the results come: head, one result after another, tail.

import { judgementOf } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { type Alert, alertOf, alertOfProblem } from './alert.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { formatJson } from './result-document.ts';
import { isReason, RULES, type Rule, ruleTitle } from './rule.ts';
import { type Site, sitesOf } from './site.ts';

const HEAD = `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "results": [`;
const RULE_NAMES = Object.keys(RULES) as readonly Rule[];

export function createSarifReporter(options: RunOptions): Reporter {
  let elements = 0;
  const add = (name: string, alert: Alert, site: Site): string => {
    elements += 1;
    return `${elements === 1 ? HEAD : ','}\n        ${formatJson(resultObject(name, alert, site))}`;
  };
  return {
    onResult(result) {
      const alert = alertOf(result, options);
      if (alert === undefined) return '';
      return sitesOf(result, options)
        .map((site) => add(result.input, alert, site))
        .join('');
    },
    onProblem(problem) {
      const { alert, site } = alertOfProblem(problem, options);
      return add(site.origin, alert, site);
    },
    onEnd({ tool, exitCode, startedAt, durationMs }) {
      const { name, version } = tool;
      const times = startedAt && {
        startTimeUtc: startedAt,
        endTimeUtc: new Date(Date.parse(startedAt) + durationMs).toISOString(),
      };
      const rest = {
        tool: { driver: { name, version, semanticVersion: version, rules: RULE_NAMES.map(ruleObject) } },
        // From 64 on the codes mean a bug or an interruption: this is not the whole truth.
        invocations: [{ executionSuccessful: exitCode < 64, exitCode, ...(times || {}) }],
      };
      // What is known only at the end comes last; the brace that opens this object was written with the head.
      const before = elements === 0 ? `${HEAD}]` : '\n      ]';
      return `${before},${formatJson(rest).slice(1)}\n  ]\n}\n`;
    },
  };
}

function ruleObject(rule: Rule) {
  const { means, cure } = RULES[rule];
  const isNote = isReason(rule) && judgementOf(rule).verdict === 'skipped';
  return {
    id: rule,
    shortDescription: { text: ruleTitle(rule) },
    fullDescription: { text: means },
    help: { text: cure },
    defaultConfiguration: { level: isNote ? 'note' : 'error' },
  };
}

function resultObject(input: string, { level, rule, message, hint }: Alert, site: Site) {
  const fingerprint = fingerprintOf(rule, input, site);
  const text = `${cleanText(input)}: ${message} ${hint}`.trim();
  return {
    ruleId: rule,
    ruleIndex: RULE_NAMES.indexOf(rule),
    level,
    message: { text: withoutMarkup(text) },
    locations: [locationObject(input, site)],
    partialFingerprints: {
      'imageAtPlace/v1': fingerprint,
      // The only one GitHub reads; where there is a line, its upload action makes it from the line itself.
      ...(site.line === undefined && { primaryLocationLineHash: fingerprint }),
    },
  };
}

/** Message strings may hold `[links](…)` and `{0}` placeholders, sections 3.11.5 and 3.11.6; ours never do. */
const withoutMarkup = (text: string): string => text.replace(/\](?=\()|\{(?=\d+\})/g, '$& ');

/** GitHub refuses the whole file when one result has no physical location: an image without a file stands for itself. */
function locationObject(input: string, { file, line, path }: Site) {
  const image = encodePath(cleanText(input).replace(/^\/+/, '')) || 'image';
  const artifactLocation = file === undefined ? { uri: image } : fileLocation(file);
  return {
    physicalLocation: { artifactLocation, ...(line !== undefined && { region: { startLine: line } }) },
    ...(path !== undefined && { logicalLocations: [{ fullyQualifiedName: path }] }),
  };
}

/** Section 3.4: a relative reference names its base, an absolute one must not. */
function fileLocation(file: string) {
  const drive = /^[A-Za-z]:(?=\/)/.exec(file)?.[0];
  if (drive !== undefined) return { uri: `file:///${drive}${encodePath(file.slice(drive.length))}` };
  return file.startsWith('/')
    ? { uri: `file://${encodePath(file)}` }
    : { uri: encodePath(file), uriBaseId: '%SRCROOT%' };
}

/** Half a surrogate pair has no UTF-8. */
const encodePath = (path: string): string =>
  path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
