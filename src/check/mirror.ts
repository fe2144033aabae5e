// Mirrors: where a runtime looks for an image, and in which order, besides the registry that its name says.

import type { Reference } from '../core/reference.ts';
import type { TlsChoice } from '../http/tls-store.ts';

/** A place that may hold the images of a registry, or of a part of one. */
export interface Mirror {
  /** `host[:port][/path]`: stands where the prefix of the rule stood. */
  readonly location: string;
  readonly plainHttp?: boolean | undefined;
  readonly tls?: TlsChoice | undefined;
  /** Asked only for images by tag, or by digest; unset: for both. */
  readonly only?: 'tag' | 'digest' | undefined;
  /** Is told which registry is meant, as containerd tells it: `?ns=docker.io`. */
  readonly toldNamespace?: boolean | undefined;
  /** Where its API is, when not at `/v2`: `/api/docker/hub/v2`. */
  readonly apiPath?: string | undefined;
}

export interface MirrorRule {
  /** The images it is for: `docker.io`, `quay.io/org`, `*.example.com`, or `*` for all. */
  readonly prefix: string;
  /** The first is asked first. */
  readonly mirrors: readonly Mirror[];
  /** Asked last; unset: the registry itself. */
  readonly upstream?: Mirror | undefined;
  /** Who says that such images are not to be pulled at all. */
  readonly blockedBy?: string | undefined;
}

/** Who is asked for an image. */
export interface Place {
  /** As a reference names it. */
  readonly registry: string;
  readonly plainHttp?: boolean | undefined;
  /** Which registry it is told that is meant. */
  readonly namespace?: string | undefined;
  readonly apiPath?: string | undefined;
}

export interface Stop {
  readonly place: Place;
  /** What the image is called there. */
  readonly text: string;
  readonly isMirror: boolean;
}

export interface Route {
  /** In the order they are asked; the last is not a mirror. */
  readonly stops: readonly Stop[];
  readonly blockedBy: string | undefined;
}

/** `host[:port]` of a location. */
export const registryOf = (location: string): string => location.split('/')[0] ?? '';

/** By the rule with the longest prefix, the first of equals; undefined without a rule. */
export function routeOf(reference: Reference, rules: readonly MirrorRule[]): Route | undefined {
  const { registry, repository, tag, digest } = reference;
  const name = `${registry}/${repository}`;
  const ending = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  const [best] = rules
    .map((rule) => ({ rule, length: matchedLength(rule.prefix, registry, name) }))
    .filter(({ length }) => length !== undefined)
    .sort((a, b) => rank(b.rule) - rank(a.rule));
  if (best === undefined) return undefined;
  const { rule, length } = best;
  const stopAt = ({ location, plainHttp, toldNamespace, apiPath }: Mirror, isMirror: boolean): Stop => ({
    place: {
      registry: registryOf(location),
      plainHttp,
      namespace: toldNamespace ? registry : undefined,
      apiPath,
    },
    text: `${location}${name.slice(length)}${ending}`,
    isMirror,
  });
  const wanted = digest === undefined ? 'tag' : 'digest';
  const mirrors = rule.mirrors.filter(({ only = wanted }) => only === wanted);
  const upstream = rule.upstream ?? { location: name.slice(0, length) };
  return {
    stops: [...mirrors.map((mirror) => stopAt(mirror, true)), stopAt(upstream, false)],
    blockedBy: rule.blockedBy,
  };
}

/** `*` is the weakest, a glob is weaker than any name. */
const rank = ({ prefix }: MirrorRule): number => (prefix.startsWith('*') ? prefix.length - 1_000 : prefix.length);

/** How much of the name the prefix covers. */
function matchedLength(prefix: string, registry: string, name: string): number | undefined {
  const matchesHost = prefix === '*' || (prefix.startsWith('*.') && registry.endsWith(prefix.slice(1)));
  if (matchesHost) return registry.length;
  return `${name}/`.startsWith(`${prefix}/`) ? prefix.length : undefined;
}
