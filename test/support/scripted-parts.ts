// A registry that holds two images and their index, scripted part by part.

import { type Platform, parsePlatform } from '../../src/core/platform.ts';
import type { Script } from './fake-send.ts';
import { type Content, descriptorOf, imageOf, indexOf, layerOf, linux } from './image-bytes.ts';
import { refuses, serves } from './scripted-check.ts';

export const BASE = layerOf('base');
export const AMD64 = imageOf({ os: 'linux', architecture: 'amd64' }, [BASE, layerOf('amd64')]);
export const ARM64 = imageOf({ os: 'linux', architecture: 'arm64' }, [BASE, layerOf('arm64')]);
export const ENTRIES = [descriptorOf(AMD64, linux('amd64')), descriptorOf(ARM64, linux('arm64'))];
export const INDEX = indexOf(ENTRIES);
export const [APP] = AMD64.layers.slice(1) as [Content];

export const manifest = ({ digest }: Content, method = '') => `${method}/v2/team/app/manifests/${digest}`;
export const blob = ({ digest }: Content, method = '') => `${method}/v2/team/app/blobs/${digest}`;

/** 200 by HEAD, 206 for the first byte by GET. */
export const serveBlob = (content: Content): Script => ({
  [blob(content, 'HEAD ')]: { headers: { 'content-length': String(content.size) } },
  [blob(content, 'GET ')]: { status: 206, headers: { 'content-range': `bytes 0-0/${content.size}` } },
});

export const serveImage = (image: typeof AMD64): Script => ({
  [manifest(image)]: serves(image),
  ...Object.assign({}, ...[image.config, ...image.layers].map(serveBlob)),
});

/** Tag 1, by tag and by digest. */
export const tagged = (content: Content): Script => ({
  '/v2/team/app/manifests/1': serves(content),
  [manifest(content)]: serves(content),
});

export const ONE: Script = { ...serveImage(AMD64), ...tagged(AMD64) };
export const BOTH: Script = { ...serveImage(AMD64), ...serveImage(ARM64), ...tagged(INDEX) };
export const MISSING = refuses(404, 'BLOB_UNKNOWN', 'blob unknown to registry');

export const platforms = (...texts: string[]): readonly Platform[] =>
  texts.map((text) => {
    const parsed = parsePlatform(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value;
  });
