// What each cause means and what helps, in general: docs/reasons.md. The message and the hint of a result are about its image.

import type { CAUSES } from '../core/result.ts';

export interface CodeText {
  readonly meaning: string;
  readonly cure: string;
}

/** `null`: a result with this reason may have no cause. */
export const CAUSE_TEXTS: {
  readonly [R in keyof typeof CAUSES]: Readonly<Record<`${(typeof CAUSES)[R][number]}`, CodeText>>;
} = {
  unauthorized: {
    'credentials-required': {
      meaning: 'The registry serves nothing without a login, or not this image, and no usable credential was found.',
      cure: 'Log in, or name the credentials: docs/credentials.md. If the message names a credential helper, install or repair it.',
    },
    'bad-credentials': {
      meaning: 'The registry rejected the credentials that a pull would use, even if the image is public.',
      cure: 'Log in again, or remove the credentials; `--anonymous` checks without them.',
    },
    'credentials-expired': {
      meaning: 'The registry says that the credentials have expired.',
      cure: 'Log in again. Tokens of Amazon ECR last 12 hours, of Google 1 hour, of Azure 3 hours.',
    },
    'token-rejected': {
      meaning: 'The registry rejects the token that its own token service has just issued.',
      cure: 'A login does not help. The operator must check signing key, issuer, service name and clock.',
    },
    'missing-or-private': {
      meaning: 'The image is private or does not exist. Most registries do not say which.',
      cure: 'Check the name. If it is correct, log in with an account that may pull it.',
    },
  },
  denied: {
    'no-access': {
      meaning: 'The credentials are valid, but may not pull this repository.',
      cure: 'Ask the owner of the repository for permission to pull.',
    },
    'missing-or-no-access': {
      meaning: 'The image does not exist, or may not be pulled with these credentials or without any.',
      cure: 'Check the name. If it is correct, use an account that may pull it.',
    },
    'policy-block': {
      meaning:
        'A policy of the registry blocks the image: a scan, a signature, curation, a quarantine, terms, a court.',
      cure: 'Ask the owner of the policy, or accept the terms.',
    },
    'network-block': {
      meaning: 'A firewall or CDN refuses this network or this client. It says nothing about permissions.',
      cure: 'Check from another network; have the operator allow this address, or the User-Agent kairos-pull.',
    },
  },
  'not-found': {
    repository: { meaning: 'The registry has no such repository.', cure: 'Check the spelling of the repository.' },
    tag: {
      meaning: 'The repository exists, the tag does not.',
      cure: 'Check the spelling of the tag, and whether the push has finished; `--wait 5m` waits for it.',
    },
    digest: {
      meaning: 'The repository has no manifest with this digest.',
      cure: 'Check the digest. A cache may know a digest only after a pull by tag.',
    },
    'weak-evidence': {
      meaning: 'The response was a 404, but without the error of a registry. `--expect absent` does not accept it.',
      cure: 'Check the host of the image, and anything in between that may have sent the 404.',
    },
    null: {
      meaning: 'The registry does not say whether the repository or the tag is missing.',
      cure: 'Check the spelling of both, and whether the push has finished.',
    },
  },
  incomplete: {
    'child-manifest': {
      meaning: 'The index lists a manifest for a platform, and the registry does not have it.',
      cure: 'Push the image again, with all of its platforms.',
    },
    config: { meaning: 'The config of the image is missing.', cure: 'Push the image again.' },
    layer: {
      meaning: 'A layer is missing. Only `--layers` notices.',
      cure: 'Push the image again, or have the registry restore the layer.',
    },
  },
  corrupt: {
    'child-manifest': {
      meaning: 'The manifest of a platform does not match its digest or size, or is not valid.',
      cure: 'Push the image again; then check caches and storage.',
    },
    config: {
      meaning: 'The config does not match its digest or size, or is not valid.',
      cure: 'Push the image again; then check caches and storage.',
    },
    layer: {
      meaning: "A layer's size differs from the manifest.",
      cure: 'Push the image again; then check caches and storage.',
    },
    'media-type': {
      meaning: 'The manifest is valid, but served under a Content-Type that runtimes refuse.',
      cure: 'Have the registry, or the proxy in front of it, send the media type of the manifest.',
    },
    'digest-mismatch': {
      meaning: 'The registry returned a different manifest from the one requested.',
      cure: 'Do not use it. Bypass the proxy or clear the cache; if that does not help, contact the operator.',
    },
    null: {
      meaning: 'The manifest itself is not valid.',
      cure: 'Push the image again.',
    },
  },
  unreachable: {
    dns: {
      meaning: 'The name of a host cannot be resolved.',
      cure: 'Check the spelling of the host, the DNS server and the VPN: docs/network.md.',
    },
    tcp: {
      meaning: 'There is no connection, or it was closed early.',
      cure: 'Check host and port, firewall and VPN.',
    },
    tls: {
      meaning:
        'TLS failed: an unknown CA, an expired certificate, a name mismatch, an outdated protocol version, or no TLS at all.',
      cure: 'The message names the fault. For a private CA, use `--ca-file`: docs/network.md.',
    },
    proxy: {
      meaning: 'The proxy refused, failed, or cannot be used.',
      cure: 'Correct the variable that the message names, or add the registry to `NO_PROXY`.',
    },
    timeout: {
      meaning: 'No complete response came in time.',
      cure: 'If the registry is slow, increase `--timeout`. If nothing responds at all, look for a firewall.',
    },
    'credential-helper': {
      meaning: 'A credential helper was too slow, and the image requires a login.',
      cure: 'Run the helper by hand; increase `--timeout`, or use other credentials.',
    },
    'private-address': {
      meaning: 'A public registry refers to a private address, which receives neither requests nor credentials.',
      cure: 'If that is intended, such as for a VPC endpoint, use `--allow-private`.',
    },
  },
  'registry-error': {
    registry: {
      meaning: 'The registry failed, also after retries.',
      cure: 'Try again later; look at its status page.',
    },
    'token-service': {
      meaning: 'The token service of the registry failed. The registry itself may be up.',
      cure: 'Try again later; tell the operator which host failed.',
    },
    upstream: {
      meaning: 'A system behind the registry failed: the registry that it mirrors, or its storage.',
      cure: 'Try again later, or check the image at its origin.',
    },
  },
  'rate-limited': {
    'pull-quota': {
      meaning: 'The quota of pulls is used up.',
      cure: 'Log in for a higher quota, wait, or use `--proof head`, which uses no pull on Docker Hub.',
    },
    'too-many-requests': {
      meaning: 'The registry limits requests, and the wait it asks for exceeds `--timeout`.',
      cure: 'Wait; lower `--concurrency`, or check less often.',
    },
    'login-lockout': {
      meaning: 'The registry locked the account after failed logins.',
      cure: 'Wait, then log in with the right password. Find what still uses the old one.',
    },
  },
  'not-a-registry': {
    intercepted: {
      meaning: 'A web page came instead of a registry response: a captive portal, a filter, a login page.',
      cure: 'Log in to the network, correct the proxy, or correct the host of the image.',
    },
    'not-oci': {
      meaning: 'The host responds, but not as a registry does.',
      cure: 'Check host and port of the image.',
    },
    'redirect-loop': {
      meaning: 'The redirects never end.',
      cure: 'The operator must correct the address of the registry.',
    },
    'insecure-redirect': {
      meaning: 'A redirect leaves https or leads to a forbidden address, so it was not followed.',
      cure: 'The operator must keep https.',
    },
    'bad-challenge': {
      meaning:
        'The challenge of a 401 cannot be used: it cannot be parsed, or names a token service that is not allowed.',
      cure: 'Check the host. If `realms` lists token services, add the right one.',
    },
  },
  'unresolved-variable': {
    'not-rendered': {
      meaning: 'A chart, a template, a remote resource or a program: its images are known only once it is rendered.',
      cure: 'Check what it renders: `helm template chart | kairos-pull check -f -`.',
    },
    'incomplete-name': {
      meaning: 'The file has only a part of the name: no tag, no registry, or a word that another system replaces.',
      cure: 'Complete the name, or check the file or the cluster that has all of it.',
    },
    null: {
      meaning: 'A variable in the name has no value here.',
      cure: 'Set the variable, or check the rendered file.',
    },
  },
};
