// What a client of /probe may have checked: images by pattern, and the hosts that their checks may contact.

import { matchesGlob } from '../../core/glob.ts';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { Reference } from '../../core/reference.ts';
import { cleanText } from '../../core/text.ts';
import { hideUserinfo } from '../../core/userinfo.ts';
import { apiHostOf } from '../../registry/endpoint.ts';
import { knownRegistry } from '../../registry/well-known.ts';

/** `*` matches any characters, but none in the host matches a slash, and a domain follows it there. */
export interface AllowPattern {
  /** `host[:port]`, as in a reference; not `*` alone. */
  readonly registry: string;
  /** Of `repository`, `repository:tag` or `repository@digest`. */
  readonly repository: string;
}

/** `registry.example.com`, `ghcr.io/org/*`, `*.example.com/shop/web:1.*`; the error is a sentence. */
export function parseAllowPattern(text: string): Outcome<AllowPattern, string> {
  const [registry = '', ...path] = text.trim().toLowerCase().split('/');
  const shown = `"${cleanText(hideUserinfo(text), 100)}"`;
  if (!/^[\w.*-]+(?::\d{1,5})?$|^\[[\da-f:]+\](?::\d{1,5})?$/.test(registry) || path.join('/').includes('://')) {
    return failure(`${shown} is not a registry or an image; use one such as registry.example.com or ghcr.io/org/*.`);
  }
  if (!/[a-z0-9]/.test(registry)) {
    return failure(`${shown} would let a client send requests to any host; name the hosts.`);
  }
  // `ghcr.io*` has ghcr.io.evil.example too, `10.0.0.*` has 10.0.0.evil.example.
  if (/\*(?!.*\*)(?!\.[\w-])/.test(registry)) {
    return failure(
      `${shown} would let a client send requests to hosts of others; after *, use a domain, such as *.example.com.`,
    );
  }
  if (path.length === 0 && !/[.:]|^localhost$|\*/.test(registry)) {
    return failure(`${shown} is not a host; an image of Docker Hub is docker.io/library/${registry}.`);
  }
  return success({ registry, repository: path.join('/') || '*' });
}

export interface AllowList {
  readonly allowsImage: (reference: Reference) => boolean;
  /** Of every request: its registry, the token service, and where a redirect leads. */
  readonly allowsHost: (host: string) => boolean;
}

export function createAllowList(patterns: readonly AllowPattern[]): AllowList {
  const own = new Set(patterns.flatMap(({ registry }) => (registry.includes('*') ? [] : hostsOf(registry))));
  const globs = patterns.map(({ registry }) => registry).filter((registry) => registry.includes('*'));
  return {
    allowsImage: ({ registry, repository, tag, digest }) => {
      const names = [repository, `${repository}:${tag ?? 'latest'}`, `${repository}@${digest ?? ''}`];
      return patterns.some(
        (pattern) =>
          matchesHost(pattern.registry, registry.toLowerCase()) &&
          names.some((name) => matchesGlob(pattern.repository, name.toLowerCase())),
      );
    },
    allowsHost: (host) => own.has(host) || globs.some((glob) => matchesHost(glob, host)),
  };
}

/** A host contains no slash, so `*` cannot match one. */
const matchesHost = (pattern: string, host: string): boolean => !host.includes('/') && matchesGlob(pattern, host);

/** Its API, and the token service that it is known to have: that of Docker Hub has another name. */
function hostsOf(registry: string): string[] {
  const { challenge } = knownRegistry(registry);
  return [registry, apiHostOf(registry), ...(challenge === undefined ? [] : [new URL(challenge.realm).host])];
}
