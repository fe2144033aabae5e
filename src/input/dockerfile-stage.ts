// The stages of a Dockerfile and the images they copy from, as BuildKit's instructions/parse.go and bflag.go read them.
//
//   FROM [ --platform=platform ] image [ AS name ]
//   COPY --from=( stage / index / image ) …        RUN --mount=…,from=( stage / image ) …

import { failure, type Outcome, success } from '../core/outcome.ts';
import { type Instruction, parseInstruction } from './dockerfile-instruction.ts';
import type { Problem } from './extractor.ts';

/** A copy or mount of files from another stage or from an image. */
export interface Use {
  readonly from: string;
  readonly by: 'COPY --from' | 'RUN --mount';
  readonly line: number;
  /** How many of the ARG and ENV of the stage come before it. */
  readonly declared?: number;
}

export interface Stage {
  /** Lower case; stages without a name have only their index. */
  readonly name: string | undefined;
  /** As written, with its variables. */
  readonly base: string;
  readonly platform: string | undefined;
  readonly line: number;
  readonly uses: readonly Use[];
  /** The ARG and ENV, which the uses of a Containerfile can insert. */
  readonly declarations: readonly Instruction[];
  /** The uses of ONBUILD, for the stages that are built on this one. */
  readonly triggers: readonly Use[];
}

export interface Stages {
  /** The ARG before the first FROM. */
  readonly args: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly problems: readonly Problem[];
}

type Kind = 'text' | 'texts' | 'switch';

/** The flags of each instruction. Instructions that are not listed do not refer to images. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  FROM: { platform: 'text' },
  COPY: { from: 'text', chown: 'text', chmod: 'text', exclude: 'texts', link: 'switch', parents: 'switch' },
  ADD: {
    chown: 'text',
    chmod: 'text',
    checksum: 'text',
    exclude: 'texts',
    link: 'switch',
    'keep-git-dir': 'switch',
    unpack: 'switch',
  },
  RUN: { mount: 'texts', network: 'text', security: 'text', device: 'texts' },
};

interface Flag {
  readonly name: string;
  readonly value: string;
}

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
const MAX_STAGES = 1000;
const NO_TRIGGER = ['ONBUILD', 'FROM', 'MAINTAINER'];
const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;
const BLANKS = /[\t\v\f\r ]+/;
/** `{{ .Version }}` of a template. */
const ACTION = /\{\{[^{}]*\}\}/g;
const withoutBlanks = (action: string): string => action.replace(/\s+/g, '');

/** `allowsVariables`: in uses, as Buildah reads them; BuildKit refuses them. */
export function readStages(
  instructions: readonly Instruction[],
  { allowsVariables = false }: { readonly allowsVariables?: boolean | undefined } = {},
): Stages {
  const args: Instruction[] = [];
  const stages: (Stage & { uses: Use[]; triggers: Use[]; declarations: Instruction[] })[] = [];
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
        fail(`More than ${MAX_STAGES} stages; the rest is skipped.`);
        break;
      } else stages.push({ ...parsed.value, line, uses: [], triggers: [], declarations: [] });
    } else if (stage === undefined) {
      if (keyword === 'ARG') args.push(instruction);
      else fail(`${keyword} is not allowed before the first FROM; only ARG is.`);
    } else {
      if (keyword === 'ARG' || keyword === 'ENV') stage.declarations.push(instruction);
      const declared = stage.declarations.length;
      const isTrigger = keyword === 'ONBUILD';
      const uses = isTrigger ? parseTrigger(instruction, allowsVariables) : parseUses(instruction, allowsVariables);
      if (!uses.ok) fail(uses.error);
      else if (isTrigger) stage.triggers.push(...uses.value);
      else for (const use of uses.value) stage.uses.push({ ...use, declared });
    }
  }
  return { args, stages, problems };
}

function parseFrom({ keyword, flags, rest }: Instruction): Outcome<Pick<Stage, 'name' | 'base' | 'platform'>, string> {
  const [base = '', as, name, ...others] = rest.replace(ACTION, withoutBlanks).split(BLANKS);
  if (base === '') return failure('FROM has no image.');
  if (as !== undefined && (as.toUpperCase() !== 'AS' || name === undefined || others.length > 0)) {
    return failure(`FROM requires an image, optionally with AS name, not ${quote(rest)}.`);
  }
  const stage = name?.toLowerCase();
  if (stage !== undefined && !STAGE_NAME.test(stage)) {
    return failure(`Invalid stage name ${quote(stage)}: use a letter, then letters, digits, "_", "." or "-".`);
  }
  const parsed = parseFlags(keyword, flags);
  if (!parsed.ok) return parsed;
  return success({ base, name: stage, platform: parsed.value[0]?.value });
}

function parseTrigger({ rest, line }: Instruction, allowsVariables: boolean): Outcome<readonly Use[], string> {
  const trigger = parseInstruction(rest, line);
  if (!KEYWORDS.has(trigger.keyword) || NO_TRIGGER.includes(trigger.keyword)) {
    return failure(`ONBUILD cannot trigger ${quote(trigger.keyword)}.`);
  }
  return parseUses(trigger, allowsVariables);
}

function parseUses(
  { keyword, flags, rest, line }: Instruction,
  allowsVariables: boolean,
): Outcome<readonly Use[], string> {
  const parsed = parseFlags(keyword, flags);
  if (!parsed.ok) return parsed;
  if ((keyword === 'COPY' || keyword === 'ADD') && !/\S\s+\S|^\[/.test(rest)) {
    return failure(`${keyword} requires a source and a destination.`);
  }
  const uses: Use[] = [];
  for (const { name, value } of parsed.value) {
    if (name !== 'from' && name !== 'mount') continue;
    const by = name === 'from' ? 'COPY --from' : 'RUN --mount';
    const from = name === 'from' ? value : fromOf(value);
    if (!allowsVariables && /[$'"\\`]/.test(from)) {
      return failure(
        `${by} does not support variables, quotes or escapes (${from}); use FROM ${from} AS name and refer to the name.`,
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

function parseFlags(keyword: string, words: readonly string[]): Outcome<readonly Flag[], string> {
  const known = FLAGS[keyword];
  if (known === undefined) return success([]);
  const flags: Flag[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      const supported = Object.keys(known).map((flag) => `--${flag}`);
      const hint = name === 'from' ? '; use COPY --from' : `, only ${supported.join(', ')}`;
      return failure(`${keyword} does not support --${name}${hint}.`);
    }
    if (kind !== 'switch' && equals < 0) return failure(`${keyword} --${name} has no value; use --${name}=….`);
    if (kind !== 'texts' && flags.some((flag) => flag.name === name)) {
      return failure(`${keyword} --${name} is duplicated.`);
    }
    flags.push({ name, value: equals < 0 ? '' : word.slice(equals + 1) });
  }
  return success(flags);
}
