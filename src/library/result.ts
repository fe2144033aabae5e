// The results of the library: every key is always present, as in the JSON of the command.

import type { HintCode } from '../core/hint-code.ts';
import type {
  BlobSummary,
  CredentialUse,
  Judgement,
  Proof,
  RateLimit,
  RegistryError,
  RequestRecord,
  Result,
  ResultReference,
  Warning,
} from '../core/result.ts';
import { resultDocument } from '../report/result-document.ts';

/** A place of the image in a file. */
export interface FoundPlace {
  /** A file as it was passed, or `-` for a text without a name. */
  readonly source: string;
  /** From 1; null if the format has no lines. */
  readonly line: number | null;
  /** The field in the file, such as `services.web.image`. */
  readonly path: string | null;
}

/** One HTTP request that was sent, retries and redirect hops included. */
export interface RequestData extends Omit<RequestRecord, 'error'> {
  /** What went wrong if `status` is null. */
  readonly error: string | null;
}

/** Which credential was used, without its secret. */
export interface CredentialData extends Omit<CredentialUse, 'username'> {
  readonly username: string | null;
}

/** The child manifest for one required platform. */
export interface SelectedManifest {
  /** `os/arch[/variant]` */
  readonly platform: string;
  readonly digest: string;
}

/** What every result has, whatever its verdict. It is valid against `#/definitions/result` of the JSON Schema. */
export interface ResultDataFields {
  /** The image as it was passed. */
  readonly input: string;
  /** Each place of the image in the files; empty for an image that was passed as text. */
  readonly foundAt: readonly FoundPlace[];
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
  /** The child manifest for each required platform; null if no index was searched. */
  readonly selected: readonly SelectedManifest[] | null;
  /** What `proof: 'layers'` verified; null with any other proof. */
  readonly blobs: BlobSummary | null;
  /** If mirrors were tried: the `host[:port]` of the one that served the manifest. */
  readonly servedBy: string | null;
  /** The registry's own words, cleaned for display. */
  readonly registryErrors: readonly RegistryError[];
  /** The credential that was used, without its secret; null if there was none. */
  readonly credential: CredentialData | null;
  /** As the registry reports it; null if it does not. */
  readonly rateLimit: RateLimit | null;
  /** Every request that was sent, with retries and redirects, in their order. */
  readonly requests: readonly RequestData[];
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  /** How long the check took, in milliseconds. */
  readonly durationMs: number;
}

/** What one check found. `verdict` decides which values `reason` and `cause` may have. */
export type ResultData = ResultDataFields & Judgement;

/** The compiler sees each key of the document, and not that verdict and reason belong together. */
export function toResult(result: Result): ResultData {
  const fields: ResultDataFields & Pick<Result, 'verdict' | 'reason' | 'cause'> = resultDocument(result);
  return fields as ResultData;
}
