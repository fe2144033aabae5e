// Images and responses as the judges get them, without a request.

import type { CredentialsTried } from '../../src/auth/authenticate.ts';
import type { CheckedImage, Finding, Part } from '../../src/check/finding.ts';
import { parseReference } from '../../src/core/reference.ts';
import { cleanText } from '../../src/core/text.ts';
import type { HttpResponse } from '../../src/http/send.ts';
import type { Descriptor } from '../../src/registry/manifest-schema.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { type Reply, responseTo } from './fake-send.ts';
import { descriptorOf, imageOf } from './image-bytes.ts';

export function imageUnderCheck(image = 'registry.example/team/app:1', kind?: Part['kind']): CheckedImage {
  const reference = parseReference(image);
  if (!reference.ok) throw new Error(reference.error.message);
  const { registry } = reference.value;
  const descriptor = descriptorOf(imageOf()) as Descriptor;
  const name = `the ${kind} of linux/amd64 (${descriptor.digest})`;
  return {
    reference: reference.value,
    known: knownRegistry(registry),
    host: registry,
    quote: cleanText,
    ...(kind && { part: { kind, name, descriptor } }),
  };
}

export function responseOf(reply: Reply, from = 'registry.example'): HttpResponse {
  const url = new URL('https://registry.example/v2/team/app/manifests/1');
  const redirectedTo = `https://${from}${url.pathname}`;
  return responseTo({ method: 'GET', url, maxBytes: Number.POSITIVE_INFINITY }, { ...reply, redirectedTo });
}

export const NO_CREDENTIALS: CredentialsTried = { used: undefined, refused: [], withToken: false };

/** `denied/no-access`. */
export const codeOf = ({ reason, cause }: Finding): string => (cause === null ? reason : `${reason}/${cause}`);
