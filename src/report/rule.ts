// What every reason means and what to do about it, in the general words a rule needs; the result itself is more exact.

import { judgementOf, type Reason } from '../core/result.ts';
import { formatReason } from './reason.ts';

/**
 * A reason, or `present`: an image is there that `--expect absent` wanted away, or `unreadable`: nobody knows what images
 * a file names.
 */
export type Rule = Reason | 'present' | 'unreadable';

interface RuleText {
  readonly means: string;
  readonly cure: string;
}

export const RULES: Readonly<Record<Rule, RuleText>> = {
  unauthorized: {
    means:
      'The registry wants a login, or refused the one it was given. Many registries give this answer for images that do not exist, too.',
    cure: 'Check the spelling of the image, log in to the registry, and see that the login may pull this repository.',
  },
  denied: {
    means: 'The registry refuses the pull: no permission, a policy, or a firewall in between.',
    cure: 'Ask the owner of the repository for permission to pull, or whoever runs the policy or firewall to let it pass.',
  },
  'not-found': {
    means: 'The registry has no such repository, tag or digest.',
    cure: 'Check the spelling, push the image, or name a tag that is there.',
  },
  'platform-missing': {
    means: 'The image is there, but not for a platform that was asked for.',
    cure: 'Build and push the image for that platform, or ask only for platforms it has.',
  },
  incomplete: {
    means: 'The manifest is there, but a manifest, config or layer it names is not: a pull would fail half-way.',
    cure: 'Push the image again, or have the registry restore what is missing.',
  },
  corrupt: {
    means: 'What the registry serves does not match its digest or size, or is not a valid manifest.',
    cure: 'Push the image again; if the damage stays, look at the caches and proxies in between and at the storage of the registry.',
  },
  'not-an-image': {
    means:
      'Something is there, but no container runtime can run it: a Helm chart, a signature, an SBOM, an empty index.',
    cure: 'Check the reference; other artifacts are pulled with the tools they belong to.',
  },
  'legacy-schema1': {
    means: 'There is only a Docker schema 1 manifest, which current runtimes refuse.',
    cure: 'Build the image again with a current tool and push it.',
  },
  'invalid-reference': {
    means: 'The text is not an image reference.',
    cure: 'Write registry/repository:tag or registry/repository@digest.',
  },
  unreachable: {
    means:
      'No complete answer came: name lookup, connection, TLS, proxy or time-out. Whether the image is there is not known.',
    cure: 'Check the name of the host, the network, the proxy and the certificates, then try again.',
  },
  'registry-error': {
    means: 'The registry or its token service failed, retries included. Whether the image is there is not known.',
    cure: 'Try again later; the status page of the registry may tell more.',
  },
  'rate-limited': {
    means: 'The registry answers no more requests for now. Whether the image is there is not known.',
    cure: 'Wait, log in for a higher limit, or check less often.',
  },
  'not-a-registry': {
    means:
      'What answers is not an OCI registry: a web page, a captive portal, a redirect loop. Whether the image is there is not known.',
    cure: 'Check the host and port of the reference, and what stands in between: a proxy, a VPN, a captive portal.',
  },
  'internal-error': {
    means: 'A bug in kairos-pull ended the check. Whether the image is there is not known.',
    cure: 'Report the bug with the command you ran and what it printed.',
  },
  'unresolved-variable': {
    means: 'The reference holds a variable whose value is not known, so nothing was checked.',
    cure: 'Set the variable, or check the file after its variables were filled in.',
  },
  'local-build': {
    means: 'The image is built from these files, so no registry was asked for it.',
    cure: 'Nothing needs to be done.',
  },
  ignored: {
    means: 'The image is to be ignored, so nothing was checked.',
    cure: 'Nothing needs to be done.',
  },
  present: {
    means: 'An image is there, but it was expected to be absent: publishing under this name would overwrite it.',
    cure: 'Choose another tag.',
  },
  unreadable: {
    means: 'No images could be taken from the file, or from a part of it, so they were not checked.',
    cure: 'Mend the file, or name only files that hold images.',
  },
};

/** `not found`; shorter than what `formatReason` says of a result, because a rule has no cause. */
export const ruleTitle = (rule: Rule): string => (isReason(rule) ? formatReason(judgementOf(rule)) : rule);

export const isReason = (rule: Rule): rule is Reason => rule !== 'present' && rule !== 'unreadable';
