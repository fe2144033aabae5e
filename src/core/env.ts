// The environment, as passed to code that reads it: tests pass their own.

export type Env = Readonly<Record<string, string | undefined>>;
