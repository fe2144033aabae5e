// Takes our own secrets out of error answers: a server may quote what it was sent, and reports quote servers.

import { success } from '../core/outcome.ts';
import type { HttpRequest, Middleware } from '../http/send.ts';

/** A shorter one cannot be told from ordinary text. */
const SHORTEST_SECRET = 4;

/** Bodies below status 400 stay as they are: their digests count. */
export const withoutEcho: Middleware = (next) => async (request) => {
  const outcome = await next(request);
  if (!outcome.ok || outcome.value.status < 400) return outcome;
  const text = Buffer.from(outcome.value.body).toString();
  const cleaned = secretsOf(request).reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return cleaned === text ? outcome : success({ ...outcome.value, body: Buffer.from(cleaned) });
};

function secretsOf({ headers, body }: HttpRequest): string[] {
  const [scheme, credentials = ''] = headers.authorization?.split(' ') ?? [];
  const login = scheme === 'Basic' ? Buffer.from(credentials, 'base64').toString() : '';
  const password = login.slice(login.indexOf(':') + 1);
  const refreshToken = new URLSearchParams(body).get('refresh_token') ?? '';
  return [credentials, login, password, refreshToken].filter((secret) => secret.length >= SHORTEST_SECRET);
}
