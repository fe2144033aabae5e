// The images that a build of one stage of a Dockerfile pulls, as BuildKit's dockerfile2llb/convert.go resolves them.
//
// A stage that the target does not depend on is not built and its image not pulled, but an error in its FROM fails every
// build. The uses of ONBUILD count for the stages that are built on its stage.

import { formatPlatform, parsePlatform } from '../core/platform.ts';
import { formatReference, parseReference } from '../core/reference.ts';
import { PLATFORM_VARIABLES, type StageVariables, type Variables } from './dockerfile-argument.ts';
import type { Instruction } from './dockerfile-instruction.ts';
import type { Stage, Use } from './dockerfile-stage.ts';
import type { Found, Problem } from './extractor.ts';
import { findPlaceholder } from './image-text.ts';
import { describeMissing, listed, type Missing, type ResolvedText, UNKNOWN } from './resolved-text.ts';

export interface BuildOptions {
  /** Default: the last stage. */
  readonly target?: string | undefined;
  /** Named contexts, which replace images and stages of that name. */
  readonly contexts?: readonly string[];
  /** The target platform. */
  readonly platform?: string | undefined;
}

interface Node {
  /** Indexes of the stages it is built on; more than one if that depends on the platform. */
  readonly bases: readonly number[];
  readonly image?: Found;
  /** A named context replaces the stage. */
  readonly isReplaced?: boolean;
}

interface ResolvedUse {
  readonly use: Use;
  /** The index of a stage, or an image. */
  readonly origin: number | Found;
}

const SCRATCH = 'scratch';

