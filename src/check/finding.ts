// What a check found wrong, and what it asked about: the words every judge speaks in.

import { formatReference, type Reference } from '../core/reference.ts';
import type { Cause, Reason, RegistryError } from '../core/result.ts';
import type { Quote } from '../http/send.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import type { KnownRegistry } from '../registry/well-known.ts';

/** Which causes refine which reason; reasons not named have none. */
export const CAUSES = {
  unauthorized: ['credentials-required', 'bad-credentials', 'credentials-expired', 'missing-or-private'],
  denied: ['no-access', 'missing-or-no-access', 'policy-block', 'network-block'],
  'not-found': ['repository', 'tag', 'digest', 'weak-evidence'],
  incomplete: ['child-manifest', 'config', 'layer'],
  /** null: the image's own manifest. */
  corrupt: ['child-manifest', 'config', 'layer', null],
  unreachable: ['dns', 'tcp', 'tls', 'proxy', 'timeout'],
  'registry-error': ['registry', 'token-service', 'upstream'],
  'rate-limited': ['pull-quota', 'too-many-requests', 'login-lockout'],
  'not-a-registry': ['intercepted', 'not-oci', 'redirect-loop', 'insecure-redirect', 'bad-challenge'],
} as const satisfies Partial<Record<Reason, readonly (Cause | null)[]>>;

export type CauseOf<R extends Reason> = R extends keyof typeof CAUSES ? (typeof CAUSES)[R][number] : null;

export interface Finding {
  readonly reason: Reason;
  readonly cause: Cause | null;
  /** One plain sentence naming the innermost reason. */
  readonly message: string;
  /** The next step. Commands stand between backquotes. */
  readonly hint: string | null;
  readonly registryErrors: readonly RegistryError[];
}

export function find<R extends Reason>(
  reason: R,
  cause: CauseOf<R>,
  message: string,
  hint: string | null = null,
  registryErrors: readonly RegistryError[] = [],
): Finding {
  return { reason, cause, message, hint, registryErrors };
}

/** The image under check, as the judges need to speak of it. */
export interface Question {
  readonly reference: Reference;
  readonly known: KnownRegistry;
  /** `host[:port]` that is asked. */
  readonly host: string;
  /** Makes words of a manifest fit to be shown. */
  readonly quote: Quote;
  /** Unset: the image's own manifest. */
  readonly part?: Part;
}

/** A part of an image that a manifest names. */
export interface Part {
  readonly kind: 'child-manifest' | 'config' | 'layer';
  /** As a person would point at it, with its digest: `layer 3 of linux/arm64 (sha256:…, …)`. */
  readonly name: string;
  readonly descriptor: Descriptor;
}

export const imageName = ({ reference }: Question): string => formatReference(reference);

export const repositoryName = ({ reference }: Question): string => `${reference.registry}/${reference.repository}`;

/** For the begin of a sentence: `the …` and `layer …`, never the name of a host or an image. */
export const capital = (text: string): string =>
  /^(?:the|layer) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

/** `1 byte`, `5 bytes`. */
export const inBytes = (size: number): string => `${size} byte${size === 1 ? '' : 's'}`;

/** `Log in: …`, as the registry wants it, or the general way for one that nobody knows. */
export const loginAdvice = ({ known, reference }: Question, verb = 'Log in'): string =>
  `${verb}: ${known.login ?? `\`docker login ${reference.registry}\``}.`;

/** The name first: it is what most often is wrong. */
export function accessHint(question: Question): string {
  const { access } = question.known;
  const advice = loginAdvice(question, 'Check the name; if it is right, log in with an account that may pull it');
  return access === undefined ? advice : `${advice} ${access}`;
}

/** The registry's own words as the end of a sentence of ours: `: its words`; empty when it said nothing. */
export function inItsWords(errors: readonly RegistryError[]): string {
  const words = errors.map(({ message, code }) => message ?? code).find((text) => text !== null) ?? '';
  const plain = words.replace(/[.\s]+$/, '');
  return plain === '' ? '' : `: ${plain}`;
}
