// Image references as Docker reads them: distribution/reference, ParseNormalizedNamed and TagNameOnly.
//
//   reference      = name [ ":" tag ] [ "@" digest ]
//   name           = [ host [ ":" port ] "/" ] path-component *( "/" path-component )
//   host           = domain-component *( "." domain-component ) / "[" IPv6 "]"
//   path-component = alphanumeric *( separator alphanumeric )     ; alphanumeric = 1*( a-z / 0-9 )
//   separator      = "." / "_" / "__" / 1*"-"
//   tag            = ( ALPHA / DIGIT / "_" ) 0*127( ALPHA / DIGIT / "_" / "." / "-" )
//
// The part before the first slash is a host only if it contains a ".", a ":" or an uppercase letter, or is
// "localhost"; otherwise the host is docker.io. A single component on docker.io is an official image, under
// library/. Without tag and digest the tag is latest; with both the digest counts and the tag is kept.

import { type Digest, digestProblem, isDigest } from './digest.ts';
import { DOCKER_HUB, OLD_DOCKER_HUB } from './docker-hub.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { cleanText } from './text.ts';
import { userinfoEnd } from './userinfo.ts';

/** A complete image reference, with every default filled in. */
export type Reference = {
  /** Host with optional port, in its original case: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** Path without host: `library/nginx`. */
  readonly repository: string;
} & ({ readonly tag: string; readonly digest?: Digest } | { readonly tag?: never; readonly digest: Digest });

/** Why a text is not an image reference. */
export interface InvalidReference {
  /** One plain sentence. */
  readonly message: string;
  /** Where the invalid part begins, in UTF-16 code units from 0. */
  readonly offset: number;
}

type Problem = InvalidReference | undefined;

const TRANSPORT = 'docker://';

/** Much longer than any valid reference: 253 for a host, 255 for a path, 128 for a tag, 135 for a digest. */
const MAX_LENGTH = 4096;
const MAX_REPOSITORY_LENGTH = 255;
const MAX_TAG_LENGTH = 128;

