// What containerd's mirrors want in a request: the registry that is meant, and an API that is not at /v2.

import type { RequestRecord } from '../core/result.ts';
import type { Middleware } from '../http/send.ts';

export interface MirrorManners {
  /** `host[:port]` as in a URL: requests to others, such as its token service, stay as they are. */
  readonly host: string;
  /** Told as `?ns=docker.io`. */
  readonly namespace?: string | undefined;
  /** Stands where other registries have `/v2`. */
  readonly apiPath?: string | undefined;
}

export function withMirrorManners(manners: MirrorManners): Middleware {
  return (next) => (request) => next({ ...request, url: new URL(mannered(request.url.href, manners)) });
}

/** The records of requests that were sent so. */
export function manneredRecords(records: readonly RequestRecord[], manners: MirrorManners): readonly RequestRecord[] {
  return records.map((record) => ({ ...record, url: mannered(record.url, manners) }));
}

function mannered(text: string, { host, namespace, apiPath = '/v2' }: MirrorManners): string {
  const url = new URL(text);
  if (url.host !== host || !url.pathname.startsWith('/v2/')) return text;
  url.pathname = `${apiPath}${url.pathname.slice('/v2'.length)}`;
  if (namespace !== undefined) url.searchParams.set('ns', namespace);
  return url.href;
}