export function resolveImages(
  stages: readonly Stage[],
  variables: Variables,
  { target, contexts = [], platform }: BuildOptions,
): { readonly found: readonly Found[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const byName = new Map<string, number>();
  const contextNames = new Set(contexts.flatMap((name) => [name, canonical(name)]));
  const isContext = (name: string) =>
    contextNames.size > 0 && (contextNames.has(name) || contextNames.has(canonical(name)));
  const fail = (message: string, line?: number): undefined => {
    problems.push({ message, ...(line !== undefined && { line }) });
  };

  function resolveStage({ name, base, line, ...stage }: Stage): Node {
    const resolved = variables.expand(base);
    if (!resolved.ok) fail(`FROM ${base}: ${resolved.error}.`, line);
    const required = resolvePlatform(stage.platform, line);
    if (name !== undefined && isContext(name)) return { bases: [], isReplaced: true };
    if (!resolved.ok) return { bases: [] };
    const bases = stagesLike(resolved.value, byName);
    if (bases.length > 0) return { bases };
    const image = imageOf(resolved.value, { text: base, line, path: 'FROM' });
    return { bases: [], ...(image && { image: { ...image, ...(required !== undefined && { platform: required }) } }) };
  }

  /** The platform as containerd writes it; undefined if the builder chooses it. */
  function resolvePlatform(word: string | undefined, line: number): string | undefined {
    if (word === undefined) return platform;
    const resolved = variables.expand(word);
    if (!resolved.ok) return fail(`FROM --platform=${word}: ${resolved.error}.`, line);
    if (resolved.value.missing.length > 0) return undefined;
    const parsed = parsePlatform(resolved.value.text);
    return parsed.ok ? formatPlatform(parsed.value) : fail(`FROM --platform=${word}: ${parsed.error.message}`, line);
  }

  /** `at` has the text as written. */
  function imageOf({ text, missing }: ResolvedText, at: Found & { readonly line: number }): Found | undefined {
    if (text === SCRATCH) return undefined;
    if (missing.length > 0) return { ...at, skip: { reason: 'unresolved-variable', message: explain(missing) } };
    if (text === '') {
      return fail(`${at.path} ${at.text} is empty: FROM can only use ARGs declared before the first FROM.`, at.line);
    }
    if (isContext(text)) return undefined;
    if (text.startsWith('docker://')) return fail(`${at.path} ${at.text}: remove "docker://".`, at.line);
    const placeholder = findPlaceholder(text);
    if (placeholder !== undefined) {
      return { ...at, skip: { reason: 'unresolved-variable', message: `${placeholder} is not resolved.` } };
    }
    const reference = parseReference(text);
    if (!reference.ok) return fail(`${at.path} ${at.text}: ${reference.error.message}`, at.line);
    return { ...at, text };
  }

  function resolveUses(uses: readonly Use[], own: number, declarations: readonly Instruction[] = []): ResolvedUse[] {
    const scope = variables.createStage();
    let known = 0;
    return uses.flatMap((use) => {
      for (; known < (use.declared ?? 0); known += 1) {
        const declaration = declarations[known];
        if (declaration !== undefined) scope.declare(declaration);
      }
      const origin = resolveUse(use, own, scope);
      return origin === undefined ? [] : [{ use, origin }];
    });
  }

  function resolveUse({ from, by, line }: Use, own: number, scope: StageVariables): ResolvedUse['origin'] | undefined {
    const expanded = from.includes('$') ? scope.expand(from) : variables.expand(from);
    const name = expanded.ok ? expanded.value.text : from;
    const index = by === 'COPY --from' && /^[+-]?\d+$/.test(name) ? Number(name) : byName.get(name.toLowerCase());
    if (index === undefined) {
      if (!expanded.ok) return fail(`${by}: ${expanded.error}.`, line);
      return imageOf(expanded.value, { text: from, line, path: by });
    }
    if (index < 0 || index >= stages.length) return fail(`${by}=${from}: stage ${index} does not exist.`, line);
    if (index === own) return fail(`${by}=${from}: a stage cannot copy from itself.`, line);
    return index;
  }

  const nodes = stages.map((stage, index) => {
    const node = resolveStage(stage);
    if (stage.name !== undefined) byName.set(stage.name, index);
    return node;
  });
  const last = target === undefined ? stages.length - 1 : byName.get(target.toLowerCase());
  if (last === undefined) fail(`Stage "${target}" does not exist.`);
  const found: Found[] = [];
  const reached = new Set(last === undefined ? [] : [last]);
  const triggered = new Set<number>();
  const add = (uses: readonly ResolvedUse[], index: number) => {
    for (const { use, origin } of uses) {
      if (typeof origin === 'object') found.push(origin);
      else if (origin > index) fail(`${use.by}=${use.from} refers to a later stage.`, use.line);
      else reached.add(origin);
    }
  };
  const resolved = stages.map(({ uses, declarations }, index) =>
    nodes[index]?.isReplaced === true ? [] : resolveUses(uses, index, declarations),
  );
  // Iterating a set includes what is added meanwhile.
  for (const index of reached) {
    const { bases = [], image } = nodes[index] ?? {};
    if (image !== undefined) found.push(image);
    add(resolved[index] ?? [], index);
    for (const base of bases) {
      reached.add(base);
      if (triggered.has(base)) continue;
      triggered.add(base);
      add(resolveUses(stages[base]?.triggers ?? [], index), index);
    }
  }
  return { found, problems };
}

/** The stages of that name; all possible ones if the name depends on the platform. */
function stagesLike({ text }: ResolvedText, byName: ReadonlyMap<string, number>): number[] {
  const index = byName.get(text);
  if (index !== undefined || !text.includes(UNKNOWN)) return index === undefined ? [] : [index];
  const parts = text.split(UNKNOWN);
  return [...byName].filter(([name]) => isLike(name, parts)).map(([, at]) => at);
}

/** Whether the name consists of the parts in order, with parts of a platform between them. */
function isLike(name: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = index === parts.length - 1 ? name.length - part.length : name.indexOf(part, at);
    if (found < at || !name.startsWith(part, found) || (index === 0 && found !== 0)) return false;
    // No operating system, architecture or variant contains a dash, so `linux-debug` is not one.
    if (index > 0 && name.slice(at, found).includes('-')) return false;
    at = found + part.length;
  }
  return true;
}

function explain(missing: readonly Missing[]): string {
  const names = missing.map(({ name }) => name);
  if (!names.every((name) => PLATFORM_VARIABLES.includes(name))) {
    return describeMissing(missing, 'no default and no build argument');
  }
  return `${listed(names)} ${names.length === 1 ? 'depends' : 'depend'} on the build platform.`;
}

function canonical(name: string): string {
  const reference = parseReference(name);
  return reference.ok ? formatReference(reference.value) : name;
}
