// The library: the exports of 'kairos-pull'.

export { parseChallenges, type RfcChallenge as Challenge } from './auth/rfc-challenge.ts';
export { CheckerClosedError } from './check/closed-error.ts';
export type { Digest, DigestAlgorithm } from './core/digest.ts';
export type { Env } from './core/env.ts';
export { type CheckExitCode, EXIT, type ExitCode } from './core/exit-code.ts';
export { HINT_CODES, type HintCode } from './core/hint-code.ts';
export type { Outcome } from './core/outcome.ts';
export {
  type InvalidPlatform,
  type Platform,
  type PlatformEntry,
  parsePlatform,
  selectPlatform,
} from './core/platform.ts';
export { formatReference, type InvalidReference, parseReference, type Reference } from './core/reference.ts';
export {
  type BlobSummary,
  CAUSES,
  type Cause,
  DOUBTS,
  type Doubt,
  type Judgement,
  PROOFS,
  type Proof,
  PURPOSES,
  type Purpose,
  type RateLimit,
  REASONS,
  type Reason,
  type RegistryError,
  type ResultReference,
  type SelectedManifest,
  SKIPS,
  type Skip,
  UNPULLABLE_REASONS,
  type UnpullableReason,
  VERDICTS,
  type Verdict,
  WARNING_CODES,
  type Warning,
  type WarningCode,
} from './core/result.ts';
export type { FoundAt, SkipNote, SourceProblem, Target } from './core/target.ts';
export type { Credential, StoredToken } from './credentials/credential.ts';
export type { CredentialQuery } from './credentials/find-credential.ts';
export type { Secret } from './credentials/secret.ts';
export { INPUT_FORMATS, type InputFormat } from './input/extractor.ts';
export type { CancelOptions, Checker } from './library/checker.ts';
export type { CheckerOptions, RateLimitPause } from './library/checker-options.ts';
export { createChecker } from './library/create-checker.ts';
export { type ExitCodeOptions, exitCodeOf } from './library/exit-code-of.ts';
export {
  type ExtractedImages,
  type ExtractImagesOptions,
  extractImages,
  type TextSource,
} from './library/extract-images.ts';
export { findCredential } from './library/find-credential.ts';
export { InvalidOptionError } from './library/invalid-option-error.ts';
export type {
  CredentialData as CredentialUse,
  FoundPlace,
  RequestData as RequestRecord,
  ResultData as Result,
  ResultDataFields as ResultFields,
} from './library/result.ts';
