// What a check found wrong, and what it asked about: the words every judge speaks in.

import type { Reference } from '../core/reference.ts';
import type { Cause, Reason, RegistryError } from '../core/result.ts';
import type { KnownRegistry } from '../registry/well-known.ts';

export interface Finding {
  readonly reason: Reason;
  readonly cause: Cause | null;
  /** One plain sentence naming the innermost reason. */
  readonly message: string;
  /** The next step. */
  readonly hint: string | null;
  readonly registryErrors: readonly RegistryError[];
}

/** The image under check, as the judges need to speak of it. */
export interface Question {
  readonly reference: Reference;
  readonly known: KnownRegistry;
  /** `host[:port]` that is asked. */
  readonly host: string;
  /** Unset: the image's own manifest. */
  readonly part?: Part;
}

/** A part of an image that a manifest names. */
export interface Part {
  readonly kind: 'child-manifest' | 'config' | 'layer';
  /** As a person would point at it: `layer 3 (sha256:…) of linux/arm64`. */
  readonly name: string;
}

export function find(
  reason: Reason,
  cause: Cause | null,
  message: string,
  hint: string | null = null,
  registryErrors: readonly RegistryError[] = [],
): Finding {
  return { reason, cause, message, hint, registryErrors };
}

export const repositoryName = ({ reference }: Question): string => `${reference.registry}/${reference.repository}`;

/** `login`, or the generic way for a registry nobody knows. */
export const loginAdvice = ({ known, reference }: Question): string =>
  known.login ?? `docker login ${reference.registry}`;
