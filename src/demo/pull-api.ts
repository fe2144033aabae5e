// The pull side of the distribution API, with the responses of CNCF distribution 2.8.

import { type Digest, isDigest } from '../core/digest.ts';
import { type Content, MEDIA_TYPE } from './content.ts';
import type { LoggedRequest } from './logged-request.ts';
import { errorReply, jsonReply, type Reply, textReply } from './reply.ts';
import { createSchema1 } from './schema1.ts';
import type { Repository, Store } from './store.ts';

/** What a path refers to; `repository` is undefined for the base `/v2/`. */
export interface Route {
  readonly repository?: string;
  readonly kind: 'base' | 'manifests' | 'blobs' | 'tags';
  readonly reference: string;
}

const RESOURCE = /^\/v2\/(.+)\/(?:(manifests)\/([A-Za-z0-9_][\w.:+-]*)|(blobs)\/([^/]+:[^/]+)|(tags)\/(list))$/;

/** distribution-spec "Endpoints" end-1, end-2, end-3 and end-8a; undefined for every other path. */
export function routeOf(path: string): Route | undefined {
  if (path === '/v2/') return { kind: 'base', reference: '' };
  const match = RESOURCE.exec(path);
  if (match === null) return undefined;
  const kind = (match[2] ?? match[4] ?? match[6]) as 'manifests' | 'blobs' | 'tags';
  return { repository: match[1] ?? '', kind, reference: match[3] ?? match[5] ?? '' };
}

