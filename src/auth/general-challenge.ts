// What a registry asks of everybody, whatever the repository.

/** A Bearer challenge that holds for every repository of a registry. */
export interface GeneralChallenge {
  readonly realm: string;
  readonly service?: string | undefined;
  /** Unset: `repository:<name>:pull`. */
  readonly scope?: string | undefined;
}
