// Parses an error body: distribution-spec "Error Codes", and the other formats that registries send.

import type { RegistryError } from '../core/result.ts';
import { besideOf, type Quote } from '../http/send.ts';

const MAX_ERRORS = 5;
const MAX_CODE_LENGTH = 60;

/**
 * The server's own words, to judge by and never to show, from `{errors:[{code,message}]}` (the specification),
 * `{errors:[{status,message}]}` (Artifactory), `{code,message}` (zot), `{error}` (Quay), `{error,error_description}`
 * (OAuth 2.0), `{details}` (Docker Hub's token service), `{message}`, the XML of object storage, or plain text.
 */
export function parseErrors(text: string): readonly RegistryError[] {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) {
    const { errors } = value as { errors?: unknown };
    return Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map(parseElement) : [parseObject(errors ?? value)];
  }
  if (/^\s*[[{]/.test(text)) return [];
  if (/^\s*<\?xml|^\s*<Error>/.test(text)) return parseXml(text);
  return [{ code: null, message: text }];
}

/** The same errors as they may be shown, all of them together. */
export function quoteErrors(errors: readonly RegistryError[], quote: Quote): readonly RegistryError[] {
  const codes = errors.map(({ code }) => (code === null || isPublicCode(code) ? '' : code.trim()));
  const messages = errors.map(({ message }) => message?.trim() ?? '');
  // Reports show a code before its message, or after it, or not at all.
  const codesFirst = codes.flatMap((code, at) => [code, messages[at] ?? '']);
  const messagesFirst = messages.flatMap((message, at) => [message, codes[at] ?? '']);
  return errors
    .map(({ code, message }, at) => {
      const [even, odd] = [2 * at, 2 * at + 1];
      const besideCode = [besideOf(codes, at), besideOf(codesFirst, even), besideOf(messagesFirst, odd)];
      const besideMessage = [besideOf(messages, at), besideOf(codesFirst, odd), besideOf(messagesFirst, even)];
      return {
        code: code === null || isPublicCode(code) ? code : quote(code.trim(), MAX_CODE_LENGTH, besideCode) || null,
        message: message === null ? null : quote(message.trim(), undefined, besideMessage) || null,
      };
    })
    .filter(({ code, message }) => code !== null || message !== null);
}

/** A status or a known code contains none of our secrets. */
const isPublicCode = (code: string): boolean => /^\d{3}$/.test(code) || KNOWN_CODES.has(code);

/** Distribution-spec "Error Codes", and other codes that registries often send or that a judge looks for. */
const KNOWN_CODES = new Set(
  (
    'BLOB_UNKNOWN BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN DIGEST_INVALID MANIFEST_BLOB_UNKNOWN MANIFEST_INVALID ' +
    'MANIFEST_UNKNOWN MANIFEST_UNVERIFIED NAME_INVALID NAME_UNKNOWN SIZE_INVALID TAG_INVALID TAG_EXPIRED UNAUTHORIZED ' +
    'DENIED UNSUPPORTED UNAVAILABLE UNKNOWN TOOMANYREQUESTS TOO_MANY_REQUESTS NOT_FOUND FORBIDDEN INVALID_REQUEST ' +
    'PROJECTPOLICYVIOLATION BAD_GATEWAY GATEWAY_TIMEOUT INTERNAL_ERROR'
  ).split(' '),
);

/** Codes of the specification, and those of Artifactory and Red Hat, which repeat the status. */
const REGISTRY_CODE = /^(?:[A-Z][A-Z0-9_]+|\d{3})$/;

/** Other web services do not send such codes. */
export const hasRegistryCode = ({ code }: RegistryError): boolean => code !== null && REGISTRY_CODE.test(code);

function parseElement(value: unknown): RegistryError {
  if (typeof value !== 'object' || value === null) return parseObject(value);
  const { code, status } = value as Record<string, unknown>;
  const number = [code, status].find((it) => typeof it === 'number');
  const error = parseObject(value);
  return error.code === null && number !== undefined ? { ...error, code: String(number) } : error;
}

function parseObject(value: unknown): RegistryError {
  if (typeof value !== 'object' || value === null) return { code: null, message: textOf(value) };
  const { code, message, error, error_description: description, details } = value as Record<string, unknown>;
  const words = [message, description, error, details].map((it) => textOf(it)).find((it) => it !== null);
  return { code: textOf(code), message: words ?? null };
}

function parseXml(text: string): RegistryError[] {
  const field = (name: string) => textOf(new RegExp(`<${name}>([^<]*)`).exec(text)?.[1]);
  const [code, message] = [field('Code'), field('Message')];
  return code === null && message === null ? [] : [{ code, message }];
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
