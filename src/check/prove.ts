// Proves that one image can be pulled, as far as requested: its manifest, the images in it, their configs and layers.

import type { AuthOutcome } from '../auth/authenticate.ts';
import type { Digest } from '../core/digest.ts';
import type { BlobSummary, Proof, Warning } from '../core/result.ts';
import type { RegistryClient } from '../registry/client.ts';
import { publishedPlatforms } from '../registry/index-entries.ts';
import { contentWarnings } from './content-warnings.ts';
import { type FetchMethod, fetchManifest, headWarnings, type ServedManifest } from './fetch-manifest.ts';
import { type CheckedImage, type Finding, finding, worstOf } from './finding.ts';
import { advise } from './hint.ts';
import { createPartReader } from './part-reader.ts';
import { proveLayers } from './prove-layers.ts';
import { type PlatformImage, provePlatforms, type RequiredPlatforms, showPlatform } from './prove-platforms.ts';

export interface ProofSettings {
  /** Unset: `manifest`, or `head` if the registry counts a manifest GET as a pull. */
  readonly proof: Proof | undefined;
  /** The platforms that must be available; unset: none in particular. */
  readonly platforms: RequiredPlatforms | undefined;
  /** Called with the digests that the index of the image lists, if it was read. */
  readonly onIndex?: ((digests: readonly string[]) => void) | undefined;
}

/** What was learned about an image, and how far the check went. */
export interface Proven {
  /** Of the request for the manifest. */
  readonly outcome: AuthOutcome;
  readonly proof: Proof;
  /** Unset: it can be pulled. */
  readonly finding?: Finding | undefined;
  readonly digest?: Digest;
  readonly mediaType?: string;
  readonly platforms?: readonly string[];
  readonly warnings?: readonly Warning[];
  /** The images of the required platforms. */
  readonly images?: readonly PlatformImage[];
  readonly blobs?: BlobSummary;
}

export async function prove(client: RegistryClient, image: CheckedImage, settings: ProofSettings): Promise<Proven> {
  const { level, method } = planProof(settings, image);
  const { outcome, proof, served } = await fetchManifest(client, image, method);
  if (!served.ok) return { outcome, proof, finding: served.error };
  const { manifest, digest, mediaType, warnings } = served.value;
  if (manifest?.kind === 'index') settings.onIndex?.(manifest.manifests.map((entry) => entry.digest));
  const published =
    manifest?.kind === 'index' ? [...new Set(publishedPlatforms(manifest).map(showPlatform))] : undefined;
  const alone = manifest?.kind === 'manifest' ? [{ platform: null, manifest }] : [];
  const known: Proven = {
    outcome,
    proof,
    digest,
    mediaType,
    warnings: [...warnings, ...contentWarnings(image, manifest, alone)],
    ...(published && { platforms: published }),
  };
  const required = settings.platforms ?? (level === 'layers' ? (['every'] as const) : undefined);
  if (manifest === undefined || required === undefined) return known;

  const images = await provePlatforms(createPartReader(client, image), image, manifest, required);
  if (!images.ok) return { ...known, finding: images.error };
  const content = [...warnings, ...contentWarnings(image, manifest, images.value)];
  const selected: Proven = {
    ...known,
    warnings: content,
    ...(settings.platforms !== undefined && { images: images.value }),
  };
  if (level !== 'layers') return selected;

  const [layers, stale] = await Promise.all([
    proveLayers(client, image, images.value),
    // A runtime would not request this digest if the registry's own header has another one.
    warnings.some(({ code }) => code === 'digest-header-mismatch')
      ? NOTHING_TO_PROVE
      : proveDigest(client, image, served.value),
  ]);
  const [first, ...others] = [layers.finding, stale.finding].filter((it) => it !== undefined);
  const found = first && worstOf([first, ...others], (it) => it);
  const all = [...content, ...layers.warnings, ...stale.warnings];
  return { ...selected, ...layers, proof: 'layers', finding: found, warnings: all };
}

function planProof(
  { proof, platforms }: ProofSettings,
  { known }: CheckedImage,
): { readonly level: Proof; readonly method: FetchMethod } {
  if (proof === 'layers') return { level: 'layers', method: 'get' };
  if (proof === 'manifest' || platforms !== undefined) return { level: 'manifest', method: 'get' };
  if (proof === 'head') return { level: 'head', method: 'head' };
  if (known.countsManifestGets) return { level: 'head', method: 'head-unless-unclear' };
  return { level: 'manifest', method: 'get' };
}

interface DigestProof {
  readonly finding?: Finding;
  readonly warnings: readonly Warning[];
}

const NOTHING_TO_PROVE: DigestProof = { warnings: [] };

/** Runtimes resolve the tag and then request the digest: a stale cache may serve only the tag. */
async function proveDigest(client: RegistryClient, image: CheckedImage, tagged: ServedManifest): Promise<DigestProof> {
  const { registry, repository, tag, digest: pinned } = image.reference;
  const { digest } = tagged;
  if (pinned !== undefined) return NOTHING_TO_PROVE;
  const { served, outcome } = await fetchManifest(
    client,
    { ...image, reference: { registry, repository, digest } },
    'head-or-get',
  );
  if (served.ok) {
    const byHead = served.value.manifest === undefined && outcome.kind === 'response';
    return { warnings: byHead ? headWarnings(outcome.response, tagged) : served.value.warnings };
  }
  if (served.error.reason !== 'not-found') {
    const message = `The tag ${tag} resolves to ${digest}, which runtimes pull by digest. ${served.error.message}`;
    return { finding: { ...served.error, message }, warnings: [] };
  }
  const message = `The tag ${tag} resolves to ${digest}, but that digest is not served: a cache in between is stale.`;
  const hint = advise(
    'push-again',
    'A pull would fail, because runtimes pull by digest. Clear the cache, or push the image again.',
  );
  const { registryErrors: errors } = served.error;
  // Not missing: skopeo and podman pull it by its tag alone.
  return { finding: finding({ reason: 'corrupt', cause: null, message, hint }, { errors }), warnings: [] };
}
