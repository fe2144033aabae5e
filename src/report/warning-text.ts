// What each warning means and what helps, in general: docs/reasons.md.

import type { WarningCode } from '../core/result.ts';
import type { CodeText } from './cause-text.ts';

export const WARNING_TEXTS: Readonly<Record<WarningCode, CodeText>> = {
  'stale-credentials': {
    meaning: 'Stored credentials were rejected, and others were accepted. docker tries only one source, and fails.',
    cure: 'Log in again, or log out.',
  },
  'quota-exhausted': {
    meaning: 'The image exists, but the quota of pulls is used up: a pull would be refused now.',
    cure: 'Log in for a higher quota, or wait.',
  },
  'registry-warning': {
    meaning: 'The registry sent a `Warning` header; the message quotes it.',
    cure: 'Often a registry is about to close: read it.',
  },
  'digest-header-mismatch': {
    meaning: '`Docker-Content-Digest` does not match the content. containerd relies on the header, and fails.',
    cure: 'Have the registry or its cache repaired.',
  },
  'blob-size-unknown': {
    meaning: 'The registry does not say how large a blob is, so its size was not verified.',
    cure: 'No action is needed.',
  },
  'manifest-media-type': {
    meaning: 'A manifest has a media type that differs from its index.',
    cure: 'Push the image again with a current tool.',
  },
  'manifest-head': {
    meaning: 'HEAD does not give the same response as GET. containerd relies on HEAD, and fails.',
    cure: 'Have the registry, or the proxy in front of it, handle HEAD as GET.',
  },
  'config-media-type': {
    meaning: 'The config has a media type that some runtimes refuse.',
    cure: 'Build the image again with a current tool.',
  },
  'config-field': {
    meaning: 'A field of the config is not valid for some runtimes.',
    cure: 'Build the image again with a current tool.',
  },
  'layer-media-type': {
    meaning: 'A layer has a media type that some runtimes refuse, or is encrypted.',
    cure: 'Build the image again, or give the nodes the key.',
  },
  'layer-descriptor': {
    meaning: 'The manifest describes a layer in a way that some runtimes refuse: another digest algorithm, size 0.',
    cure: 'Build the image again with a current tool.',
  },
  'layer-url': {
    meaning: 'A layer is at another host, as in Windows images, and that host does not serve it.',
    cure: 'Check from the network of the nodes, or push the layer to the registry.',
  },
  'layer-count': {
    meaning: 'The image has more layers than some runtimes accept.',
    cure: 'Squash layers when building.',
  },
  'index-entry': {
    meaning: 'An entry of the index misleads some runtimes, or cannot be pulled.',
    cure: 'Build and push the index again.',
  },
  'nested-index': {
    meaning: 'The image is in an index inside an index, which podman refuses.',
    cure: 'Push a single index.',
  },
  'platform-unclear': {
    meaning: 'The platform of the image is incomplete, or requires features that a host may lack.',
    cure: 'Build the image again with its complete platform.',
  },
  'helper-missing': {
    meaning: 'A credential helper is configured, but not on the `PATH`. The check went on without it.',
    cure: 'Install it, or remove it from the file that the message names.',
  },
  'helper-failed': {
    meaning: 'A credential helper failed or was too slow. The check went on without it.',
    cure: 'Run it by hand, as the message shows.',
  },
  'helper-output': {
    meaning: 'A credential helper printed more than its JSON object, which oras refuses.',
    cure: 'Make it print only the object.',
  },
  'credentials-file': {
    meaning: 'A credentials file, or an entry of it, cannot be used. The check went on without it.',
    cure: 'Log in again, or correct the file.',
  },
  'certificates-file': {
    meaning: 'A certificate file cannot be used. The check went on without it.',
    cure: 'Correct the file or the variable that names it.',
  },
  'http2-only': {
    meaning: 'The registry accepts HTTP/2 only, which skopeo, podman and ctr do not offer.',
    cure: 'Have the registry accept HTTP/1.1 too.',
  },
  'foreign-realm': {
    meaning: 'The token service is on another site than the registry, and received the credentials, as in a pull.',
    cure: 'If it is the right one, list it under `realms` of the registry.',
  },
  'insecure-redirect': {
    meaning: 'Content was redirected from https to http. No credentials were sent there.',
    cure: 'Have the registry keep https.',
  },
  'response-status': {
    meaning: 'The registry sent a success status other than 200, which only containerd accepts.',
    cure: 'Have the registry send 200.',
  },
  'mirror-config': {
    meaning: 'A mirror file has something that a runtime reads differently.',
    cure: 'Correct the file that the message names.',
  },
  'mirror-missing': {
    meaning: 'A mirror does not have the image, so the next one, or the registry, served it.',
    cure: 'No action is needed, unless the mirror should have it.',
  },
  'mirror-failed': {
    meaning: 'A mirror gave no definite answer, so the next one was tried.',
    cure: 'Repair the mirror, or remove it from the configuration.',
  },
};
