// The scope to ask a token for: the challenge's own where it makes sense, else ours.
// Distribution token specification, "Resource Scope": scope = resourcescope [ ' ' resourcescope ]*.

/** GHCR's challenge for /v2/ names this repository, whoever asks. */
const PLACEHOLDER = 'repository:user/image:pull';

const PLAUSIBLE = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** One element a `scope` parameter. Some registries leave it out, leave it empty, or send one fixed word (`aws`, `*`). */
export function scopesFor(challenged: string | undefined, repository: string): string[] {
  const scope = challenged?.trim() ?? '';
  const usable =
    PLAUSIBLE.test(scope) && scope.length <= 4096 && (scope !== PLACEHOLDER || repository === 'user/image');
  return usable ? scope.split(' ') : [`repository:${repository}:pull`];
}
