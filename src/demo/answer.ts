// An answer is what a server means to say, before anything happens to it on the wire.

export type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Answer {
  readonly status: number;
  /** Lower-case names; a list is sent as several field lines. `content-length` is added from the body. */
  readonly headers?: Headers;
  readonly body?: string | Uint8Array;
}

/** As Go's JSON encoder writes it: with a newline at the end. */
export function jsonAnswer(status: number, value: unknown, headers: Headers = {}): Answer {
  const body = `${JSON.stringify(value)}\n`;
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body };
}

/** distribution-spec "Error Codes": `{"errors": [{"code": …, "message": …, "detail": …}]}`. */
export function errorAnswer(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers: Headers = {},
): Answer {
  return jsonAnswer(status, { errors: [{ code, message, detail }] }, headers);
}

export function textAnswer(status: number, body: string, headers: Headers = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
