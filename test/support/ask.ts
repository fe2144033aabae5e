// One plain request by Node's own client, on a connection of its own: what came back, or the error that came instead.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

export interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Field lines kept apart. */
  readonly lines: NodeJS.Dict<string[]>;
  readonly body: string;
}

export interface Asking
  extends Pick<
    RequestOptions,
    'method' | 'headers' | 'ca' | 'cert' | 'key' | 'agent' | 'signal' | 'rejectUnauthorized'
  > {
  readonly body?: string;
}

/** Rejects when the connection breaks before the response is complete. */
export function ask(url: string, { body, ...options }: Asking = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const sent = send(url, { agent: false, ...options }, async (response) => {
      try {
        let text = '';
        for await (const chunk of response) text += chunk;
        const { statusCode: status, headers, headersDistinct: lines } = response;
        resolve({ status, headers, lines, body: text });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
