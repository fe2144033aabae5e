// Checks a web service: one request, its redirects, and whether status and body are the expected ones.

import { untilDeadline } from '../../check/deadline.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Env } from '../../core/env.ts';
import { NAME, VERSION } from '../../core/version.ts';
import { createKnownSecrets } from '../../http/known-secrets.ts';
import { withRedirect } from '../../http/redirect.ts';
import { type HttpRequest, stack } from '../../http/send.ts';
import { createTransport } from '../../http/transport.ts';
import type { HttpResource } from '../resource/monitor-resource.ts';
import type { Connections } from './connections.ts';
import { type Authority, headersOf, readAuthority } from './http-settings.ts';
import type { ProbeResult } from './probe.ts';
import { judgeFailure, judgeResponse, type ServiceFinding, timedOut, unreadableFile } from './service-finding.ts';
import { toServiceResult } from './service-result.ts';

export interface ServiceProbeOptions {
  readonly env: Env;
  readonly connections: Connections;
  readonly clock?: Clock;
}

const MAX_REDIRECTS = 5;
const MAX_BODY_BYTES = 1024 * 1024;

/** A connection of its own for each check, as every new client has: it finds out whether name, port and certificate work. */
export async function probeHttp(
  resource: HttpResource,
  signal: AbortSignal,
  { env, connections, clock = systemClock }: ServiceProbeOptions,
): Promise<ProbeResult> {
  const startedMs = clock.elapsed();
  const startedAtMs = clock.now();
  const end = (finding: ServiceFinding, urls: readonly string[] = []): ProbeResult =>
    toServiceResult(resource, finding, {
      ...{ startedAtMs, durationMs: clock.elapsed() - startedMs },
      ...connections.factsOf(urls, startedMs),
    });
  const url = new URL(resource.target);
  const authority: Authority = await readAuthority(resource.caFile, signal);
  if (!authority.ok) return end(unreadableFile(authority.error));
  const headers = await headersOf(resource, url, env);
  if (!headers.ok) return end(unreadableFile(headers.error));
  const { values, secrets: own } = headers.value;
  const secrets = createKnownSecrets();
  for (const secret of own) secrets.addCredential('', secret);
  const transport = createTransport({
    ...{ env, secrets, userAgent: `${NAME}/${VERSION}`, connectTimeoutMs: resource.timeoutMs },
    ...{ ca: authority.value, insecure: resource.insecure, onConnection: connections.onConnection },
  });
  const urls = [url.href];
  try {
    const send = stack([withRedirect(() => {}, { maxHops: MAX_REDIRECTS, dropsAllHeaders: true })], (request) => {
      urls.push(request.url.href);
      return transport.send(request);
    });
    const outcome = await untilDeadline(clock, resource.timeoutMs, signal, (deadline) => {
      const request: HttpRequest = {
        ...{ method: resource.method, url, headers: values, purpose: 'ping', signal: deadline },
        maxBytes: resource.contains === null ? 0 : MAX_BODY_BYTES,
        // Then it does not leave https.
        usesLogin: Object.keys(values).length > 0,
      };
      return send(request);
    });
    if (outcome === undefined) return end(timedOut(resource), urls);
    return end(
      outcome.ok ? judgeResponse(resource, outcome.value) : judgeFailure(outcome.error, resource.caFile),
      urls,
    );
  } finally {
    await transport.close();
  }
}
