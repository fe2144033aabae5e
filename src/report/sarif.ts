// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/, limited to what GitHub code scanning accepts; written as
// the results arrive: head, results, tail.

import { judgementOf } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { type Annotation, annotationOf, annotationOfProblem, fingerprintOf, namedMessage } from './annotation.ts';
import { createGaps, formatSkips, type Gaps } from './gaps.ts';
import { type Location, locationsOf } from './location.ts';
import type { Reporter, RunOptions } from './reporter.ts';
import { formatJson } from './result-document.ts';
import { isReason, RULES, type Rule, ruleTitle } from './rule.ts';

const HEAD = `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "results": [`;
const RULE_NAMES = Object.keys(RULES) as readonly Rule[];

export function createSarifReporter(options: RunOptions): Reporter {
  let elements = 0;
  const gaps = createGaps(options);
  const add = (name: string, annotation: Annotation, location: Location): string => {
    elements += 1;
    return `${elements === 1 ? HEAD : ','}\n        ${formatJson(resultObject(name, annotation, location))}`;
  };
  return {
    onResult(result) {
      gaps.addResult(result);
      const annotation = annotationOf(result, options);
      if (annotation === undefined) return '';
      return locationsOf(result, options)
        .map((location) => add(result.input, annotation, location))
        .join('');
    },
    onProblem(problem) {
      const { annotation, location } = annotationOfProblem(problem, options);
      return add(location.origin, annotation, location);
    },
    onEnd({ tool, exitCode, startedAt, durationMs }) {
      const { name, version } = tool;
      const times = startedAt && {
        startTimeUtc: startedAt,
        endTimeUtc: new Date(Date.parse(startedAt) + durationMs).toISOString(),
      };
      const rest = {
        tool: { driver: { name, version, semanticVersion: version, rules: RULE_NAMES.map(ruleObject) } },
        // Exit codes from 64 on are a bug or an interruption: the report may be incomplete.
        invocations: [{ executionSuccessful: exitCode < 64, exitCode, ...(times || {}), ...notificationsOf(gaps) }],
      };
      // Fields that are known only at the end; the opening brace of this object is part of the head.
      const before = elements === 0 ? `${HEAD}]` : '\n      ]';
      return `${before},${formatJson(rest).slice(1)}\n  ]\n}\n`;
    },
  };
}

/** The skipped images: most of them are no results, because there is nothing to do about them. */
function notificationsOf(gaps: Gaps) {
  const text = formatSkips(gaps.skips());
  return text === '' ? {} : { toolExecutionNotifications: [{ level: 'note', message: { text: `${text}.` } }] };
}

function ruleObject(rule: Rule) {
  const { description, remedy } = RULES[rule];
  const isNote = isReason(rule) && judgementOf(rule).verdict === 'skipped';
  return {
    id: rule,
    shortDescription: { text: ruleTitle(rule) },
    fullDescription: { text: description },
    help: { text: remedy },
    defaultConfiguration: { level: isNote ? 'note' : 'error' },
  };
}

function resultObject(input: string, annotation: Annotation, location: Location) {
  const { level, rule, message, hint } = annotation;
  const fingerprint = fingerprintOf(annotation, input, location);
  const text = namedMessage(input, `${message} ${hint}`.trim());
  return {
    ruleId: rule,
    ruleIndex: RULE_NAMES.indexOf(rule),
    level,
    message: { text: withoutMarkup(text) },
    locations: [locationObject(input, location)],
    partialFingerprints: {
      'imageAtPlace/v1': fingerprint,
      // The only one GitHub reads; if there is a line, its upload action computes it from the content of the line.
      ...(location.line === undefined && { primaryLocationLineHash: fingerprint }),
    },
  };
}

/** Message strings may contain `[links](…)` and `{0}` placeholders (sections 3.11.5 and 3.11.6); ours never do. */
const withoutMarkup = (text: string): string => text.replace(/\](?=\()|\{(?=\d+\})/g, '$& ');

/** GitHub rejects the whole file if a result has no physical location: without a file, the image becomes the URI. */
function locationObject(input: string, { file, line, path }: Location) {
  const image = encodePath(cleanText(input).replace(/^\/+/, '')) || 'image';
  const artifactLocation = file === undefined ? { uri: image } : fileLocation(file);
  return {
    physicalLocation: { artifactLocation, ...(line !== undefined && { region: { startLine: line } }) },
    ...(path !== undefined && { logicalLocations: [{ fullyQualifiedName: path }] }),
  };
}

/** Section 3.4: a relative reference has a base, an absolute one must not have one. */
function fileLocation(file: string) {
  const drive = /^[A-Za-z]:(?=\/)/.exec(file)?.[0];
  if (drive !== undefined) return { uri: `file:///${drive}${encodePath(file.slice(drive.length))}` };
  return file.startsWith('/')
    ? { uri: `file://${encodePath(file)}` }
    : { uri: encodePath(file), uriBaseId: '%SRCROOT%' };
}

/** A lone surrogate has no UTF-8 encoding. */
const encodePath = (path: string): string =>
  path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
