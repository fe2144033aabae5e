// A target is the text of one image to check, with every location where it was found.

/** Why an image is deliberately not checked. */
export const SKIPS = ['unresolved-variable', 'local-build', 'ignored'] as const;
export type Skip = (typeof SKIPS)[number];

/** Of `unresolved-variable`: what there is instead of a variable. */
export const SKIP_CAUSES = ['not-rendered', 'incomplete-name'] as const;

export interface SkipNote {
  readonly reason: Skip;
  readonly cause?: (typeof SKIP_CAUSES)[number];
  /** One plain sentence. */
  readonly message: string;
}

export interface FoundAt {
  /** A file name, or `-` for standard input. */
  readonly source: string;
  /** 1-based. */
  readonly line?: number;
  /** Where inside the document, e.g. `services.web.image`. */
  readonly path?: string;
}

/** A part of a source that cannot be used; the rest is still checked. */
export interface SourceProblem {
  readonly source: string;
  /** 1-based. */
  readonly line?: number;
  readonly message: string;
}

export interface Target {
  /** As the user wrote it. */
  readonly text: string;
  readonly foundAt: readonly FoundAt[];
  /** If set, the image is deliberately not checked. */
  readonly skip?: SkipNote;
  /** `os/arch[/variant]` that the file requires, in addition to the platforms required for every image. */
  readonly platform?: string;
}
