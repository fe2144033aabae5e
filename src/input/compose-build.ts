// The images that a `build` section of a Compose service names: its named contexts and its inline Dockerfile.
// The Dockerfile of its own is another file.

import { entriesOf, entryOf, leafOf } from './compose-merge.ts';
import { extractDockerfile } from './dockerfile.ts';
import type { BuildArguments, Extraction } from './extractor.ts';
import { type Lookup, plainText, type ResolvedText } from './resolved-text.ts';
import type { Leaf, Mapping } from './yaml-tree.ts';

const IMAGE_CONTEXT = 'docker-image://';

export interface BuildSection {
  /** Of `docker-image://`, which is taken off. */
  readonly contexts: readonly { readonly name: string; readonly leaf: Leaf }[];
  readonly inline: { readonly leaf: Leaf; readonly extraction: Extraction } | undefined;
}

export interface BuildSectionOptions {
  readonly buildArgs: BuildArguments;
  readonly lookup: Lookup;
  readonly platform: string | undefined;
}

export function readBuild(build: Mapping, options: BuildSectionOptions): BuildSection {
  const contexts = entriesOf(mappingOf(build, 'additional_contexts'));
  const images = contexts.flatMap(([name, leaf]) => {
    const image = leaf.kind === 'leaf' ? withoutScheme(leaf) : undefined;
    return image === undefined ? [] : [{ name, leaf: image }];
  });
  const leaf = leafOf(build, 'dockerfile_inline');
  if (typeof leaf?.value !== 'string') return { contexts: images, inline: undefined };

  const target = leafOf(build, 'target')?.value;
  const extraction = extractDockerfile(leaf.value, {
    buildArgs: { ...readArgs(mappingOf(build, 'args'), options.lookup), ...options.buildArgs },
    unknown: leaf.missing,
    target: typeof target === 'string' ? target : undefined,
    contexts: contexts.map(([name]) => name),
    platform: options.platform,
  });
  return { contexts: images, inline: { leaf, extraction } };
}

/** An argument without a value has that of the variable of its name, if there is one. */
function readArgs(args: Mapping, lookup: Lookup): BuildArguments {
  const values = entriesOf(args).flatMap(([name, leaf]): [string, ResolvedText][] => {
    if (leaf.kind !== 'leaf' || leaf.value === undefined) return [];
    const value =
      leaf.value === null
        ? lookup(name)
        : { ...plainText(String(leaf.value)), ...(leaf.missing && { missing: leaf.missing }) };
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}

function withoutScheme(leaf: Leaf): Leaf | undefined {
  if (typeof leaf.value !== 'string' || !leaf.value.startsWith(IMAGE_CONTEXT)) return undefined;
  const { written } = leaf;
  return {
    ...leaf,
    value: leaf.value.slice(IMAGE_CONTEXT.length),
    ...(written?.startsWith(IMAGE_CONTEXT) && { written: written.slice(IMAGE_CONTEXT.length) }),
  };
}

function mappingOf(build: Mapping, key: string): Mapping {
  const entry = entryOf(build, key);
  return entry?.kind === 'mapping' ? entry : { ...build, entries: new Map() };
}
