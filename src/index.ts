// The library: the exports of 'kairos-pull'.

export { parseChallenges, type RfcChallenge as Challenge } from './auth/rfc-challenge.ts';
export type { Checker } from './check/checker.ts';
export { createChecker, type LibraryOptions } from './config/library-options.ts';
export { HINT_CODES, type HintCode } from './core/hint-code.ts';
export type { Outcome } from './core/outcome.ts';
export { type Platform, parsePlatform, selectPlatform } from './core/platform.ts';
export { formatReference, parseReference, type Reference } from './core/reference.ts';
export type {
  Cause,
  CredentialUse,
  Proof,
  RateLimit,
  Reason,
  RegistryError,
  RequestRecord,
  Result,
  ResultReference,
  Verdict,
  Warning,
} from './core/result.ts';
export type { FoundAt, Target } from './core/target.ts';
export type { Credential } from './credentials/credential.ts';
export { findCredential } from './credentials/find-credential.ts';
