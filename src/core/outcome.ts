// Expected failure is a value: every function that can fail on bad input returns an Outcome.

export type Outcome<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const success = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const failure = <E>(error: E): { ok: false; error: E } => ({ ok: false, error });