export function pullReply(store: Store, route: Route, request: LoggedRequest): Reply {
  if (route.repository === undefined) return { ...jsonReply(200, {}), body: '{}' };
  const allowed = route.kind === 'tags' ? ['GET'] : ['GET', 'HEAD'];
  if (!allowed.includes(request.method)) {
    return textReply(405, 'Method not allowed\n', { allow: allowed.join(', ') });
  }
  const repository = store.find(route.repository);
  if (route.kind === 'tags') return tagsReply(route.repository, repository);
  if (route.kind === 'manifests') return manifestReplyFor(route.repository, repository, route.reference, request);
  if (!isDigest(route.reference)) {
    return errorReply(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', {});
  }
  return blobReply(repository?.blobs.get(route.reference), route.reference, request);
}

function tagsReply(name: string, repository: Repository | undefined): Reply {
  if (repository === undefined) {
    return errorReply(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  }
  return jsonReply(200, { name, tags: [...repository.tags.keys()] });
}

function manifestReplyFor(
  name: string,
  repository: Repository | undefined,
  reference: string,
  { headers }: LoggedRequest,
): Reply {
  const byTag = !isDigest(reference);
  const digest = byTag ? repository?.tags.get(reference) : reference;
  if (repository === undefined || digest === undefined) {
    return manifestUnknown(byTag ? { Tag: reference } : { Name: name, Revision: reference });
  }
  const found = repository.manifests.get(digest);
  if (found === undefined) return manifestUnknown({ Name: name, Revision: digest });
  if (headers['if-none-match'] === `"${digest}"` || headers['if-none-match'] === digest) return { status: 304 };

  const accepted = acceptedTypes(headers.accept);
  const negotiated = negotiate(found.mediaType, accepted, byTag);
  if (typeof negotiated === 'object') return negotiated;
  if (negotiated === 'as-stored') return manifestReply(found);
  const image = negotiated === 'schema1' ? found : defaultPlatformImage(repository, found);
  if (image === undefined) return manifestUnknown();
  const servedAsIs = negotiate(image.mediaType, accepted, byTag) !== 'schema1';
  return manifestReply(servedAsIs ? image : downgrade(name, reference, repository, image));
}

function manifestReply({ mediaType, digest, bytes }: Content): Reply {
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest, etag: `"${digest}"` };
  return { status: 200, headers, body: bytes };
}

function manifestUnknown(detail?: unknown): Reply {
  return errorReply(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
}

function parse(content: Content | undefined): Record<string, unknown> {
  return content === undefined ? {} : JSON.parse(Buffer.from(content.bytes).toString());
}

function defaultPlatformImage(repository: Repository, list: Content): Content | undefined {
  const { manifests } = parse(list) as { manifests: { digest: string; platform?: Record<string, string> }[] };
  const entry = manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64');
  return entry && repository.manifests.get(entry.digest);
}

function downgrade(name: string, tag: string, repository: Repository, image: Content): Content {
  const { config, layers } = parse(image) as { config: { digest: string }; layers: { digest: Digest }[] };
  const { architecture } = parse(repository.blobs.get(config.digest)) as { architecture?: string };
  const digests = layers.map(({ digest }) => digest);
  return createSchema1({ repository: name, tag, layers: digests, ...(architecture && { architecture }) }).manifest;
}

type Negotiated = 'as-stored' | 'default-platform' | 'schema1' | Reply;

/**
 * Content negotiation as CNCF distribution 2.8 does it: exact types, q= ignored, a wildcard matches nothing. By tag, an
 * old client gets the linux/amd64 image of a list, and a schema 1 manifest made from an image.
 */
function negotiate(mediaType: string, accepted: ReadonlySet<string>, byTag: boolean): Negotiated {
  if (accepted.has(mediaType)) return 'as-stored';
  if (mediaType === MEDIA_TYPE.ociManifest) return notAccepted('OCI manifest', 'OCI manifests');
  if (mediaType === MEDIA_TYPE.ociIndex) return notAccepted('OCI index', 'OCI indexes');
  if (byTag && mediaType === MEDIA_TYPE.dockerList) return 'default-platform';
  if (byTag && mediaType === MEDIA_TYPE.dockerManifest) return 'schema1';
  return 'as-stored';
}

/** RFC 9110 section 12.5.1, without weights. */
function acceptedTypes(accept: string | undefined): ReadonlySet<string> {
  return new Set(accept?.split(',').map((range) => range.replace(/;.*/s, '').trim().toLowerCase()));
}

function notAccepted(found: string, unsupported: string): Reply {
  return errorReply(404, 'MANIFEST_UNKNOWN', `${found} found, but accept header does not support ${unsupported}`);
}

interface ByteRange {
  readonly first: number;
  readonly last: number;
}

function blobReply(blob: Content | undefined, digest: string, { headers }: LoggedRequest): Reply {
  if (blob === undefined) return errorReply(404, 'BLOB_UNKNOWN', 'blob unknown to registry', digest);
  const validators = { 'docker-content-digest': digest, etag: `"${digest}"`, 'cache-control': 'max-age=31536000' };
  if (headers['if-none-match'] === `"${digest}"`) return { status: 304, headers: validators };
  const described = { ...validators, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const range = parseRange(headers.range, blob.size);
  if (range === 'whole') return { status: 200, headers: described, body: blob.bytes };
  if (range === 'unsatisfiable') {
    return textReply(416, 'invalid range\n', { ...validators, 'content-range': `bytes */${blob.size}` });
  }
  const { first, last } = range;
  const contentRange = { 'content-range': `bytes ${first}-${last}/${blob.size}` };
  return { status: 206, headers: { ...described, ...contentRange }, body: blob.bytes.subarray(first, last + 1) };
}

/**
 * RFC 9110 section 14, as Go's file server does it: `bytes=first-last`, `bytes=first-` or `bytes=-length`. Several
 * ranges may get the whole.
 */
function parseRange(field: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  if (field === undefined || field.includes(',') || size === 0) return 'whole';
  const match = /^bytes=(\d*)-(\d*)$/.exec(field);
  if (match === null || field === 'bytes=-') return 'unsatisfiable';
  const suffix = match[1] === '';
  const first = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = suffix || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return first <= last ? { first, last } : 'unsatisfiable';
}
