// The scope to ask a token for: the challenge's own where it makes sense, else ours.
// Distribution token specification, "Resource Scope": scope = resourcescope [ ' ' resourcescope ]*.

/** GHCR's challenge for /v2/ names this repository, whoever asks. */
const PLACEHOLDER = 'repository:user/image:pull';

const PLAUSIBLE = /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/;
const MAX_LENGTH = 4096;

/** One element a resource scope, verbatim: Artifactory leaves its own repository key out, others send `aws` or `*`. */
export function scopesFor(challenged: string | undefined, repository: string): string[] {
  const scope = challenged?.trim() ?? '';
  const isUsable = PLAUSIBLE.test(scope) && scope.length <= MAX_LENGTH && scope !== PLACEHOLDER;
  return isUsable ? scope.split(/ +/) : [`repository:${repository}:pull`];
}
