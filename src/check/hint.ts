// The next step, as a value: its code, its text for the command line, and its text for users who cannot pass options to
// the check, which are those of the monitor and of the library. The monitor has a config file.

import type { HintCode } from '../core/hint-code.ts';
import { formatReference, type Reference } from '../core/reference.ts';

export interface Hint {
  readonly code: HintCode;
  /** Sentences, with commands between backquotes. */
  readonly text: string;
  /** The same step without options of the command line; null if nothing is left of it. */
  readonly plain: string | null;
  /** That of the monitor, if it names the place in the config file. */
  readonly monitor?: string;
}

/** Who follows it. */
export type HintReader = 'command' | 'library' | 'monitor';

/** A hint that names no option. */
export const advise = (code: HintCode, text: string): Hint => ({ code, text, plain: text });

/** Both steps, with the code of the first. */
export function both(first: Hint, second: Hint | null): Hint {
  if (second === null) return first;
  const join = (reader: HintReader): string =>
    [first, second].flatMap((hint) => shownHint(hint, reader) ?? []).join(' ');
  const plain = join('library');
  const hint = { code: first.code, text: join('command'), plain: plain === '' ? null : plain };
  const hasPlace = first.monitor !== undefined || second.monitor !== undefined;
  return hasPlace ? { ...hint, monitor: join('monitor') } : hint;
}

/** As its reader can follow it. */
export function shownHint(hint: Hint | null, reader: HintReader): string | null {
  if (hint === null) return null;
  if (reader === 'command') return hint.text;
  return reader === 'monitor' ? (hint.monitor ?? hint.plain) : hint.plain;
}

const PLACE = '(at the top level of the config file, or under registries)';

/** Every hint that names an option of the command line, in both wordings. */
export const OPTION_HINTS = {
  increaseTimeout: {
    code: 'increase-timeout',
    text: 'Increase --timeout.',
    plain: 'Check later whether it is only slow, or give it more time.',
  },
  ifSlow: {
    code: 'increase-timeout',
    text: 'If it is only slow, increase --timeout.',
    plain: 'If it is only slow, increase the timeout.',
  },
  openFiles: {
    code: 'raise-open-file-limit',
    text: 'Lower --concurrency, or raise the limit with ulimit -n.',
    plain: 'Raise the limit with ulimit -n.',
  },
  memory: {
    code: 'add-memory',
    text: 'Lower --concurrency, or give it more memory.',
    plain: 'Give the process more memory.',
  },
  trustAuthority: {
    code: 'trust-authority',
    text: 'Pass its CA certificate with --ca-file ca.pem; --insecure skips verification.',
    plain: 'Set caFile to its CA certificate.',
    monitor: `Set caFile ${PLACE} to its CA certificate.`,
  },
  omitPlainHttp: {
    code: 'plain-http',
    text: 'Omit --plain-http.',
    plain: 'Remove plainHttp.',
  },
  closedPlainHttp: {
    code: 'plain-http',
    text: 'If the port uses TLS, omit --plain-http.',
    plain: 'If the port uses TLS, remove plainHttp.',
  },
  keepHttps: {
    code: 'keep-https',
    text: 'A request with credentials does not follow such a redirect. Have it redirect to https; if the image is public, try --anonymous.',
    plain: 'A request with credentials does not follow such a redirect. Have it redirect to https.',
  },
  cleartextCredentials: {
    code: 'keep-https',
    text: 'No credentials were sent. Use --anonymous to check without them, or ask the operator for a token service over https.',
    plain: 'No credentials were sent. Ask the operator for a token service over https.',
  },
  withoutPull: {
    code: 'try-later',
    text: 'Later checks with --proof head use no pulls.',
    plain: 'Later checks with proof head use no pulls.',
  },
  anonymousInstead: {
    code: 'log-in',
    text: 'To check without them, use --anonymous.',
    plain: 'To check without them, set anonymous: true.',
  },
} as const satisfies Readonly<Record<string, Hint>>;

const authorityFiles = (host: string): string =>
  `For docker, save it as /etc/docker/certs.d/${host}/ca.crt; for podman, as /etc/containers/certs.d/${host}/ca.crt.`;

/** `host` names the directory in certs.d. */
export const trustAuthorityHint = (host: string): Hint => ({
  code: 'trust-authority',
  text: `${OPTION_HINTS.trustAuthority.text} ${authorityFiles(host)}`,
  plain: `${OPTION_HINTS.trustAuthority.plain} ${authorityFiles(host)}`,
  monitor: OPTION_HINTS.trustAuthority.monitor,
});

const INTERCEPTED = 'If you do not recognize it, a proxy may be intercepting the connection.';

