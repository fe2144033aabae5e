// What the words of a registry mean, if the status alone does not say it: rows of data, never branches elsewhere.

import type { RegistryError } from '../core/result.ts';
import { hasRegistryCode } from './error.ts';
import type { Evidence } from './evidence.ts';

export type Meaning =
  | 'accept-rejected'
  | 'access-or-missing'
  | 'credentials-required'
  | 'image-moved'
  | 'login-required'
  | 'missing'
  | 'network-block'
  | 'no-access'
  | 'not-an-image'
  | 'outage'
  | 'policy-block'
  | 'registry-disabled'
  | 'repository-missing'
  | 'requires-client-certificate'
  | 'requires-https'
  | 'tag-expired'
  | 'terms-not-accepted'
  | 'upstream-failed'
  | 'upstream-unavailable';

/** All fields of a row must match. */
interface Dialect {
  readonly meaning: Meaning;
  /** The sender; unset: several registries. */
  readonly by?: string;
  readonly status?: number;
  readonly code?: string;
  /** The code or the message of an error. */
  readonly error?: RegExp;
  /** All errors together, without addresses and the names of the image: a repository may be called `firewall`. */
  readonly phrase?: RegExp;
  /** The whole body. */
  readonly body?: RegExp;
}

const DIALECTS: readonly Dialect[] = [
  { meaning: 'repository-missing', error: /^NAME_UNKNOWN$|repository .*(?:not found|does not exist)/i },
  {
    meaning: 'missing',
    error:
      /^(?:(?:ARTIFACT|BLOB|DIGEST|IMAGE|MANIFEST|MANIFEST_BLOB|NAME|NAMESPACE|PROJECT|REPOSITORY|TAG)_(?:UNKNOWN|NOT_?FOUND)|NOT_?FOUND|TAG_EXPIRED|404|410)$/i,
  },
  {
    meaning: 'outage',
    error: /^(?:(?:SERVICE_)?UNAVAILABLE|BAD_GATEWAY|GATEWAY_TIMEOUT|INTERNAL_(?:SERVER_)?ERROR|5\d\d)$/i,
  },
  { meaning: 'login-required', error: /^(?:UNAUTHORIZED|UNAUTHENTICATED|401)$/i },
  { meaning: 'no-access', error: /^(?:DENIED|ACCESS_DENIED|FORBIDDEN|403)$/i },
  { meaning: 'tag-expired', by: 'Quay', error: /^TAG_EXPIRED$/ },
  { meaning: 'accept-rejected', by: 'CNCF distribution', error: /but accept header does not support/i },
  { meaning: 'access-or-missing', by: 'Google Artifact Registry', error: /may not exist/i },
  { meaning: 'access-or-missing', by: 'a virtual Artifactory repository', error: /not have permission for manifest/i },
  { meaning: 'upstream-unavailable', error: /BAD_GATEWAY|GATEWAY_TIMEOUT|upstream/i },
  { meaning: 'upstream-failed', by: 'a proxy organization of Quay', status: 400, code: 'INVALID_REQUEST' },
  {
    meaning: 'credentials-required',
    by: 'Nexus behind some proxies',
    status: 400,
    body: /authorization header is missing or invalid/i,
  },
  { meaning: 'requires-client-certificate', by: 'nginx', body: /no required ssl certificate was sent/i },
  { meaning: 'requires-https', body: /http request (?:was sent )?to (?:an )?https (?:server|port)/i },
  { meaning: 'not-an-image', by: "Quay's token service", status: 405, code: 'UNSUPPORTED' },
  { meaning: 'registry-disabled', by: "GitLab's token service", code: 'UNAVAILABLE' },
  { meaning: 'policy-block', by: 'Harbor', status: 412 },
  { meaning: 'policy-block', by: "Quay's token service", status: 405, code: 'DENIED' },
  {
    meaning: 'policy-block',
    phrase:
      /download blocking policy|blocked by|policy violation|PROJECTPOLICYVIOLATION|vulnerabilit|quarantine|curation|not signed(?! in)|terms acceptance|accept the (?:terms|licen[cs]e)|deprecated and shutting down/i,
  },
  { meaning: 'image-moved', phrase: /shutting down|disabled/i },
  { meaning: 'terms-not-accepted', phrase: /terms|licen[cs]e/i },
  {
    meaning: 'network-block',
    phrase:
      /client with ip|ip address .*(?:not allowed|denied|blocked)|firewall|geo-?(?:block|restrict)|export control|sanction|error code: 1\d{3}/i,
  },
];

/** `names`: those of the image. */
export function says(evidence: Evidence, meaning: Meaning, names: readonly (string | undefined)[] = []): boolean {
  const { response, rawErrors } = evidence;
  return DIALECTS.some(
    ({ meaning: meant, status, code, error, phrase, body }) =>
      meant === meaning &&
      (status === undefined || status === response.status) &&
      (code === undefined || rawErrors.some((it) => it.code === code)) &&
      (error === undefined || rawErrors.some((it) => error.test(it.code ?? '') || error.test(it.message ?? ''))) &&
      (phrase === undefined || phrase.test(withoutNames(rawErrors, names))) &&
      (body === undefined || body.test(evidence.text)),
  );
}

/** A registry says that something does not exist: a 404 with the code of another error does not. */
export const saysMissing = (evidence: Evidence): boolean =>
  evidence.isFromRegistry &&
  (says(evidence, 'missing') || says(evidence, 'repository-missing') || !evidence.rawErrors.some(hasRegistryCode));

const withoutNames = (errors: readonly RegistryError[], names: readonly (string | undefined)[]): string =>
  errors
    .flatMap(({ code, message }) => `${code ?? ''} ${message ?? ''}`.split(/[\s"'`,;()]+/))
    .filter((word) => !/[/@]/.test(word) && !names.includes(word))
    .join(' ');
