// The pull side of the distribution API, answered as CNCF distribution 2.8 answers it.

import { type Digest, isDigest } from '../core/digest.ts';
import { type Answer, errorAnswer, jsonAnswer, textAnswer } from './answer.ts';
import { answerBlob } from './blob-answer.ts';
import type { Content } from './content.ts';
import type { LoggedRequest } from './logged-request.ts';
import { acceptedTypes, negotiate } from './negotiation.ts';
import { createSchema1 } from './schema1.ts';
import type { Repository, Store } from './store.ts';

/** What a path asks for; `repository` is undefined for the base `/v2/`. */
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

export function answerPull(store: Store, route: Route, request: LoggedRequest): Answer {
  if (route.repository === undefined) return { ...jsonAnswer(200, {}), body: '{}' };
  const allowed = route.kind === 'tags' ? ['GET'] : ['GET', 'HEAD'];
  if (!allowed.includes(request.method)) {
    return textAnswer(405, 'Method not allowed\n', { allow: allowed.join(', ') });
  }
  const repository = store.find(route.repository);
  if (route.kind === 'tags') return answerTags(route.repository, repository);
  if (route.kind === 'manifests') return answerManifest(route.repository, repository, route.reference, request);
  if (!isDigest(route.reference)) {
    return errorAnswer(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', {});
  }
  return answerBlob(repository?.blobs.get(route.reference), route.reference, request);
}

function answerTags(name: string, repository: Repository | undefined): Answer {
  if (repository === undefined) {
    return errorAnswer(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  }
  return jsonAnswer(200, { name, tags: [...repository.tags.keys()] });
}

function answerManifest(
  name: string,
  repository: Repository | undefined,
  reference: string,
  { headers }: LoggedRequest,
): Answer {
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
  if (negotiated.kind === 'refused') return negotiated.answer;
  if (negotiated.kind === 'as-stored') return manifestAnswer(found);
  const image = negotiated.kind === 'schema1' ? found : defaultPlatformImage(repository, found);
  if (image === undefined) return manifestUnknown();
  const servedAsIs = negotiate(image.mediaType, accepted, byTag).kind !== 'schema1';
  return manifestAnswer(servedAsIs ? image : downgrade(name, reference, repository, image));
}

function manifestAnswer({ mediaType, digest, bytes }: Content): Answer {
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest, etag: `"${digest}"` };
  return { status: 200, headers, body: bytes };
}

function manifestUnknown(detail?: unknown): Answer {
  return errorAnswer(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
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
