// What a registry says is wrong: distribution-spec "Error Codes", and the shapes that real ones send instead.

import type { RegistryError } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { HttpResponse } from '../http/send.ts';
import { describePage } from './page.ts';

const MAX_ERRORS = 5;
const MAX_CODE_LENGTH = 60;

/**
 * Cleaned for display, from `{errors:[{code,message}]}` (the specification), `{errors:[{status,message}]}`
 * (Artifactory), `{code,message}` (zot), `{error}` (Quay), `{error,error_description}` (OAuth 2.0), `{details}`
 * (Docker Hub's token service), `{message}`, the XML of object storage, or plain text.
 */
export function readErrors(response: HttpResponse): readonly RegistryError[] {
  const text = Buffer.from(response.body).toString();
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null) {
    const { errors } = value as { errors?: unknown };
    const read = Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map(readListed) : [readBare(errors ?? value)];
    return read.filter(({ code, message }) => code !== null || message !== null);
  }
  if (describePage(response.body, response.headers.mediaType()) !== undefined || /^\s*[[{]/.test(text)) return [];
  if (/^\s*<\?xml|^\s*<Error>/.test(text)) return readXml(text);
  const line = cleanText(text.slice(0, 2000));
  return line === '' ? [] : [{ code: null, message: line }];
}

/** Codes of the specification, and those of Artifactory and Red Hat, which repeat the status. */
const REGISTRY_CODE = /^(?:[A-Z][A-Z0-9_]+|\d{3})$/;

/** A registry signed the answer: an error with a code, or its API version header. */
export function isSigned(response: HttpResponse): boolean {
  if (response.headers.get('docker-distribution-api-version') !== undefined) return true;
  return readErrors(response).some(({ code }) => code !== null && REGISTRY_CODE.test(code));
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
  return { code: textOf(code, MAX_CODE_LENGTH), message: words ?? null };
}

function readXml(text: string): RegistryError[] {
  const field = (name: string) => textOf(new RegExp(`<${name}>([^<]{1,500})`).exec(text)?.[1]);
  const [code, message] = [field('Code'), field('Message')];
  return code === null && message === null ? [] : [{ code, message }];
}

function textOf(value: unknown, maxLength = 300): string | null {
  return typeof value === 'string' ? cleanText(value.slice(0, 2000), maxLength) || null : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
