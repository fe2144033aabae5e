// An extractor finds the container images that one kind of file names, without network.

import type { Skip } from '../core/result.ts';
import type { Environment } from './environment.ts';
import type { ResolvedText } from './resolved-text.ts';
import type { SearchRule } from './search-rule.ts';

export interface Found {
  readonly text: string;
  readonly line?: number;
  readonly path?: string;
  /** Set: deliberately not checked. */
  readonly skip?: { readonly reason: Skip; readonly message: string };
  /** `os/arch[/variant]` the file asks for. */
  readonly platform?: string;
  /** Set: the image stands in another file than the one that was read, which refers to it. */
  readonly source?: string;
}

/** Something of the file cannot be used; the rest is still checked. */
export interface Problem {
  readonly message: string;
  readonly line?: number;
}

export interface Extraction {
  readonly found: readonly Found[];
  readonly problems: readonly Problem[];
}

export interface ExtractOptions extends Environment {
  readonly buildArgs: BuildArguments;
  readonly profiles: readonly string[];
  /** Ends what takes long. */
  readonly signal?: AbortSignal | undefined;
  /** Where Kubernetes objects have images, beside what is known of them. */
  readonly search?: readonly SearchRule[] | undefined;
  /** Reads a file the document refers to (relative to it); undefined when it is not there. */
  readonly readFile: ReadFile;
}

/** Their values, by name. */
export type BuildArguments = Readonly<Record<string, string | ResolvedText>>;

export type ReadFile = (path: string) => Promise<ReferredFile | UnusableFile | undefined>;

/** It is there. */
export interface UnusableFile {
  /** Completes "x cannot be read: …". */
  readonly problem: string;
}

export interface ReferredFile {
  readonly text: string;
  /** Whether it is not the checked file's own: what it says is used, and neither quoted nor searched for secrets. */
  readonly isForeign: boolean;
}

export interface Extractor {
  readonly name: string;
  /** By name and content; `head` is the first 8 KiB. */
  matches(path: string, head: string): boolean;
  extract(text: string, source: string, options: ExtractOptions): Promise<Extraction>;
}
