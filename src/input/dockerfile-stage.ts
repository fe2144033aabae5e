// The stages of a Dockerfile and the images they take files from, as BuildKit's instructions/parse.go reads them.
//
//   FROM [ --platform=platform ] image [ AS name ]
//   COPY --from=( stage / index / image ) …        RUN --mount=…,from=( stage / image ) …

import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseFlags } from './dockerfile-flag.ts';
import { type Instruction, parseInstruction } from './dockerfile-instruction.ts';
import type { Problem } from './extractor.ts';

/** Files taken from another stage or from an image. */
export interface Use {
  readonly from: string;
  readonly by: 'COPY --from' | 'RUN --mount';
  readonly line: number;
}

export interface Stage {
  /** Lower case; stages without a name have only their index. */
  readonly name: string | undefined;
  /** As written, with its variables. */
  readonly base: string;
  readonly platform: string | undefined;
  readonly line: number;
  readonly uses: readonly Use[];
  /** What ONBUILD takes for the stages that are built on this one. */
  readonly triggers: readonly Use[];
}

export interface Stages {
  /** The ARG before the first FROM. */
  readonly args: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly problems: readonly Problem[];
}

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
/** Far beyond any that is built. */
const MAX_STAGES = 1000;
const NO_TRIGGER = ['ONBUILD', 'FROM', 'MAINTAINER'];
const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;
const BLANKS = /[\t\v\f\r ]+/;

export function readStages(instructions: readonly Instruction[]): Stages {
  const args: Instruction[] = [];
  const stages: (Stage & { uses: Use[]; triggers: Use[] })[] = [];
  const problems: Problem[] = [];
  for (const instruction of instructions) {
    const { keyword, line } = instruction;
    const stage = stages.at(-1);
    const fail = (message: string) => problems.push({ message, line });
    if (!KEYWORDS.has(keyword)) fail(`${quote(keyword)} is not an instruction.`);
    else if (keyword === 'FROM') {
      const parsed = parseFrom(instruction);
      if (!parsed.ok) fail(parsed.error);
      else if (stages.length === MAX_STAGES) {
        fail(`More than ${MAX_STAGES} stages; the rest is not looked at.`);
        break;
      } else stages.push({ ...parsed.value, line, uses: [], triggers: [] });
    } else if (stage === undefined) {
      if (keyword === 'ARG') args.push(instruction);
      else fail(`${keyword} comes before the first FROM; only ARG may.`);
    } else {
      const isTrigger = keyword === 'ONBUILD';
      const uses = isTrigger ? parseTrigger(instruction) : parseUses(instruction);
      if (!uses.ok) fail(uses.error);
      else for (const use of uses.value) (isTrigger ? stage.triggers : stage.uses).push(use);
    }
  }
  return { args, stages, problems };
}

function parseFrom({ keyword, flags, rest }: Instruction): Outcome<Pick<Stage, 'name' | 'base' | 'platform'>, string> {
  const [base = '', as, name, ...others] = rest.split(BLANKS);
  if (base === '') return failure('FROM names no image.');
  if (as !== undefined && (as.toUpperCase() !== 'AS' || name === undefined || others.length > 0)) {
    return failure(`FROM takes an image, or an image AS a name, not ${quote(rest)}.`);
  }
  const stage = name?.toLowerCase();
  if (stage !== undefined && !STAGE_NAME.test(stage)) {
    return failure(
      `${quote(stage)} cannot name a stage: a letter comes first, then letters, digits, "_", "." and "-".`,
    );
  }
  const parsed = parseFlags(keyword, flags);
  if (!parsed.ok) return parsed;
  return success({ base, name: stage, platform: parsed.value[0]?.value });
}

function parseTrigger({ rest, line }: Instruction): Outcome<readonly Use[], string> {
  const trigger = parseInstruction(rest, line);
  if (!KEYWORDS.has(trigger.keyword) || NO_TRIGGER.includes(trigger.keyword)) {
    return failure(`ONBUILD cannot trigger ${quote(trigger.keyword)}.`);
  }
  return parseUses(trigger);
}

function parseUses({ keyword, flags, rest, line }: Instruction): Outcome<readonly Use[], string> {
  const parsed = parseFlags(keyword, flags);
  if (!parsed.ok) return parsed;
  if ((keyword === 'COPY' || keyword === 'ADD') && !/\S\s+\S|^\[/.test(rest)) {
    return failure(`${keyword} needs a source and a destination.`);
  }
  const uses: Use[] = [];
  for (const { name, value } of parsed.value) {
    if (name !== 'from' && name !== 'mount') continue;
    const by = name === 'from' ? 'COPY --from' : 'RUN --mount';
    const from = name === 'from' ? value : fromOf(value);
    if (/[$'"\\`]/.test(from)) {
      return failure(
        `${by} knows no variables, quotes or escapes (${from}); name a stage by FROM ${from} AS name, and that.`,
      );
    }
    if (from !== '') uses.push({ from, by, line });
  }
  return success(uses);
}

/** The last `from=` of a mount, as in `type=bind,from=image,target=/x`. */
function fromOf(mount: string): string {
  const fields = mount.split(',').filter((field) => /^from=/i.test(field));
  return fields.at(-1)?.slice('from='.length) ?? '';
}

const quote = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`;
