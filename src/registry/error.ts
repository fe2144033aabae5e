// What a registry says is wrong: distribution-spec "Error Codes", and the shapes that real ones send instead.

import type { RegistryError } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { HttpResponse } from '../http/send.ts';

const MAX_ERRORS = 5;

/**
 * `{errors:[{code,message}]}` (the specification), `{code,message}` (zot), `{error}` (Quay), `{details}` (Docker Hub's
 * token service), `{message}`, `{errors:[{status,message}]}` (Artifactory), plain text. Cleaned for display.
 */
export function readErrors(response: HttpResponse): readonly RegistryError[] {
  const text = Buffer.from(response.body).toString();
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) {
    const { errors } = value as { errors?: unknown };
    const list = Array.isArray(errors) ? errors : [errors ?? value];
    return list.slice(0, MAX_ERRORS).map(readError).filter(isTelling);
  }
  const line = cleanText(text.slice(0, 2000));
  return line === '' || isPage(response) ? [] : [{ code: null, message: line }];
}

/** The registry itself signed the answer: an OCI error body, or its API version header. */
export function isSigned(response: HttpResponse): boolean {
  if (response.headers.get('docker-distribution-api-version') !== undefined) return true;
  return readErrors(response).some(({ code }) => code !== null);
}

/** The answer is a web page: a portal, a firewall, a proxy. */
export function isPage({ headers, body }: HttpResponse): boolean {
  const head = Buffer.from(body.subarray(0, 512)).toString().trimStart();
  if (/^<(?:!doctype html|html|head|body)/i.test(head)) return true;
  return headers.mediaType() === 'text/html' && !/^[[{]/.test(head) && !/^true$/.test(head);
}

/** The title of a page, for the message. */
export function pageTitle({ body }: HttpResponse): string | undefined {
  const text = Buffer.from(body).toString();
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1] ?? /<h1[^>]*>([^<]{1,200})/i.exec(text)?.[1];
  return title === undefined ? undefined : cleanText(title, 80) || undefined;
}

function readError(value: unknown): RegistryError {
  if (typeof value === 'string') return { code: null, message: cleanText(value) };
  if (typeof value !== 'object' || value === null) return { code: null, message: null };
  const { code, status, message, error, details } = value as Record<string, unknown>;
  const name = textOf(code, 60) ?? (typeof status === 'number' ? String(status) : null);
  return { code: name, message: textOf(message) ?? textOf(error) ?? textOf(details) };
}

function textOf(value: unknown, maxLength = 300): string | null {
  return typeof value === 'string' ? cleanText(value, maxLength) || null : null;
}

const isTelling = ({ code, message }: RegistryError): boolean => code !== null || message !== null;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