const DOMAIN_COMPONENT = '[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*';
const HOST = new RegExp(`^(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[0-9A-Fa-f:]+\\])$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;

/** Parses a reference as Docker does, with Docker's defaults; a leading `docker://` is ignored. */
export function parseReference(text: string): Outcome<Reference, InvalidReference> {
  if (typeof text !== 'string') {
    const kind = text === null ? 'null' : Array.isArray(text) ? 'an array' : `a value of type ${typeof text}`;
    return failure({ message: `The image reference is ${kind}, not a string.`, offset: 0 });
  }
  if (text === '' || text === TRANSPORT) {
    return failure({ message: 'The image reference is empty; use one such as nginx:1.27.', offset: 0 });
  }
  const start = text.startsWith(TRANSPORT) ? TRANSPORT.length : 0;
  const body = text.slice(start);
  // First, because the other rules search the text repeatedly.
  if (body.length > MAX_LENGTH) return failure(tooLong(body, start));
  const hostStart = userinfoEnd(body);
  if (hostStart > 0) {
    const rest = quote(body.slice(hostStart), MAX_LENGTH);
    const message = `Image references cannot contain credentials; use ${rest}, and log in with docker login.`;
    return failure({ message, offset: start });
  }
  const { host, path, tag, digest } = split(body);
  const pathStart = start + (host === undefined ? 0 : host.length + 1);
  const tagStart = pathStart + path.length + 1;
  const digestStart = tag === undefined ? tagStart : tagStart + tag.length + 1;

  const registry = host === undefined || host === OLD_DOCKER_HUB ? DOCKER_HUB : host;
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;

  const problem =
    moved(start, textProblem(body)) ??
    moved(start, hostProblem(host, body)) ??
    moved(pathStart, pathProblem(path, body.slice(0, pathStart - start + path.length), body)) ??
    moved(pathStart, lengthProblem(repository)) ??
    moved(tagStart, tagProblem(tag, body)) ??
    moved(digestStart, digestPartProblem(digest, body));
  if (problem !== undefined) return failure(problem);

  if (isDigest(digest)) return success({ registry, repository, ...(tag !== undefined && { tag }), digest });
  return success({ registry, repository, tag: tag ?? 'latest' });
}

/** The canonical text, which parses to the same reference: `docker.io/library/nginx:latest`, `…:tag@sha256:…`. */
export function formatReference(reference: Reference): string {
  const { registry, repository, tag, digest } = reference;
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

interface Parts {
  readonly host: string | undefined;
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function split(body: string): Parts {
  const [first, afterSlash] = cut(body, '/');
  const hasHost =
    afterSlash !== undefined && (first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase());
  const [named, digest] = cut(hasHost ? afterSlash : body, '@');
  const [path, tag] = cut(named, ':');
  return { host: hasHost ? first : undefined, path, tag, digest };
}

function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

const quote = (part: string, maxLength = 60): string => `"${cleanText(part, maxLength)}"`;

const moved = (by: number, problem: Problem): Problem => problem && { ...problem, offset: problem.offset + by };

const tooLong = ({ length }: string, start: number): InvalidReference => ({
  message: `The reference is too long: ${length} characters, maximum ${MAX_LENGTH}.`,
  offset: start + MAX_LENGTH,
});

function textProblem(body: string): Problem {
  const blank = /[^!-~]/.test(body) ? /[\s\p{C}]/u.exec(body) : null;
  if (blank !== null) {
    const where = blank.index === 0 ? 'at the beginning' : `after ${quote(body.slice(0, blank.index))}`;
    const kind = blank[0] === ' ' ? 'spaces' : /\s/.test(blank[0]) ? 'whitespace' : 'invisible characters';
    const isBetween = blank.index > 0 && /\s/.test(blank[0]) && /\S/.test(body.slice(blank.index));
    const advice = isBetween ? ', or list two images separately' : '';
    const message = `There is ${nameBlank(blank[0])} ${where}; image references cannot contain ${kind}: remove it${advice}.`;
    return { message, offset: blank.index };
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(body)?.[0];
  if (scheme !== undefined) {
    const rest = imageOfEndpoint(body.slice(scheme.length));
    return {
      message: `An image reference is not a URL; use ${quote(rest, MAX_LENGTH)}.`,
      offset: 0,
    };
  }
  if (/^[a-f0-9]{64}$/.test(body)) {
    const message = `${quote(body)} is an image ID, not a name; to pull by digest use name@sha256:${body.slice(0, 8)}….`;
    return { message, offset: 0 };
  }
  return undefined;
}

/** `GET /v2/<name>/manifests/<reference>` and `GET /v2/<name>/tags/list` of the OCI distribution-spec. */
const ENDPOINT = /^([^/]+)\/v2\/(.+?)\/(?:manifests\/([^/?#]+)|tags\/list\/?)(?:[?#].*)?$/;

/** The image of an endpoint of a registry; otherwise the same. */
function imageOfEndpoint(url: string): string {
  const [, host, name, version] = ENDPOINT.exec(url) ?? [];
  if (host === undefined) return url;
  if (version === undefined) return `${host}/${name}`;
  return `${host}/${name}${version.includes(':') ? '@' : ':'}${version}`;
}

function nameBlank(character: string): string {
  if (character === ' ') return 'a space';
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${/\s/.test(character) ? 'whitespace' : 'an invisible character'} (U+${code})`;
}

function hostProblem(host: string | undefined, body: string): Problem {
  if (host === undefined) return undefined;
  const [name = host, port] = /^(.*?)(?::([^:\]]*))?$/s.exec(host)?.slice(1) ?? [];
  if (HOST.test(name)) {
    if (port === undefined || /^[0-9]+$/.test(port)) return undefined;
    const message =
      port === ''
        ? `The registry ${quote(host)} ends with a colon but no port; ${name.includes('.') ? `use ${quote(name + body.slice(host.length), MAX_LENGTH)}, or ` : ''}add a port.`
        : `${quote(port)} in the registry ${quote(host)} is not a port number; a tag goes at the end, after the last slash.`;
    return { message, offset: name.length + 1 };
  }
  if (name.includes('_')) {
    const message = `The registry host ${quote(name)} contains an underscore, which host names do not allow.`;
    return { message, offset: name.indexOf('_') };
  }
  if (/^[0-9A-Fa-f]*:[0-9A-Fa-f:]*$/.test(name)) {
    const message = `The registry host ${quote(host)} looks like an IPv6 address, which requires brackets, for example [::1]:5000/app.`;
    return { message, offset: 0 };
  }
  const message = `${quote(host)} is not a registry host; use one such as registry.example.com, localhost:5000 or [::1]:5000.`;
  return { message, offset: 0 };
}

/** `name`: the path with its host, as written. */
function pathProblem(path: string, name: string, body: string): Problem {
  if (path === '') {
    const where = name === '' ? 'at the beginning' : `after ${quote(name)}`;
    return { message: `There is no image name ${where}; use one such as nginx:1.27.`, offset: 0 };
  }
  const components = path.split('/');
  if (components.every((component) => PATH_COMPONENT.test(component))) return undefined;

  const lower = path.toLowerCase();
  if (lower !== path && lower.split('/').every((component) => PATH_COMPONENT.test(component))) {
    const lowered = name.toLowerCase() + body.slice(name.length);
    // The rest may be wrong too.
    const use = parseReference(lowered).ok ? quote(lowered, MAX_LENGTH) : 'lowercase letters only';
    const message = `The repository ${quote(path)} contains uppercase letters; use ${use}.`;
    return { message, offset: [...path].findIndex((character) => character !== character.toLowerCase()) };
  }

  const index = components.findIndex((component) => !PATH_COMPONENT.test(component));
  const component = components[index] ?? '';
  const offset = components.slice(0, index).join('/').length + (index === 0 ? 0 : 1);
  if (component === '') {
    const what =
      path.endsWith('/') && index === components.length - 1 ? 'ends with a slash' : 'has an empty path component';
    return { message: `${quote(path)} ${what}.`, offset };
  }
  const invalid = /[^a-z0-9._-]/u.exec(component);
  if (invalid !== null) {
    const message = `The repository ${quote(path)} contains ${quote(invalid[0])}; use only a-z, 0-9, ".", "_", "-" and "/".`;
    return { message, offset: offset + invalid.index };
  }
  const message = /^[a-z0-9].*[a-z0-9]$/.test(component)
    ? `${quote(component)} has too many separators in a row; join words with one ".", one or two "_", or any number of "-".`
    : `${quote(component)} must begin and end with a lowercase letter or a digit.`;
  return { message, offset };
}

function lengthProblem(repository: string): Problem {
  if (repository.length <= MAX_REPOSITORY_LENGTH) return undefined;
  const message = `The repository ${quote(repository)} is too long: ${repository.length} characters, maximum ${MAX_REPOSITORY_LENGTH}.`;
  return { message, offset: 0 };
}

function tagProblem(tag: string | undefined, body: string): Problem {
  if (tag === undefined) return undefined;
  if (tag === '') {
    return { message: `The tag after ":" is empty in ${quote(body)}; add one or remove the colon.`, offset: 0 };
  }
  const invalid = /[^\w.-]|^[.-]/u.exec(tag);
  if (invalid !== null) {
    const problem =
      invalid.index === 0 && /[.-]/.test(invalid[0])
        ? `begins with ${quote(invalid[0])}; a tag begins with a letter, a digit or "_"`
        : `contains ${quote(invalid[0])}; a tag contains only letters, digits, "_", "." and "-"`;
    const better = validTag(tag);
    const advice =
      better === undefined
        ? ''
        : `; perhaps ${quote(
            body.replace(`:${tag}`, () => `:${better}`),
            MAX_LENGTH,
          )}`;
    return { message: `The tag ${quote(tag)} ${problem}${advice}.`, offset: invalid.index };
  }
  if (tag.length > MAX_TAG_LENGTH) {
    const message = `The tag ${quote(tag)} is too long: ${tag.length} characters, maximum ${MAX_TAG_LENGTH}.`;
    return { message, offset: MAX_TAG_LENGTH };
  }
  return undefined;
}

/** Where it is clear: punctuation after it is not meant, and Helm replaces the "+" of a version by "_". */
function validTag(tag: string): string | undefined {
  const better = tag.replace(/[,;.:'")\]}>]+$/, '').replaceAll('+', '_');
  return /^\w[\w.-]*$/.test(better) && better.length <= MAX_TAG_LENGTH ? better : undefined;
}

function digestPartProblem(digest: string | undefined, body: string): Problem {
  if (digest === undefined) return undefined;
  if (digest === '') {
    return { message: `The digest after "@" is empty in ${quote(body)}; add one or remove the "@".`, offset: 0 };
  }
  const problem = digestProblem(digest);
  return problem === undefined ? undefined : { message: `The digest ${quote(digest)} ${problem}.`, offset: 0 };
}
