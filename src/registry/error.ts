// What a registry says is wrong: distribution-spec "Error Codes", and the shapes that real ones send instead.

import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isPage } from './page.ts';

const MAX_ERRORS = 5;
const MAX_CODE_LENGTH = 60;

/**
 * As they may be shown, from `{errors:[{code,message}]}` (the specification), `{errors:[{status,message}]}`
 * (Artifactory), `{code,message}` (zot), `{error}` (Quay), `{error,error_description}` (OAuth 2.0), `{details}`
 * (Docker Hub's token service), `{message}`, the XML of object storage, or plain text.
 */
export function readErrors(response: HttpResponse): readonly RegistryError[] {
  const { quote } = response;
  return readWords(response)
    .map(({ code, message }) => ({
      code: code === null || isCode(code) ? code : quote(code, MAX_CODE_LENGTH) || null,
      message: message === null ? null : quote(message) || null,
    }))
    .filter(({ code, message }) => code !== null || message !== null);
}

/** Codes that registries are known to send say nothing of ours. */
const isCode = (code: string): boolean => /^\d{3}$/.test(code) || KNOWN_CODES.has(code);

/** The same in the very words of the server, to be judged by and never to be shown. */
export function readWords(response: HttpResponse): readonly RegistryError[] {
  const text = Buffer.from(response.body).toString();
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) {
    const { errors } = value as { errors?: unknown };
    return Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map(readListed) : [readBare(errors ?? value)];
  }
  if (isPage(response) || /^\s*[[{]/.test(text)) return [];
  if (/^\s*<\?xml|^\s*<Error>/.test(text)) return readXml(text);
  return [{ code: null, message: text }];
}

/** Distribution-spec "Error Codes", and others that are judged by or often met. */
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

/** A registry signed the answer: an error with a code, or its API version header. */
export function isSigned(response: HttpResponse): boolean {
  if (response.headers.get('docker-distribution-api-version') !== undefined) return true;
  return readWords(response).some(({ code }) => code !== null && REGISTRY_CODE.test(code));
}

function readListed(value: unknown): RegistryError {
  if (typeof value !== 'object' || value === null) return readBare(value);
  const { code, status } = value as Record<string, unknown>;
  const number = [code, status].find((it) => typeof it === 'number');
  const error = readBare(value);
  return error.code === null && number !== undefined ? { ...error, code: String(number) } : error;
}

function readBare(value: unknown): RegistryError {
  if (typeof value !== 'object' || value === null) return { code: null, message: textOf(value) };
  const { code, message, error, error_description: description, details } = value as Record<string, unknown>;
  const words = [message, description, error, details].map((it) => textOf(it)).find((it) => it !== null);
  return { code: textOf(code), message: words ?? null };
}

function readXml(text: string): RegistryError[] {
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
