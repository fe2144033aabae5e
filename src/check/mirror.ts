// Mirrors: where a runtime looks for an image, and in which order, before the registry in its name.

import type { Reference } from '../core/reference.ts';
import type { TlsChoice } from '../http/tls-store.ts';

/** A server that may have the images of a registry, or of a part of it. */
export interface Mirror {
  /** `host[:port][/path]`: replaces the prefix of the rule. */
  readonly location: string;
  readonly plainHttp?: boolean | undefined;
  /** Plain HTTP is tried where https fails. */
  readonly allowsPlainHttp?: boolean | undefined;
  /** Plain HTTP is not tried, although it is on loopback: what to change in the file that configures it, a sentence. */
  readonly httpsOnly?: string | undefined;
  readonly tls?: TlsChoice | undefined;
  /** Used only for images by tag, or by digest; unset: for both. */
  readonly only?: 'tag' | 'digest' | undefined;
  /** Requests say which registry is meant, as those of containerd do: `?ns=docker.io`. */
  readonly sendNamespace?: boolean | undefined;
  /** Where its API is, if not at `/v2`: `/api/docker/hub/v2`. */
  readonly apiPath?: string | undefined;
  /** Headers that a runtime sends to it, and the file that sets them. They may be secrets: the check sends none. */
  readonly unsentHeaders?: { readonly names: readonly string[]; readonly file: string } | undefined;
}

export type Upstream = Omit<Mirror, 'location'> & Partial<Pick<Mirror, 'location'>>;

export interface MirrorRule {
  /** The images it applies to: `docker.io`, `quay.io/org`, `*.example.com`, or `*` for all. */
  readonly prefix: string;
  /** In the order of use. */
  readonly mirrors: readonly Mirror[];
  /** Used last; unset: the registry itself, as for an upstream without a location. */
  readonly upstream?: Upstream | undefined;
  /** The configuration that blocks such images, wherever they are requested under this name; not those of its mirrors. */
  readonly blockedBy?: string | undefined;
  /** Whose rule it is: containerd tries every host for every request, others stay with the host that has the manifest. */
  readonly usedBy?: 'containerd' | 'podman' | undefined;
  /** Why some versions of that runtime ignore it: a sentence. */
  readonly doubt?: string | undefined;
}

/** A server that an image is requested from. */
export interface RegistryLocation {
  /** As in a reference. */
  readonly registry: string;
  readonly plainHttp?: boolean | undefined;
  readonly allowsPlainHttp?: boolean | undefined;
  readonly httpsOnly?: string | undefined;
  /** The registry whose images it should serve: see `sendNamespace`. */
  readonly namespace?: string | undefined;
  readonly apiPath?: string | undefined;
}

export interface MirrorAttempt {
  readonly location: RegistryLocation;
  /** The image's name there. */
  readonly text: string;
  readonly isMirror: boolean;
  /** The configuration that blocks this name. */
  readonly blockedBy?: string | undefined;
  readonly only?: Mirror['only'];
  readonly unsentHeaders?: Mirror['unsentHeaders'];
}

export interface MirrorPlan {
  /** In the order of use; the last is not a mirror. */
  readonly attempts: readonly MirrorAttempt[];
  readonly usedBy: MirrorRule['usedBy'];
  readonly doubt?: MirrorRule['doubt'];
}

/** Why an image is not called missing: the registry lacks it, but a mirror did not say whether it has it. */
export const mirrorMayHave = (registry: string, name: string, mirror: string, why: string): string =>
  `${registry} does not have ${name}, but mirror ${mirror} may: ${why}`;

/** `host[:port]` of a location. */
export const registryOf = (location: string): string => location.split('/')[0] ?? '';

/** By the rule with the longest prefix, the first of equals; undefined without a rule. */
export function planMirrors(reference: Reference, rules: readonly MirrorRule[]): MirrorPlan | undefined {
  const { registry, repository, tag, digest } = reference;
  const name = `${registry}/${repository}`;
  const ending = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  const best = bestRule(registry, name, rules);
  if (best === undefined) return undefined;
  const { rule, length } = best;
  const attemptAt = (mirror: Mirror, isMirror: boolean): MirrorAttempt => {
    const { location, plainHttp, allowsPlainHttp, httpsOnly, sendNamespace, apiPath, only, unsentHeaders } = mirror;
    const place = `${location}${name.slice(length)}`;
    const host = registryOf(location);
    return {
      location: {
        registry: host,
        plainHttp,
        ...(allowsPlainHttp && { allowsPlainHttp }),
        ...(httpsOnly && { httpsOnly }),
        namespace: sendNamespace ? registry : undefined,
        apiPath,
      },
      text: `${place}${ending}`,
      isMirror,
      // podman looks up the name that it is about to request: a rule blocks neither its mirrors nor where it moves images.
      blockedBy: bestRule(host, place, rules)?.rule.blockedBy,
      only,
      ...(unsentHeaders && { unsentHeaders }),
    };
  };
  const kind = digest === undefined ? 'tag' : 'digest';
  // containerd requests the parts of an image by digest.
  const isUsable = ({ only = kind }: Mirror): boolean => only === kind || rule.usedBy === 'containerd';
  const upstream = { ...rule.upstream, location: rule.upstream?.location ?? name.slice(0, length) };
  return {
    attempts: [...rule.mirrors.filter(isUsable).map((mirror) => attemptAt(mirror, true)), attemptAt(upstream, false)],
    usedBy: rule.usedBy,
    ...(rule.doubt !== undefined && { doubt: rule.doubt }),
  };
}

/** By the longest prefix, the first of equals. `length`: how much of the name it covers. */
function bestRule(
  registry: string,
  name: string,
  rules: readonly MirrorRule[],
): { readonly rule: MirrorRule; readonly length: number } | undefined {
  const [best] = rules
    .flatMap((rule) => {
      const length = matchedLength(rule.prefix, registry, name);
      return length === undefined ? [] : [{ rule, length }];
    })
    .sort((a, b) => rank(b.rule) - rank(a.rule));
  return best;
}

/** A name precedes any glob, and any glob precedes `*`. */
const rank = ({ prefix }: MirrorRule): number => (prefix.startsWith('*') ? prefix.length - 1_000 : prefix.length);

/** How many characters of the name the prefix covers. */
function matchedLength(prefix: string, registry: string, name: string): number | undefined {
  if (prefix === '*') return registry.length;
  // As in podman, a glob is for every port, which stays in the name.
  const host = registry.replace(/:\d+$/, '');
  if (prefix.startsWith('*.') && host.endsWith(prefix.slice(1))) return host.length;
  return `${name}/`.startsWith(`${prefix}/`) ? prefix.length : undefined;
}
