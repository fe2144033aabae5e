// The embedded token service on a port of its own, at `/token`.

import { errorReply } from '../../src/demo/reply.ts';
import { type EmbeddedServer, type ListenOptions, startServer } from '../../src/demo/server.ts';
import { createTokenService, type TokenService, type TokenServiceOptions } from '../../src/demo/token-service.ts';

export async function startTokenService(
  options: TokenServiceOptions & ListenOptions = {},
): Promise<TokenService & EmbeddedServer> {
  const tokens = createTokenService(options);
  const notFound = errorReply(404, 'NOT_FOUND', 'page not found');
  const server = await startServer(
    (request) => (request.path === '/token' ? tokens.respond(request) : notFound),
    options,
  );
  return Object.assign(server, tokens, { realm: `${server.origin}/token` });
}
