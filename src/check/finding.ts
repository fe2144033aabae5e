// What a check found wrong, and the words that all judges use for the image.

import { type Digest, shortDigest } from '../core/digest.ts';
import { formatReference, type Reference } from '../core/reference.ts';
import { type CAUSES, type Cause, judgementOf, type Reason, type RegistryError } from '../core/result.ts';
import type { Credential } from '../credentials/credential.ts';
import type { LoginTool } from '../credentials/login-tool.ts';
import type { Quote } from '../http/send.ts';
import type { Evidence } from '../registry/evidence.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import type { KnownRegistry } from '../registry/well-known.ts';
import { advise, type Hint } from './hint.ts';
import { describeLogin, type LoginSubject } from './login-advice.ts';

export type CauseOf<R extends Reason> = R extends keyof typeof CAUSES ? (typeof CAUSES)[R][number] : null;

export interface Finding {
  readonly reason: Reason;
  readonly cause: Cause | null;
  /** One plain sentence with the innermost reason. */
  readonly message: string;
  /** The next step. */
  readonly hint: Hint | null;
  readonly registryErrors: readonly RegistryError[];
}

export function finding<R extends Reason>(
  found: { reason: R; cause: CauseOf<R>; message: string; hint?: Hint | null },
  evidence?: Pick<Evidence, 'errors'>,
): Finding {
  return { hint: null, ...found, registryErrors: evidence?.errors ?? [] };
}

/** The image under check, or a part of it, as the judges need to describe it. */
export interface CheckedImage {
  readonly reference: Reference;
  readonly known: KnownRegistry;
  /** `host[:port]` that requests are sent to. */
  readonly host: string;
  /** Requests use http, not https. */
  readonly isPlainHttp?: boolean;
  /** See Endpoint. */
  readonly httpsOnly?: string | undefined;
  /** With what the user can log in; default docker. */
  readonly loginTool?: () => LoginTool;
  /** Makes words of a manifest safe to display. */
  readonly quote: Quote;
  /** Unset: the image's own manifest. */
  readonly part?: Part;
}

/** A part of an image, as a manifest refers to it. */
export interface Part {
  readonly kind: 'child-manifest' | 'config' | 'layer';
  /** With its digest: `layer 3 of linux/arm64 (sha256:…, …)`. */
  readonly name: string;
  /** `layer 3 of 7 for linux/arm64` */
  readonly title: string;
  /** What the title does not say: `sha256:…`, and an unusual media type. */
  readonly detail: string;
  /** Whose part it is, if it is of one platform only. */
  readonly platform?: string;
  readonly descriptor: Descriptor;
}

/** A digest is shortened: the reference itself has all of it. */
export const imageName = ({ reference }: CheckedImage): string => {
  const { digest, ...named } = reference;
  if (digest === undefined) return formatReference(reference);
  const tag = named.tag === undefined ? '' : `:${named.tag}`;
  return `${reference.registry}/${reference.repository}${tag}@${shortDigest(digest)}`;
};

/** Two digests, shortened where they still differ. */
export const shortDigests = (one: Digest, other: Digest): readonly [string, string] =>
  shortDigest(one) === shortDigest(other) ? [one, other] : [shortDigest(one), shortDigest(other)];

export const repositoryName = ({ reference }: CheckedImage): string => `${reference.registry}/${reference.repository}`;

/** Capitalizes `the …` and `layer …` at the start of a sentence, never the name of a host or an image. */
export const capitalize = (text: string): string =>
  /^(?:the|layer) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

/** `Log in: …`, in the way of a known registry, or by `docker login`. */
export function loginHint(image: CheckedImage, verb = 'Log in', after = ''): Hint {
  const subject = loginSubject(image);
  const only =
    subject.tool === 'variables' ? ' They are for this check only; `docker pull` still needs its own login.' : '';
  return advise('log-in', `${verb}: ${describeLogin(subject)}.${only}${after}`);
}

export const loginSubject = ({ known, reference, loginTool = () => 'docker' }: CheckedImage): LoginSubject => ({
  known,
  registry: reference.registry,
  tool: loginTool(),
});

export const REPORT = advise('contact-operator', "Report this to the registry's operator.");

/** The name first: it is the most frequent mistake. `accepted`: credentials that the registry accepted, or knows. */
export function accessHint(image: CheckedImage, accepted?: Credential): Hint {
  const { access, right, login } = image.known;
  const isShared = accepted?.username !== undefined && accepted.username === login?.username;
  const holder = (isShared ? login?.holder : undefined) ?? 'that account';
  const change = (isShared ? login?.change : undefined) ?? 'log in with one that has it';
  const step =
    right === undefined
      ? 'log in with an account that is allowed to pull it'
      : accepted === undefined
        ? `log in with an account that has ${right}`
        : `grant ${right} to ${holder}, or ${change}`;
  const verb = `Check the name; if it is correct, ${step}`;
  const { text } = loginHint(image, verb, access === undefined ? '' : ` ${access}`);
  return advise('check-access', text);
}

/** What the registry says, to end a sentence with: `: the text`; empty if it says nothing. */
export function quoteRegistry({ errors }: Pick<Evidence, 'errors'>): string {
  const said = errors.flatMap(({ message, code }) => [message ?? '', code ?? '']);
  const plain = said.map((text) => text.replace(/[.,:;\s]+$/, '')).find((text) => text !== '');
  return plain === undefined ? '' : `: ${plain}`;
}

/** A captive portal, a proxy or another web server responded. */
export function intercepted({ response, page }: Evidence, expected = 'a registry response'): Finding {
  const { host, status } = response;
  return finding({
    reason: 'not-a-registry',
    cause: 'intercepted',
    message: `${host} returned ${status} with ${page ?? 'a request to sign in to the network'} instead of ${expected}.`,
    hint: advise(
      'check-registry',
      'If this network has a sign-in page (captive portal), sign in with a browser. Otherwise, check for a proxy, or a wrong host in the image name.',
    ),
  });
}

const WORST: readonly Reason[] = ['incomplete', 'corrupt'];

/** The item whose finding speaks for the image, the first of equals: a definite no outranks a doubt. */
export function worstOf<T>(items: readonly [T, ...T[]], findingOf: (item: T) => Finding): T {
  return items.reduce((worst, item) => (rank(findingOf(item)) < rank(findingOf(worst)) ? item : worst));
}

function rank({ reason }: Finding): number {
  const at = WORST.indexOf(reason);
  if (at >= 0) return at;
  return WORST.length + (judgementOf(reason).verdict === 'unpullable' ? 0 : 1);
}
