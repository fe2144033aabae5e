// Asks for every config and layer of the images once, all at once, without downloading any of them.

import type { Answer } from '../auth/authenticate.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { BlobSummary, Problem } from '../core/result.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Descriptor } from '../registry/manifest.ts';
import { type Finding, find, type Part, type Question } from './finding.ts';
import { judgeAnswer } from './judge-answer.ts';
import { mapLimited } from './map-limited.ts';
import type { PlatformImage } from './prove-platforms.ts';

interface Blob {
  readonly descriptor: Descriptor;
  readonly kind: Part['kind'] & ('config' | 'layer');
  readonly platform: string | null;
  /** 1-based. */
  readonly layer: number | null;
}

/** Registries whose blob HEAD was refused although a GET is served: the next blob starts with the GET. */
export type HeadlessHosts = Set<string>;

const IN_FLIGHT = 64;
const MAX_NAMED = 5;

export async function proveLayers(
  client: RegistryClient,
  question: Question,
  images: readonly PlatformImage[],
  headless: HeadlessHosts,
): Promise<Outcome<BlobSummary, Finding & { readonly problems: readonly Problem[] }>> {
  const blobs = distinctBlobs(images);
  const bytes = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const findings = await mapLimited(blobs, IN_FLIGHT, (blob) => proveBlob(client, question, blob, headless));
  const found = blobs.flatMap((blob, at) => {
    const finding = findings[at];
    return finding === undefined ? [] : [{ blob, finding }];
  });
  if (found.length === 0) return success({ count: blobs.length, bytes });
  found.sort((a, b) => weight(a.finding) - weight(b.finding));
  const problems = found.map(({ blob, finding }) => problemOf(blob, finding));
  const [first] = found as [{ blob: Blob; finding: Finding }];
  return failure({ ...first.finding, message: summaryOf(found, blobs.length), problems });
}

/** A definite no outranks a doubt. */
const weight = ({ reason }: Finding): number => {
  const order = ['incomplete', 'corrupt', 'denied', 'unauthorized'].indexOf(reason);
  return order < 0 ? order + 100 : order;
};

function distinctBlobs(images: readonly PlatformImage[]): Blob[] {
  const blobs = new Map<string, Blob>();
  for (const { platform, manifest, configRead } of images) {
    const parts: Blob[] = [
      ...(configRead ? [] : [{ descriptor: manifest.config, kind: 'config', platform, layer: null } as const]),
      ...manifest.layers.map((descriptor, at) => ({ descriptor, kind: 'layer', platform, layer: at + 1 }) as const),
    ];
    for (const blob of parts) if (!blobs.has(blob.descriptor.digest)) blobs.set(blob.descriptor.digest, blob);
  }
  return [...blobs.values()];
}

async function proveBlob(
  client: RegistryClient,
  image: Question,
  blob: Blob,
  headless: HeadlessHosts,
): Promise<Finding | undefined> {
  const { descriptor, kind } = blob;
  const question: Question = { ...image, part: { kind, name: nameOf(blob) } };
  const judge = (answer: Answer): Finding | undefined => judgeBlob(question, blob, answer);
  const foreign = (descriptor.urls ?? []).filter(isWebAddress);
  if (foreign.length > 0) return proveForeign(client, foreign, judge);
  if (!headless.has(image.host)) {
    const answer = await client.blob('HEAD', descriptor.digest, kind === 'config' ? 'config' : 'blob');
    const finding = judge(answer);
    // Only a GET settles it: HEADs of blobs are refused, misjudged or mismeasured by many a store.
    if (finding === undefined || !isWorthGet(answer)) return finding;
    const again = await client.blob('GET', descriptor.digest, kind === 'config' ? 'config' : 'blob');
    const settled = judge(again);
    if (settled === undefined && answer.kind === 'response' && answer.response.status >= 400) headless.add(image.host);
    return settled;
  }
  return judge(await client.blob('GET', descriptor.digest, kind === 'config' ? 'config' : 'blob'));
}

async function proveForeign(
  client: RegistryClient,
  urls: readonly string[],
  judge: (answer: Answer) => Finding | undefined,
): Promise<Finding | undefined> {
  let finding: Finding | undefined;
  for (const url of urls) {
    finding = judge(await client.foreign('HEAD', new URL(url)));
    if (finding !== undefined) finding = judge(await client.foreign('GET', new URL(url)));
    if (finding === undefined) return undefined;
  }
  return finding;
}

const isWebAddress = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const isWorthGet = (answer: Answer): boolean =>
  answer.kind === 'response' &&
  answer.response.status !== 429 &&
  (answer.response.status < 500 || answer.response.status === 501);

function judgeBlob(question: Question, { descriptor, kind }: Blob, answer: Answer): Finding | undefined {
  // 416: the range starts behind the end of an empty blob.
  if (answer.kind !== 'response' || ![200, 206, 416].includes(answer.response.status))
    return judgeAnswer(question, answer);
  const size = sizeOf(answer.response);
  if (size === undefined || size === descriptor.size) return undefined;
  const name = `T${(question.part as Part).name.slice(1)}`;
  return find(
    'corrupt',
    kind,
    `${name} has ${size} bytes, the manifest says ${descriptor.size}.`,
    'A pull would fail. Push the image again, or have the registry restore it.',
  );
}

/** The whole size of the blob as the answer tells it (RFC 9110 sections 8.6 and 14.4); undefined when it does not. */
function sizeOf({ status, headers }: (Answer & { kind: 'response' })['response']): number | undefined {
  const text =
    status === 200
      ? headers.get('content-encoding') === undefined
        ? headers.get('content-length')
        : undefined
      : /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function nameOf({ descriptor, kind, platform, layer }: Blob): string {
  const what = kind === 'config' ? 'the config' : `the layer ${layer}`;
  return `${what}${platform === null ? '' : ` of ${platform}`} (${descriptor.digest}, ${descriptor.mediaType})`;
}

const problemOf = (blob: Blob, { reason, cause, message }: Finding): Problem => ({
  reason,
  cause,
  digest: blob.descriptor.digest,
  mediaType: blob.descriptor.mediaType,
  platform: blob.platform,
  layer: blob.layer,
  message,
});

function summaryOf(found: readonly { blob: Blob; finding: Finding }[], total: number): string {
  if (found.length === 1) return (found[0] as { finding: Finding }).finding.message;
  const named = found.slice(0, MAX_NAMED).map(({ blob }) => nameOf(blob));
  const more = found.length > MAX_NAMED ? ` and ${found.length - MAX_NAMED} more` : '';
  return `${found.length} of ${total} blobs cannot be pulled: ${named.join('; ')}${more}.`;
}
