// The images in the `build` section of a Compose service: its named contexts and its inline Dockerfile. A Dockerfile of
// its own is another file.

import { type ComposeMap, type ComposeNode, type ComposeScalar, entriesAt, scalarOf } from './compose-node.ts';
import { extractDockerfile } from './dockerfile.ts';
import type { BuildArguments, Extraction } from './extractor.ts';
import type { Lookup, ResolvedText } from './resolved-text.ts';
import type { WorkBudget } from './work-budget.ts';

const IMAGE_CONTEXT = 'docker-image://';

export interface BuildSection {
  /** Those with `docker-image://`, which is removed. */
  readonly contexts: readonly { readonly name: string; readonly image: ComposeScalar }[];
  readonly inline: { readonly text: ComposeScalar; readonly extraction: Extraction } | undefined;
}

export interface BuildReader {
  readonly buildArgs: BuildArguments;
  readonly lookup: Lookup;
  readonly platform: string | undefined;
  /** Of the variables in all inline Dockerfiles. */
  readonly budget: WorkBudget;
}

export function readBuild(build: ComposeMap, { buildArgs, lookup, platform, budget }: BuildReader): BuildSection {
  const contexts = entriesAt(build, 'additional_contexts');
  const images = contexts.flatMap(([name, context]) => {
    const image = context.kind === 'scalar' ? withoutScheme(context) : undefined;
    return image === undefined ? [] : [{ name, image }];
  });
  const text = scalarOf(build, 'dockerfile_inline');
  if (typeof text?.value !== 'string') return { contexts: images, inline: undefined };

  const target = scalarOf(build, 'target')?.value;
  const extraction = extractDockerfile(text.value, {
    buildArgs: { ...readArgs(entriesAt(build, 'args'), lookup), ...buildArgs },
    unknown: text.missing,
    target: typeof target === 'string' ? target : undefined,
    contexts: contexts.map(([name]) => name),
    platform,
    budget,
  });
  return { contexts: images, inline: { text, extraction } };
}

/** An argument without a value gets the value of the variable with its name, if it is set. */
function readArgs(args: readonly [name: string, node: ComposeNode][], lookup: Lookup): BuildArguments {
  const values = args.flatMap(([name, node]): [string, ResolvedText][] => {
    if (node.kind !== 'scalar' || node.value === undefined) return [];
    const { value: own, missing } = node;
    const value = own === null ? lookup(name) : { text: String(own), missing };
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function withoutScheme(context: ComposeScalar): ComposeScalar | undefined {
  const { value, written } = context;
  if (typeof value !== 'string' || !value.startsWith(IMAGE_CONTEXT)) return undefined;
  const withoutPrefix = (text: string) => (text.startsWith(IMAGE_CONTEXT) ? text.slice(IMAGE_CONTEXT.length) : text);
  return { ...context, value: withoutPrefix(value), written: withoutPrefix(written) };
}
