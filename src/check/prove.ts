// Asks about one image, as far as was wanted: its manifest, the images in it, their configs and layers.

import type { Answer } from '../auth/authenticate.ts';
import type { Digest } from '../core/digest.ts';
import { type BlobSummary, judgementOf, type Proof, type Warning } from '../core/result.ts';
import type { RegistryClient } from '../registry/client.ts';
import { publishedPlatforms } from '../registry/index-entries.ts';
import { askManifest, type Manner } from './ask-manifest.ts';
import { type Finding, find, type Question } from './finding.ts';
import { createPartReader } from './part-reader.ts';
import type { HeadlessHosts } from './prove-blob.ts';
import { proveLayers } from './prove-layers.ts';
import { type PlatformImage, provePlatforms, showPlatform, type Wanted } from './prove-platforms.ts';

export interface ProofSettings {
  /** Unset: `manifest`, and `head` where the registry counts a manifest GET as a pull. */
  readonly proof: Proof | undefined;
  /** The platforms that must be there; unset: none in particular. */
  readonly wanted: Wanted | undefined;
}

/** What was learned of an image, and how far the check looked. */
export interface Proven {
  /** The answer to the manifest question. */
  readonly answer: Answer;
  readonly proof: Proof;
  /** Unset: it can be pulled. */
  readonly finding?: Finding | undefined;
  readonly digest?: Digest;
  readonly mediaType?: string;
  readonly platforms?: readonly string[];
  readonly warnings?: readonly Warning[];
  /** The images of the asked platforms. */
  readonly images?: readonly PlatformImage[];
  readonly blobs?: BlobSummary;
}

export async function prove(
  client: RegistryClient,
  question: Question,
  settings: ProofSettings,
  headless: HeadlessHosts,
): Promise<Proven> {
  const { level, manner } = plan(settings, question);
  const { answer, proof, outcome } = await askManifest(client, question, manner);
  if (!outcome.ok) return { answer, proof, finding: outcome.error };
  const { manifest, digest, mediaType, warnings } = outcome.value;
  const platforms =
    manifest?.kind === 'index' ? [...new Set(publishedPlatforms(manifest).map(showPlatform))] : undefined;
  const known: Proven = { answer, proof, digest, mediaType, warnings, ...(platforms && { platforms }) };
  const wanted = settings.wanted ?? (level === 'layers' ? (['every'] as const) : undefined);
  if (manifest === undefined || wanted === undefined) return known;

  const images = await provePlatforms(createPartReader(client, question), question, manifest, wanted);
  if (!images.ok) return { ...known, finding: images.error };
  const selected: Proven = settings.wanted === undefined ? known : { ...known, images: images.value };
  if (level !== 'layers') return selected;

  const [layers, stale] = await Promise.all([
    proveLayers(client, question, images.value, headless),
    // Where the registry's own digest is another, nobody would ask for this one.
    warnings.length === 0 ? proveDigest(client, question, digest) : undefined,
  ]);
  const finding = layers.finding ?? stale;
  return { ...selected, ...layers, proof: 'layers', finding, warnings: [...warnings, ...layers.warnings] };
}

function plan({ proof, wanted }: ProofSettings, { known }: Question): { level: Proof; manner: Manner } {
  if (proof === 'layers') return { level: 'layers', manner: 'get' };
  if (proof === 'manifest' || wanted !== undefined) return { level: 'manifest', manner: 'get' };
  if (proof === 'head') return { level: 'head', manner: 'head' };
  return known.countsManifestGets ? { level: 'head', manner: 'thrifty' } : { level: 'manifest', manner: 'get' };
}

/** Runtimes resolve a tag, then ask by digest: a stale cache has the one and not the other. */
async function proveDigest(client: RegistryClient, question: Question, digest: Digest): Promise<Finding | undefined> {
  const { registry, repository, tag, digest: pinned } = question.reference;
  if (pinned !== undefined) return undefined;
  const { outcome } = await askManifest(client, { ...question, reference: { registry, repository, digest } }, 'head');
  if (outcome.ok || judgementOf(outcome.error.reason).verdict !== 'unpullable') return undefined;
  if (outcome.error.reason !== 'not-found') return outcome.error;
  const message = `The tag ${tag} leads to ${digest}, but that digest is not served: a cache on the way is stale.`;
  const hint = 'A pull would fail, since runtimes pull by digest. Clear the cache, or push the image again.';
  return find('not-found', 'digest', message, hint, outcome.error.registryErrors);
}
