// A registry and token service that repeats whatever secrets it was sent, in a place of the test's choice.

import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import { basicCredential } from '../../src/demo/logged-request.ts';
import { jsonReply, type Reply } from '../../src/demo/reply.ts';
import { type EmbeddedServer, startServer } from '../../src/demo/server.ts';

/** What the server says, given the secrets in one text (`words`) and one of them alone (`word`). */
export type Echo = (echoed: { readonly words: string; readonly word: string; readonly origin: string }) => Reply;

export interface EchoOptions {
  readonly scheme: 'Basic' | 'Bearer';
  /** What the token service hands out; unset: it echoes instead. */
  readonly token?: string;
  readonly echo: Echo;
}

export async function startEchoServer({ scheme, token, echo }: EchoOptions): Promise<EmbeddedServer> {
  const secrets = new Set<string>();
  const say = (): Reply => {
    const all = [...secrets];
    return echo({ words: all.join(' '), word: all[0] ?? '', origin: server.origin });
  };
  const server: EmbeddedServer = await startServer((request) => {
    for (const secret of secretsOf(request)) secrets.add(secret);
    if (request.path === '/token') return token === undefined ? say() : jsonReply(200, { token });
    if (secrets.size > 0) return say();
    const challenge = scheme === 'Basic' ? 'Basic realm="echo"' : `Bearer realm="${server.origin}/token"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  });
  return server;
}

/** The secrets as they are meant and as they were sent. */
function secretsOf({ headers, body }: LoggedRequest): string[] {
  const { authorization, 'proxy-authorization': proxyAuthorization } = headers;
  const sent = [authorization, proxyAuthorization].flatMap((header) => {
    const password = basicCredential(header)?.password;
    const encoded = header?.split(' ')[1];
    return [password, encoded].filter((text) => text !== undefined);
  });
  const refreshToken = new URLSearchParams(body).get('refresh_token');
  return [...sent, ...(refreshToken === null ? [] : [refreshToken])].filter((text) => text !== '');
}
