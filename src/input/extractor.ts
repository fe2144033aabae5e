// An extractor finds the container images in one kind of file, without network access.

import type { SkipNote } from '../core/target.ts';
import type { FieldPath } from './field-path.ts';
import type { Environment, ResolvedText } from './resolved-text.ts';

/** Known without loading any parser. */
export const INPUT_FORMATS = [
  'list',
  'dockerfile',
  'compose',
  'bake',
  'devcontainer',
  'github-workflow',
  'gitlab-ci',
  'circleci',
  'bitbucket',
  'azure-pipelines',
  'woodpecker',
  'cloud-build',
  'buildkite',
  'quadlet',
  'ecs',
  'sbom',
  'ansible',
  'kubernetes',
  'chart',
  'yaml',
] as const;

export type InputFormat = (typeof INPUT_FORMATS)[number];

export interface Extractor {
  readonly name: string;
  /** By name and content; `head` is the first 8 KiB, of YAML and JSON the whole text. */
  matches(path: string, head: string): boolean;
  extract(text: string, source: string, options: ExtractOptions): Promise<Extraction>;
}

export interface Extraction {
  readonly found: readonly Found[];
  readonly problems: readonly Problem[];
  /**
   * Files, relative to the document, that it contains as a whole: `found` has their images as the document uses them, so
   * reading them on their own as well would report images that are not pulled.
   */
  readonly covers?: readonly string[];
}

export interface Found {
  readonly text: string;
  readonly line?: number;
  readonly path?: string;
  /** Set: deliberately not checked. */
  readonly skip?: SkipNote;
  /** `os/arch[/variant]` that the file requires. */
  readonly platform?: string;
  /** Set: the image is in another file, which the extracted one refers to. */
  readonly source?: string;
}

/** A part of the file cannot be used; the rest is still checked. */
export interface Problem {
  readonly message: string;
  readonly line?: number;
  /** The message begins with the place of the problem, in another file. */
  readonly isLinked?: true | undefined;
  /** Set: the text is an unrendered template, which is skipped. */
  readonly template?: TemplatePlace | undefined;
}

export interface TemplatePlace {
  /** Unset: the extracted file. */
  readonly source?: string | undefined;
  readonly line?: number | undefined;
}

export interface ExtractOptions extends Environment {
  readonly buildArgs: BuildArguments;
  readonly profiles: readonly string[];
  /** Stops a long extraction. */
  readonly signal?: AbortSignal | undefined;
  /** Fields with images in Kubernetes objects, in addition to the known ones. */
  readonly search?: readonly SearchRule[] | undefined;
  /** Reads a file that the document refers to; undefined when it does not exist. */
  readonly readFile: ReadFile;
  /** The files in a directory and below, relative to the document, as `path` is; not more than some thousand. */
  readonly listFiles?: ((path: string) => Promise<readonly string[]>) | undefined;
  /** Whether the user passed that file as well, by its name or its directory. `path` is relative to the document. */
  readonly readsToo?: ((path: string) => boolean) | undefined;
}

/** Values by name. */
export type BuildArguments = Readonly<Record<string, string | ResolvedText>>;

/** `path` is relative to the document. */
export type ReadFile = (path: string) => Promise<LinkedFile | UnreadableLink | undefined>;

export interface LinkedFile {
  readonly text: string;
  /** Whether it does not belong to the checked file: it is used, but neither quoted nor searched for secrets. */
  readonly isForeign: boolean;
}

/** The file exists. */
export interface UnreadableLink {
  /** Completes "x cannot be read: …". */
  readonly problem: string;
}

/** An entry of `search` in the config file: whether a field of a custom resource contains images. */
export interface SearchRule {
  readonly kind: string;
  /** The part of `apiVersion` before the slash, `''` for core objects; unset: any. */
  readonly group?: string;
  /** Unset: the whole object. */
  readonly path?: FieldPath;
  /** Whether the field contains no images. Otherwise everything in it is one. */
  readonly skip: boolean;
  /** `kairos-pull.yaml:3` */
  readonly location: string;
}
