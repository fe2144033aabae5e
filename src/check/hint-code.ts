// What kind of advice a hint gives, as a code, and the hint for users who cannot pass options to the check.

import type { Cause, HintCode, Reason } from '../core/result.ts';

interface OptionHint {
  readonly code: HintCode;
  readonly pattern: RegExp;
  /** What it says where there are no options: the monitor and the library. */
  readonly plain: string;
}

/** Every text that names an option: a test finds one that is missing. */
const OPTION_HINTS: readonly OptionHint[] = [
  { code: 'increase-timeout', pattern: / ?If it is only slow, increase --timeout\./, plain: '' },
  { code: 'increase-timeout', pattern: /^Increase --timeout\./, plain: 'Check later whether it is only slow.' },
  {
    code: 'raise-open-file-limit',
    pattern: /Lower --concurrency, or raise the limit with ulimit -n\./,
    plain: 'Raise the limit with ulimit -n.',
  },
  {
    code: 'add-memory',
    pattern: /Lower --concurrency, or allow it more memory\./,
    plain: 'Allow the process more memory.',
  },
  {
    code: 'log-in',
    pattern: /Check the credentials: --anonymous shows whether it issues tokens without them\./,
    plain: 'Check the credentials.',
  },
  { code: 'log-in', pattern: / ?To check without them, use --anonymous\./, plain: '' },
  { code: 'keep-https', pattern: /; if the image is public, try --anonymous\./, plain: '.' },
  { code: 'keep-https', pattern: /Use --anonymous to check without them, or ask/, plain: 'Ask' },
  { code: 'allow-private', pattern: / in the config file, or pass --allow-private\./, plain: ' in the config file.' },
  {
    code: 'plain-http',
    pattern: /^Omit --plain-http\./,
    plain: 'Remove plainHttp of this registry from the config file.',
  },
  { code: 'plain-http', pattern: /pass --plain-http\./, plain: 'set plainHttp: true for it in the config file.' },
  {
    code: 'trust-authority',
    pattern:
      /Pass its CA certificate with --ca-file ca\.pem \(or put it into certs\.d\); --insecure skips verification\./,
    plain: 'Set caFile of this registry in the config file to its CA certificate, or put it into certs.d.',
  },
  {
    code: 'client-certificate',
    pattern: /Pass one with --cert and --key, or put client\.cert and client\.key into/,
    plain: 'Set cert and key of this registry in the config file, or put client.cert and client.key into',
  },
  { code: 'client-certificate', pattern: /from --cert or certs\.d/, plain: 'from the config file or certs.d' },
];

/** The other hints of a reason; a cause has precedence. */
const CODES: Readonly<Partial<Record<Reason, HintCode>>> = {
  unauthorized: 'log-in',
  denied: 'check-access',
  'not-found': 'check-name',
  'platform-missing': 'build-platform',
  incomplete: 'push-again',
  corrupt: 'push-again',
  'not-an-image': 'check-name',
  'legacy-schema1': 'push-again',
  'invalid-reference': 'check-name',
  'registry-error': 'try-later',
  'rate-limited': 'try-later',
  'not-a-registry': 'check-registry',
  unreachable: 'check-connection',
  'internal-error': 'report-bug',
};

const CODES_OF_CAUSES: Readonly<Partial<Record<Cause, HintCode>>> = {
  dns: 'check-name-resolution',
  tls: 'check-certificate',
  proxy: 'check-proxy',
  'credential-helper': 'check-credential-helper',
  'private-address': 'allow-private',
  'network-block': 'check-connection',
  'insecure-redirect': 'keep-https',
};

/** null exactly if there is no hint. */
export function hintCodeOf(hint: string | null, reason: Reason | null, cause: Cause | null): HintCode | null {
  if (hint === null) return null;
  const named = OPTION_HINTS.find(({ pattern }) => pattern.test(hint))?.code;
  return named ?? (cause === null ? undefined : CODES_OF_CAUSES[cause]) ?? (reason && CODES[reason]) ?? 'other';
}

/** The same advice without options. */
export function withoutOptions(hint: string | null): string | null {
  if (hint === null) return null;
  const plain = OPTION_HINTS.reduce((text, { pattern, plain }) => text.replace(pattern, () => plain), hint).trim();
  return plain === '' ? null : plain;
}