/** Of an authority with a name. */
export const trustNamedAuthorityHint = (host: string): Hint => ({
  code: 'trust-authority',
  text: `If it is your company's CA, pass its certificate with --ca-file ca.pem. ${authorityFiles(host)} ${INTERCEPTED}`,
  plain: `If it is your company's CA, set caFile to its certificate. ${authorityFiles(host)} ${INTERCEPTED}`,
  monitor: `If it is your company's CA, set caFile ${PLACE} to its certificate. ${INTERCEPTED}`,
});

/** Without a port in the name, plain HTTP means port 80, not the port that was asked. */
export function plainHttpHint({ registry, ...image }: Reference): Hint {
  const hasPort = /:\d+$/.test(registry);
  const host = hasPort ? registry : `${registry}:443`;
  const name = hasPort ? '' : ` with the port in the name (${formatReference({ ...image, registry: host })})`;
  const docker = `docker requires ${host} in insecure-registries (/etc/docker/daemon.json)`;
  return {
    code: 'plain-http',
    text: `If plain HTTP is intended, pass --plain-http${name}; ${docker}. Otherwise, check the port, or enable TLS on it.`,
    plain: `If plain HTTP is intended, set plainHttp: true${name}; ${docker}. Otherwise, check the port, or enable TLS on it.`,
  };
}

/** In messages. */
export const GIVEN_LOGIN_NAME = '--username and standard input';

export const GIVEN_LOGIN_HINT: Hint = {
  code: 'log-in',
  text: 'Correct the user name (--username) or the password on standard input (--password-stdin).',
  plain: 'Correct the user name or the password.',
};

export const clientCertificateHint = (host: string): Hint => ({
  code: 'client-certificate',
  text: `Pass one with --cert and --key, or put client.cert and client.key in /etc/docker/certs.d/${host} (docker) or /etc/containers/certs.d/${host} (podman).`,
  plain: `Set cert and key, or put client.cert and client.key in /etc/docker/certs.d/${host} (docker) or /etc/containers/certs.d/${host} (podman).`,
  monitor: `Set cert and key ${PLACE}.`,
});

export const otherClientCertificateHint = (host: string): Hint => ({
  code: 'client-certificate',
  text: `Check the issuer, dates and purpose (client authentication) of the certificate from --cert, or of client.cert in /etc/docker/certs.d/${host} (docker) or /etc/containers/certs.d/${host} (podman).`,
  plain: `Check the issuer, dates and purpose (client authentication) of the client certificate (cert), or of client.cert in /etc/docker/certs.d/${host} (docker) or /etc/containers/certs.d/${host} (podman).`,
});

/** It works where the network sends the registry's own clients there: a VPC endpoint, or DNS with two views. */
export const allowPrivateHint = (registry: string): Hint => ({
  code: 'allow-private',
  text: `If this is intended (VPC endpoint, split DNS), set allowPrivate: true for ${registry} in the config file, or pass --allow-private. Otherwise, contact the registry's operator.`,
  plain: `If this is intended (VPC endpoint, split DNS), set allowPrivate: true. Otherwise, contact the operator of ${registry}.`,
});

const MAX_TAG_LENGTH = 128;

/** Of a schema 1 manifest. To another tag: clients that pull the old manifest by digest still need it. */
export function conversionHint({ registry, repository, tag, digest }: Reference): Hint {
  const other = `${tag}-v2`;
  if (tag === undefined || digest !== undefined || other.length > MAX_TAG_LENGTH) {
    return advise('push-again', 'Build and push it again.');
  }
  const name = `docker://${registry}/${repository}`;
  const command = `skopeo copy --format v2s2 ${name}:${tag} ${name}:${other}`;
  return advise('push-again', `Build and push it again, or convert it to another tag: \`${command}\`.`);
}

/** `name`: of the image, without the digest. */
export const fullDigestHint = (name: string): Hint => ({
  code: 'check-name',
  text: `If it is a short form, the tag has the full digest: \`kairos-pull check -o json ${/:[^/]*$/.test(name) ? name : `${name}:TAG`}\` prints it.`,
  plain: 'If it is a short form, use all of its digits.',
});

export const allowRealmHint = (registry: string): Hint => ({
  code: 'allow-realm',
  text: `No request was sent there. If it is the right token service, add it to the realms of ${registry} in the config file.`,
  plain: `No request was sent there. If it is the right token service, add it to the realms of ${registry}.`,
});

export const checkCredentialsHint = (registry: string): Hint => ({
  code: 'log-in',
  text: `Check the credentials: --anonymous shows whether it issues tokens without them. If they are correct, contact the operator of ${registry}.`,
  plain: `Check the credentials. If they are correct, contact the operator of ${registry}.`,
});
