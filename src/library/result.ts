// The results of the library: every key is always present, as in the JSON of the command.

import type { CredentialUse, Judgement, RequestRecord, Result, ResultFields } from '../core/result.ts';
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

/** Without a value a field is null, never absent. */
type NeverAbsent<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> | (undefined extends T[K] ? null : never) };

/** What every result has, whatever its verdict. It is valid against `#/definitions/result` of the JSON Schema. */
export interface ResultDataFields extends NeverAbsent<Omit<ResultFields, 'foundAt' | 'credential' | 'requests'>> {
  /** Each place of the image in the files; empty for an image that was passed as text. */
  readonly foundAt: readonly FoundPlace[];
  /** The credential that was used, without its secret; null if there was none. */
  readonly credential: CredentialData | null;
  /** Every request that was sent, with retries and redirects, in their order. */
  readonly requests: readonly RequestData[];
}

/** What one check found. `verdict` decides which values `reason` and `cause` may have. */
export type ResultData = ResultDataFields & Judgement;

/** The compiler sees each key of the document, and not that verdict and reason belong together. */
export function toResult(result: Result): ResultData {
  const fields: ResultDataFields & Pick<Result, 'verdict' | 'reason' | 'cause'> = resultDocument(result);
  return fields as ResultData;
}
