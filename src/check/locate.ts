// Finds the endpoint of an image in one place: its registry, or a mirror.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseReference, type Reference } from '../core/reference.ts';
import { cleanText } from '../core/text.ts';
import { apiHostOf, type Endpoint, endpointOf } from '../registry/endpoint.ts';
import type { CheckContext } from './check-context.ts';
import { type Finding, finding } from './finding.ts';
import { advise, fullDigestHint, type Hint } from './hint.ts';
import type { MirrorAttempt } from './mirror.ts';

export interface Located {
  /** The image's name there. */
  readonly reference: Reference;
  readonly endpoint: Endpoint;
}

export function locate(
  { hosts, settings }: CheckContext,
  { location, text, reference: known }: Pick<MirrorAttempt, 'location' | 'text'> & { readonly reference?: Reference },
): Outcome<Located, Finding> {
  const reference = known === undefined ? parseReference(text) : success(known);
  if (!reference.ok) return failure(invalidText(text, reference.error.message));
  const { registry } = reference.value;
  const own = hosts.get(apiHostOf(location.registry));
  const plainHttp = location.plainHttp ?? own?.plainHttp ?? settings.plainHttp;
  const endpoint = endpointOf(registry, { ...location, plainHttp });
  if (endpoint.ok) return success({ reference: reference.value, endpoint: endpoint.value });
  const message = `The registry name "${cleanText(registry, 80)}" ${endpoint.error}.`;
  return failure(invalidReference(message, advise('check-registry', 'Check the host and port.')));
}

export const invalidReference = (message: string, hint: Hint | null = null): Finding =>
  finding({ reason: 'invalid-reference', cause: null, message, hint });

/** A digest as the text report prints it. */
const SHORT_DIGEST = /^([\w./:-]+)@sha256:[0-9a-f]{7,63}$/;

/** Of a text that is not a reference. */
export function invalidText(text: string, message: string): Finding {
  const name = SHORT_DIGEST.exec(text)?.[1];
  return invalidReference(message, name === undefined ? null : fullDigestHint(name));
}
