// How large a blob is, as the answer tells without its bytes: RFC 9110 sections 8.6 and 14.4.

import type { HttpResponse } from '../http/send.ts';

/** The statuses that say a blob is there. 416: the one byte asked for lies behind the end of an empty blob. */
export const BLOB_STATUSES: readonly number[] = [200, 206, 416];

/** Bytes of the whole blob; undefined when the answer does not tell. */
export function blobSize({ status, headers }: HttpResponse): number | undefined {
  const range = headers.get('content-range');
  // Content-Range = "bytes" SP ( first "-" last / "*" ) "/" ( complete-length / "*" )
  const text = status === 200 ? headers.get('content-length') : /\/(\d+)$/.exec(range ?? '')?.[1];
  // What is compressed on its way has another length.
  if (text === undefined || headers.get('content-encoding') !== undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
