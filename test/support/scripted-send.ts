// A Send that answers from a script, writes down what it was asked, and lets every request run through a few turns of
// the event loop first, so that what is under way at once really overlaps.

import { failure, success } from '../../src/core/outcome.ts';
import { cleanText } from '../../src/core/text.ts';
import type { FailureKind, Phase } from '../../src/http/failure.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import type { HttpRequest, Send } from '../../src/http/send.ts';

export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
      /** Where a redirect led; unset: the answer came from where it was asked. */
      readonly redirectedTo?: string;
      readonly truncated?: boolean;
    }
  /** Unset: after the connection was there. */
  | { readonly failure: FailureKind; readonly phase?: Phase };

export interface ScriptedSend {
  readonly send: Send;
  readonly sent: HttpRequest[];
}

export function createScriptedSend(script: (request: HttpRequest) => Reply | Promise<Reply>): ScriptedSend {
  const sent: HttpRequest[] = [];
  const send: Send = async (request) => {
    sent.push(request);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    request.signal.throwIfAborted();
    const reply = await script(request);
    const { host } = request.url;
    if ('failure' in reply) {
      const kind = reply.failure;
      return failure({
        kind,
        phase: reply.phase ?? 'headers',
        host,
        code: null,
        detail: 'as scripted',
        isTransient: false,
      });
    }
    const url = new URL(reply.redirectedTo ?? request.url);
    return success({
      status: reply.status,
      headers: new HttpHeaders(reply.headers),
      body: Buffer.from(request.method === 'HEAD' ? '' : (reply.body ?? '')),
      truncated: reply.truncated ?? false,
      url,
      host: url.host,
      quote: cleanText,
      crossedOrigin: url.origin !== request.url.origin,
    });
  };
  return { send, sent };
}
