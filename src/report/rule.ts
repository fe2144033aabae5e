// The rules of SARIF and the other pipeline reports: what each reason means and how to fix it, in general.

import { judgementOf, type Reason } from '../core/result.ts';
import { formatReason } from './reason.ts';

/** A reason; `present`: an image exists despite `--expect absent`; `unreadable`: a file's images are unknown. */
export type Rule = Reason | 'present' | 'unreadable';

interface RuleText {
  readonly description: string;
  readonly remedy: string;
}

export const RULES: Readonly<Record<Rule, RuleText>> = {
  unauthorized: {
    description:
      'The registry requires authentication or rejected the credentials. Many registries also respond this way if the image does not exist.',
    remedy:
      'Check the spelling of the image, log in to the registry, and make sure that the account may pull this repository.',
  },
  denied: {
    description: 'The registry refuses the pull: no permission, a policy, or a firewall in between.',
    remedy:
      'Ask the owner of the repository for permission to pull, or the owner of the policy or firewall to allow it.',
  },
  'not-found': {
    description: 'The registry has no such repository, tag or digest.',
    remedy: 'Check the spelling, push the image, or use an existing tag.',
  },
  'platform-missing': {
    description: 'The image exists, but not for a required platform.',
    remedy: 'Build and push the image for that platform, or require only platforms it has.',
  },
  incomplete: {
    description:
      'The manifest exists, but a manifest, config or layer it references is missing: a pull would fail midway.',
    remedy: 'Push the image again, or have the registry restore the missing content.',
  },
  corrupt: {
    description: 'The content does not match its digest or size, or is not a valid manifest.',
    remedy:
      "Push the image again; if it stays corrupt, check the caches and proxies in between and the registry's storage.",
  },
  'not-an-image': {
    description:
      'The artifact exists, but no container runtime can run it: a Helm chart, a signature, an SBOM, an empty index.',
    remedy: 'Check the reference; use the matching tool to pull other artifacts.',
  },
  'legacy-schema1': {
    description: 'The image has only a Docker schema 1 manifest, which current runtimes reject.',
    remedy: 'Build the image again with a current tool and push it.',
  },
  'invalid-reference': {
    description: 'The text is not an image reference.',
    remedy: 'Use registry/repository:tag or registry/repository@digest.',
  },
  unreachable: {
    description:
      'There was no complete response because DNS, the connection, TLS or the proxy failed, or because of a timeout. Whether the image exists is unknown.',
    remedy: 'Check the host name, the network, the proxy and the certificates, then try again.',
  },
  'registry-error': {
    description: 'The registry or its token service failed despite retries. Whether the image exists is unknown.',
    remedy: "Try again later; check the registry's status page.",
  },
  'rate-limited': {
    description: 'The registry is rate limiting this client. Whether the image exists is unknown.',
    remedy: 'Wait, log in for a higher limit, or check less often.',
  },
  'not-a-registry': {
    description:
      'The host does not respond like an OCI registry: a web page, a captive portal, a redirect loop. Whether the image exists is unknown.',
    remedy: 'Check the host and port of the reference, and anything in between: a proxy, a VPN, a captive portal.',
  },
  'internal-error': {
    description: 'A bug in kairos-pull ended the check. Whether the image exists is unknown.',
    remedy: 'Report the bug with the command you ran and its output.',
  },
  'unresolved-variable': {
    description: 'The reference is not complete here: a variable without a value, or a text that is rendered first.',
    remedy: 'Set the variable, or check the rendered file.',
  },
  'local-build': {
    description: 'The image is built from these files, so it was not checked.',
    remedy: 'No action is needed.',
  },
  ignored: {
    description: 'The image is ignored, so it was not checked.',
    remedy: 'No action is needed.',
  },
  present: {
    description: 'The image exists, but was expected to be absent: publishing under this name would overwrite it.',
    remedy: 'Choose another tag.',
  },
  unreadable: {
    description: 'Images could not be read from the file, or from a part of it, so they were not checked.',
    remedy: 'Fix the file, or pass only files that contain images.',
  },
};

/** `not found`: the reason of a result without its cause. */
export const ruleTitle = (rule: Rule): string => (isReason(rule) ? formatReason(judgementOf(rule)) : rule);

export const isReason = (rule: Rule): rule is Reason => rule !== 'present' && rule !== 'unreadable';
