// Container images in SBOMs: components of CycloneDX and packages of SPDX, in JSON or, for SPDX, YAML.
// https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md

import { parseReference } from '../core/reference.ts';
import { extractImages } from './document-images.ts';
import type { Extractor, Found } from './extractor.ts';
import { createRepeatFilter } from './pipeline-image.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

const CYCLONEDX = /["']bomFormat["'][ \t\r\n]*:[ \t\r\n]*["']CycloneDX["']/;
const SPDX = /^[ \t{]*["']?spdxVersion["']?[ \t]*:/m;

export const sbomExtractor: Extractor = {
  name: 'sbom',
  matches: (path, head) =>
    (path === '-' || /\.(?:json|ya?ml|cdx|spdx)$/i.test(path)) && (CYCLONEDX.test(head) || SPDX.test(head)),
  extract: (text, _, { signal }) => extractImages(text, sbomImages, { signal }),
};

function* sbomImages(document: YamlNode): Generator<Found> {
  const isNew = createRepeatFilter();
  const seen = new Set<YamlNode>();
  for (const found of allImages()) if (found !== undefined && isNew(found)) yield found;

  function* allImages(): Generator<Found | undefined> {
    const subject = nodeAt(document, 'metadata', 'component');
    if (subject !== undefined) yield componentImage(subject, 'metadata.component');
    yield* components(document, 'components');
    for (const [index, item] of itemsAt(document, 'packages').entries()) {
      yield packageImage(item, `packages[${index}]`);
    }
  }

  /** Components contain components. */
  function* components(parent: YamlNode, path: string): Generator<Found | undefined> {
    if (seen.has(parent)) return;
    seen.add(parent);
    for (const [index, component] of itemsAt(parent, 'components').entries()) {
      yield componentImage(component, `${path}[${index}]`);
      yield* components(component, `${path}[${index}].components`);
    }
  }
}

interface Described {
  readonly name: YamlNode;
  readonly text: string;
  readonly version: string;
  readonly purl: string;
  readonly isContainer: boolean;
  readonly path: string;
}

function componentImage(component: YamlNode, path: string): Found | undefined {
  const name = scalarAt(component, 'name');
  if (name === undefined) return undefined;
  return describedImage({
    name,
    text: name.text,
    version: textAt(component, 'version'),
    purl: textAt(component, 'purl'),
    isContainer: textAt(component, 'type') === 'container',
    path,
  });
}

function packageImage(item: YamlNode, path: string): Found | undefined {
  const name = scalarAt(item, 'name');
  if (name === undefined) return undefined;
  const purls = itemsAt(item, 'externalRefs').filter((each) => textAt(each, 'referenceType') === 'purl');
  const locators = purls.map((each) => textAt(each, 'referenceLocator'));
  return describedImage({
    name,
    text: name.text,
    version: textAt(item, 'versionInfo'),
    purl: locators.find((locator) => PURL.test(locator)) ?? '',
    isContainer: textAt(item, 'primaryPackagePurpose') === 'CONTAINER',
    path,
  });
}

const PURL = /^pkg:(oci|docker)\/([^@?#]+)(?:@([^?#]+))?(?:\?([^#]*))?/i;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** The package URL is the most exact; without a repository in it, the name and version are. */
function describedImage({ name, text, version, purl, isContainer, path }: Described): Found | undefined {
  const parsed = parsePurl(purl);
  if (parsed === undefined && !isContainer) return undefined;
  const digest = parsed?.digest ?? (DIGEST.test(version) ? version : undefined);
  const base = parsed?.repository ?? text;
  const tag = parsed?.tag ?? (TAG.test(version) ? version : undefined);
  const hasTag = base.lastIndexOf(':') > base.lastIndexOf('/') || base.includes('@');
  const image = `${base}${hasTag || tag === undefined ? '' : `:${tag}`}${digest === undefined || base.includes('@') ? '' : `@${digest}`}`;
  const found: Found = { text: image, line: name.line, path };
  if (!parseReference(image).ok) {
    return {
      ...found,
      text,
      skip: { reason: 'unresolved-variable', cause: 'incomplete-name', message: 'Not the reference of an image.' },
    };
  }
  if (hasTag || tag !== undefined || digest !== undefined) return found;
  return {
    ...found,
    skip: {
      reason: 'unresolved-variable',
      cause: 'incomplete-name',
      message: 'The SBOM has neither its tag nor its digest.',
    },
  };
}

interface Purl {
  /** Undefined: the type `oci` has no default registry. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

function parsePurl(text: string): Purl | undefined {
  const [, type = '', path = '', version = '', qualifiers = ''] = PURL.exec(text) ?? [];
  if (type === '') return undefined;
  const values = new URLSearchParams(qualifiers);
  const decoded = decode(version);
  const url = (values.get('repository_url') ?? '').replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const name = decode(path);
  const tag = values.get('tag') ?? (DIGEST.test(decoded) ? '' : decoded);
  // Writers disagree on whether the repository's own name is part of its URL.
  const last = name.split('/').at(-1) ?? name;
  const isWhole = url.split('/').at(-1)?.toLowerCase() === last.toLowerCase() && url.includes('/');
  const repository =
    type.toLowerCase() === 'docker' ? (url === '' ? name : `${url}/${name}`) : isWhole ? url : `${url}/${name}`;
  return {
    ...(url === '' && type.toLowerCase() === 'oci' ? {} : { repository }),
    ...(TAG.test(tag) && { tag }),
    ...(DIGEST.test(decoded) && { digest: decoded }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
