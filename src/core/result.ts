// The result of checking one image: plain data, the element of `results` in the JSON document.

import type { HintCode } from './hint-code.ts';
import { formatReference, type Reference } from './reference.ts';
import { type FoundAt, SKIP_CAUSES, SKIPS, type Skip } from './target.ts';

export { SKIPS, type Skip } from './target.ts';

/** Why an image cannot be pulled: the registry definitely refuses it, or serves something that cannot be pulled. */
export const UNPULLABLE_REASONS = [
  'unauthorized',
  'denied',
  'not-found',
  'platform-missing',
  'incomplete',
  'corrupt',
  'not-an-image',
  'legacy-schema1',
  'invalid-reference',
] as const;
/** Why the check cannot tell; it may have another result later. */
export const DOUBTS = ['unreachable', 'registry-error', 'rate-limited', 'not-a-registry'] as const;

export type UnpullableReason = (typeof UNPULLABLE_REASONS)[number];
/** `internal-error`: a bug in this program, which no option can turn into a warning. */
export type Doubt = (typeof DOUBTS)[number] | 'internal-error';
export type Reason = UnpullableReason | Doubt | Skip;
/** Every reason, by verdict. */
export const REASONS: readonly Reason[] = [...UNPULLABLE_REASONS, ...DOUBTS, 'internal-error', ...SKIPS];
export const VERDICTS = ['pullable', 'unpullable', 'undetermined', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Which causes refine which reason; reasons not named have none. Open lists: additions are not breaking changes. */
export const CAUSES = {
  unauthorized: [
    'credentials-required',
    'bad-credentials',
    'credentials-expired',
    'token-rejected',
    'missing-or-private',
  ],
  denied: ['no-access', 'missing-or-no-access', 'policy-block', 'network-block'],
  /** null: the registry does not say whether the repository or the tag is missing. */
  'not-found': ['repository', 'tag', 'digest', 'weak-evidence', null],
  incomplete: ['child-manifest', 'config', 'layer'],
  /** `digest-mismatch`, null: the image's own manifest. */
  corrupt: ['child-manifest', 'config', 'layer', 'media-type', 'digest-mismatch', null],
  unreachable: ['dns', 'tcp', 'tls', 'proxy', 'timeout', 'credential-helper', 'private-address'],
  'registry-error': ['registry', 'token-service', 'upstream'],
  'rate-limited': ['pull-quota', 'too-many-requests', 'login-lockout'],
  'not-a-registry': ['intercepted', 'not-oci', 'redirect-loop', 'insecure-redirect', 'bad-challenge'],
  /** null: a variable, or what only the run of a pipeline decides. */
  'unresolved-variable': [...SKIP_CAUSES, null],
} as const satisfies Partial<Record<Reason, readonly (string | null)[]>>;

/** Refines a reason if the evidence allows. */
export type Cause = Exclude<(typeof CAUSES)[keyof typeof CAUSES][number], null>;

/** How far the check looked, weakest first. */
export const PROOFS = ['head', 'manifest', 'layers'] as const;
export type Proof = (typeof PROOFS)[number];

export const WARNING_CODES = [
  'stale-credentials',
  'quota-exhausted',
  'registry-warning',
  'digest-header-mismatch',
  'blob-size-unknown',
  'manifest-media-type',
  'manifest-head',
  'config-media-type',
  'config-field',
  'layer-media-type',
  'layer-descriptor',
  'layer-url',
  'layer-count',
  'index-entry',
  'nested-index',
  'platform-unclear',
  'helper-missing',
  'helper-failed',
  'helper-output',
  'credentials-file',
  'certificates-file',
  'http2-only',
  'foreign-realm',
  'insecure-redirect',
  'response-status',
  'mirror-config',
  'mirror-missing',
  'mirror-failed',
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something worth knowing that does not change the verdict. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

export const PURPOSES = ['manifest', 'child-manifest', 'config', 'blob', 'token', 'ping'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** One HTTP request that was sent, retries and redirect hops included. */
export interface RequestRecord {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS';
  /** Redacted: no user info, no query value that could be a secret. */
  readonly url: string;
  /** null if there was no complete response. */
  readonly status: number | null;
  readonly durationMs: number;
  /** 1-based; a retry is 2, 3, … */
  readonly attempt: number;
  /** What went wrong when `status` is null. */
  readonly error?: string;
}

/** Which credential was used, without its secret. */
export interface CredentialUse {
  readonly source: string;
  readonly kind: 'password' | 'identity-token' | 'registry-token';
  readonly username?: string;
}

export interface RateLimit {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly windowSeconds: number | null;
}

/** An element of `errors` in a registry's response, cleaned for display. */
export interface RegistryError {
  readonly code: string | null;
  readonly message: string | null;
}

export interface ResultReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly canonical: string;
}

export function describeReference(reference: Reference): ResultReference {
  const { registry, repository, tag = null, digest = null } = reference;
  return { registry, repository, tag, digest, canonical: formatReference(reference) };
}

/** Totals of the blobs that the proof `layers` verified. */
export interface BlobSummary {
  /** Config and layers, each once. */
  readonly count: number;
  /** Compressed, as a pull transfers them. */
  readonly bytes: number;
}

/** What every result has, whatever its verdict. */
export interface ResultFields {
  /** The image as it was passed. */
  readonly input: string;
  /** Each place of the image in the files; empty for an image that was passed as text. */
  readonly foundAt: readonly FoundAt[];
  /** The parts of the reference; null if the input is not an image reference. */
  readonly reference: ResultReference | null;
  /** How much was verified; null if there was no response to judge. */
  readonly proof: Proof | null;
  /** Problems that do not affect the verdict. */
  readonly warnings: readonly Warning[];
  /** What happened, in one or two sentences; the wording may change. */
  readonly message: string;
  /** What to do next; the wording may change. null if there is nothing to advise. */
  readonly hint: string | null;
  /** What kind of step the hint advises; null exactly if there is no hint. */
  readonly hintCode: HintCode | null;
  /** How long the registry asks clients to wait, rounded up; null if it does not. */
  readonly retryAfterSeconds: number | null;
  /** Of the manifest or index that was found. */
  readonly digest: string | null;
  /** Of the manifest or index that was found. */
  readonly mediaType: string | null;
  /** `os/arch[/variant]` of every runnable entry of an index; null if none was read. */
  readonly platforms: readonly string[] | null;
  /** The registry's own words, cleaned for display. */
  readonly registryErrors: readonly RegistryError[];
  /** The credential that was used, without its secret; null if there was none. */
  readonly credential: CredentialUse | null;
  /** As the registry reports it; null if it does not. */
  readonly rateLimit: RateLimit | null;
  /** Every request that was sent, with retries and redirects, in their order. */
  readonly requests: readonly RequestRecord[];
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** How long the check took, in milliseconds. */
  readonly durationMs: number;
  /** If mirrors were tried: the `host[:port]` of the one that served the manifest. */
  readonly servedBy?: string;
  /** The child manifest for each required platform. */
  readonly selected?: readonly SelectedManifest[];
  /** What the proof `layers` verified. */
  readonly blobs?: BlobSummary;
}

/** The child manifest for one required platform. */
export interface SelectedManifest {
  /** `os/arch[/variant]` */
  readonly platform: string;
  readonly digest: string;
}

export type Judgement =
  | { readonly verdict: 'pullable'; readonly reason: null; readonly cause: null }
  | { readonly verdict: 'unpullable'; readonly reason: UnpullableReason; readonly cause: Cause | null }
  | { readonly verdict: 'undetermined'; readonly reason: Doubt; readonly cause: Cause | null }
  | { readonly verdict: 'skipped'; readonly reason: Skip; readonly cause: Cause | null };

export type Result = ResultFields & Judgement;

const isOneOf = <T extends string>(list: readonly T[], text: string): text is T =>
  (list as readonly string[]).includes(text);

/** The verdict that belongs to a reason. */
export function judgementOf(reason: Reason, cause: Cause | null = null): Judgement {
  if (isOneOf(UNPULLABLE_REASONS, reason)) return { verdict: 'unpullable', reason, cause };
  if (reason === 'internal-error' || isOneOf(DOUBTS, reason)) return { verdict: 'undetermined', reason, cause };
  return { verdict: 'skipped', reason, cause };
}
