// The generated parts of docs/reasons.md: what every reason, cause, warning and hint code means.

import { exitCodeOf } from '../../src/core/exit-code.ts';
import { HINT_CODES } from '../../src/core/hint-code.ts';
import { judgementOf, type Reason, WARNING_CODES } from '../../src/core/result.ts';
import { CAUSE_TEXTS, type CodeText } from '../../src/report/cause-text.ts';
import { RULES } from '../../src/report/rule.ts';
import { WARNING_TEXTS } from '../../src/report/warning-text.ts';
import { code, formatTable, withLinks } from './blocks.ts';
import { causesOf, type Example, formatExample, PAIRS, readExamples } from './reason-examples.ts';

export async function formatReasons(): Promise<string> {
  const examples = await readExamples();
  return [...new Set(PAIRS.map(([reason]) => reason))].map((reason) => formatReason(reason, examples)).join('\n');
}

function formatReason(reason: Reason, examples: readonly Example[]): string {
  const { description, remedy } = RULES[reason];
  const { verdict } = judgementOf(reason);
  const exitCode = exitCodeOf(judgementOf(reason), { expect: 'present', warnOn: [] });
  const shown = examples.filter((example) => example.reason === reason).map(({ result }) => formatExample(result));
  return [
    `### ${reason}`,
    `Verdict ${code(verdict)}, exit code ${exitCode}. ${description} ${remedy}`,
    ...(reason in CAUSE_TEXTS ? [formatCauses(reason as keyof typeof CAUSE_TEXTS).trimEnd()] : []),
    `\`\`\`text\n${shown.join('\n')}\`\`\`\n`,
  ].join('\n\n');
}

function formatCauses(reason: keyof typeof CAUSE_TEXTS): string {
  const texts: Readonly<Record<string, CodeText>> = CAUSE_TEXTS[reason];
  const rows = causesOf(reason).map((cause) => {
    const { meaning, cure } = texts[`${cause}`] ?? { meaning: '', cure: '' };
    return [cause === null ? 'none' : code(cause), meaning, withLinks(cure)];
  });
  return formatTable(['cause', 'meaning', 'what helps'], rows);
}

export const formatWarnings = (): string =>
  formatTable(
    ['code', 'meaning', 'what helps'],
    WARNING_CODES.map((name) => [code(name), WARNING_TEXTS[name].meaning, withLinks(WARNING_TEXTS[name].cure)]),
  );

export const formatHints = (): string =>
  formatTable(
    ['code', 'the step that the hint advises'],
    Object.entries(HINT_CODES).map(([name, step]) => [code(name), step]),
  );
