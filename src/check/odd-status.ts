// Content that is served with another status of success than 200, which not every client accepts.

import type { AuthenticatedSend } from '../auth/authenticate.ts';
import type { Warning } from '../core/result.ts';
import { hasContent } from '../http/response.ts';
import type { HttpRequest, HttpResponse } from '../http/send.ts';

const WHAT: Readonly<Partial<Record<HttpRequest['purpose'], string>>> = {
  manifest: 'a manifest',
  'child-manifest': 'a manifest',
  config: 'a config',
  blob: 'a layer',
};

/** `onWarning`: called for every such response; the message is the same for all of one kind. */
export const withStatusWarning =
  (ask: AuthenticatedSend, onWarning: (warning: Warning) => void): AuthenticatedSend =>
  async (request) => {
    const outcome = await ask(request);
    const { method, headers, purpose } = request;
    if (outcome.kind !== 'response' || method !== 'GET' || headers.range !== undefined) return outcome;
    const { status, host } = outcome.response;
    if (status === 200 || !hasContent(outcome.response) || isPart(outcome.response)) return outcome;
    const message = `${host} returns ${status} instead of 200 for ${WHAT[purpose]}: containerd accepts that, but podman, skopeo, crane and oras refuse it.`;
    onWarning({ code: 'response-status', message });
    return outcome;
  };

/** Says so itself (RFC 9110 section 14.4); then it is not the content. */
function isPart({ headers }: HttpResponse): boolean {
  const [, last, size] = /^bytes 0-(\d+)\/(\d+)$/i.exec(headers.get('content-range') ?? '') ?? [];
  return headers.get('content-range') !== undefined && Number(last) + 1 !== Number(size);
}
