// PEM texts of a kubeconfig, in the file itself or in files that it names: certificate authorities, client certificates.

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { cleanText } from '../core/text.ts';
import { decodeBase64Text } from '../credentials/go-document.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import { type KubeconfigEntry, pathOf, textOf } from './kubeconfig.ts';

const MAX_BYTES = 1024 * 1024;

export async function clientCertificate(
  user: KubeconfigEntry,
  name: string,
  signal: AbortSignal,
): Promise<Outcome<TlsChoice, string>> {
  const cert = await readPem(user, 'client-certificate', signal);
  if (!cert.ok) return cert;
  const key = await readPem(user, 'client-key', signal);
  if (!key.ok) return key;
  return clientOf(cert.value, key.value, `the user ${name}`);
}

/** Both or neither. */
export function clientOf(cert: string | undefined, key: string | undefined, whose: string): Outcome<TlsChoice, string> {
  if (cert === undefined && key === undefined) return success({});
  if (cert === undefined || key === undefined) {
    return failure(`The client certificate of ${whose} needs both a certificate and a key.`);
  }
  try {
    createSecureContext({ cert, key });
  } catch {
    return failure(
      `The client certificate of ${whose} cannot be used: it is not in PEM format, or the key does not match it.`,
    );
  }
  const { subject, validTo } = new X509Certificate(cert);
  if (Date.parse(validTo) < Date.now()) {
    const name = cleanText(subject, 100);
    const day = new Date(validTo).toISOString().slice(0, 10);
    return failure(`The client certificate of ${whose} (${name}) expired on ${day}; log in to the cluster again.`);
  }
  return success({ cert, key });
}

/** `key-data`, which is base64, takes precedence over the file in `key`. undefined: neither is set. */
export async function readPem(
  entry: KubeconfigEntry,
  key: string,
  signal: AbortSignal,
): Promise<Outcome<string | undefined, string>> {
  const data = textOf(entry.value, `${key}-data`);
  if (data !== '') {
    const text = decodeBase64Text(data);
    return text === undefined ? failure(`${key}-data in the kubeconfig is not base64.`) : success(text);
  }
  const path = textOf(entry.value, key);
  return path === '' ? success(undefined) : readText(pathOf(entry, path), signal);
}

export async function readText(path: string, signal: AbortSignal): Promise<Outcome<string, string>> {
  const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal });
  return text.ok ? text : failure(`Cannot read ${path}: ${text.error.problem}.`);
}
