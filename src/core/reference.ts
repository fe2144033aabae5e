// Image references as Docker reads them: distribution/reference, ParseNormalizedNamed and TagNameOnly.
//
//   reference      = name [ ":" tag ] [ "@" digest ]
//   name           = [ host [ ":" port ] "/" ] path-component *( "/" path-component )
//   host           = domain-component *( "." domain-component ) / "[" IPv6 "]"
//   path-component = alphanumeric *( separator alphanumeric )     ; alphanumeric = 1*( a-z / 0-9 )
//   separator      = "." / "_" / "__" / 1*"-"
//   tag            = ( ALPHA / DIGIT / "_" ) 0*127( ALPHA / DIGIT / "_" / "." / "-" )
//
// What is before the first slash is a host only when it has a ".", a ":" or an upper-case letter, or is
// "localhost"; otherwise the host is docker.io. A single component on docker.io is an official image, under
// library/. Without tag and digest the tag is latest; with both the digest decides and the tag is kept.

import { type Digest, digestProblem, isDigest } from './digest.ts';
import { DOCKER_HUB, registryOfHost } from './docker-hub.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { cleanText } from './text.ts';
import { userinfoEnd } from './userinfo.ts';

/** A complete image reference: nothing is left to default. */
export type Reference = {
  /** Host with optional port, in the case it was written, e.g. `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** Path without host, e.g. `library/nginx`. */
  readonly repository: string;
} & ({ readonly tag: string; readonly digest?: Digest } | { readonly tag?: never; readonly digest: Digest });

/** Why a text is not a reference. */
export interface InvalidReference {
  /** One plain sentence. */
  readonly message: string;
  /** Where in the text the offending part is, in UTF-16 code units from 0. */
  readonly offset: number;
}

type Problem = InvalidReference | undefined;

const TRANSPORT = 'docker://';

/** No real reference comes near: 253 for a host, 255 for a path, 128 for a tag, 135 for a digest. */
const MAX_LENGTH = 4096;
const MAX_REPOSITORY_LENGTH = 255;
const MAX_TAG_LENGTH = 128;

const DOMAIN_COMPONENT = '[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*';
const HOST = new RegExp(`^(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[0-9A-Fa-f:]+\\])$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;

/** Reads a reference as Docker would and fills in what Docker fills in; `docker://` in front is dropped. */
export function parseReference(text: string): Outcome<Reference, InvalidReference> {
  if (typeof text !== 'string' || text === '' || text === TRANSPORT) {
    return failure({ message: 'The image reference is empty; name an image, as in nginx:1.27.', offset: 0 });
  }
  const start = text.startsWith(TRANSPORT) ? TRANSPORT.length : 0;
  const body = text.slice(start);
  // First of all: what follows looks through the text again and again.
  if (body.length > MAX_LENGTH) return failure(tooLong(body, start));
  const login = userinfoEnd(body);
  if (login > 0) {
    const rest = quote(body.slice(login), MAX_LENGTH);
    const message = `Leave the login out: an image reference has none; write ${rest}, and log in with docker login.`;
    return failure({ message, offset: start });
  }
  const { host, path, tag, digest } = split(body);
  const pathStart = start + (host === undefined ? 0 : host.length + 1);
  const tagStart = pathStart + path.length + 1;
  const digestStart = tag === undefined ? tagStart : tagStart + tag.length + 1;

  const registry = host === undefined ? DOCKER_HUB : registryOfHost(host);
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;

  const problem =
    moved(start, textProblem(body)) ??
    moved(start, hostProblem(host)) ??
    moved(pathStart, pathProblem(path, text.slice(start, pathStart + path.length))) ??
    moved(pathStart, lengthProblem(repository)) ??
    moved(tagStart, tagProblem(tag, body)) ??
    moved(digestStart, digestPartProblem(digest, body));
  if (problem !== undefined) return failure(problem);

  if (isDigest(digest)) return success({ registry, repository, ...(tag !== undefined && { tag }), digest });
  return success({ registry, repository, tag: tag ?? 'latest' });
}

/** The canonical text, which parses to the same reference: `docker.io/library/nginx:latest`, `…:tag@sha256:…`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
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
  message: `The text has ${length} characters; an image reference has at most ${MAX_LENGTH}.`,
  offset: start + MAX_LENGTH,
});

function textProblem(body: string): Problem {
  const blank = /[\s\p{C}]/u.exec(body);
  if (blank !== null) {
    const code = (blank[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const where = blank.index === 0 ? 'at the beginning' : `after ${quote(body.slice(0, blank.index))}`;
    const message = `There is a blank or invisible character (U+${code}) ${where}; an image reference has none.`;
    return { message, offset: blank.index };
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(body)?.[0];
  if (scheme !== undefined) {
    const rest = body.slice(scheme.length);
    return {
      message: `Leave ${quote(scheme)} out: an image reference is no URL; write ${quote(rest, MAX_LENGTH)}.`,
      offset: 0,
    };
  }
  if (/^[a-f0-9]{64}$/.test(body)) {
    const message = `${quote(body)} is an image ID, not a name; to pull by digest write name@sha256:${body.slice(0, 8)}….`;
    return { message, offset: 0 };
  }
  return undefined;
}

function hostProblem(host: string | undefined): Problem {
  if (host === undefined) return undefined;
  const [name = host, port] = /^(.*?)(?::([^:\]]*))?$/s.exec(host)?.slice(1) ?? [];
  if (HOST.test(name)) {
    if (port === undefined || /^[0-9]+$/.test(port)) return undefined;
    const message =
      port === ''
        ? `The registry ${quote(host)} ends with a colon but no port; write ${quote(name)} or add a port.`
        : `${quote(port)} in the registry ${quote(host)} is not a port number; a tag goes to the end, after the last slash.`;
    return { message, offset: name.length + 1 };
  }
  if (name.includes('_')) {
    const message = `The registry host ${quote(name)} has an underscore, which host names do not allow.`;
    return { message, offset: name.indexOf('_') };
  }
  if (/^[0-9A-Fa-f]*:[0-9A-Fa-f:]*$/.test(name)) {
    const message = `The registry host ${quote(host)} looks like IPv6, which needs brackets, as in [::1]:5000/app.`;
    return { message, offset: 0 };
  }
  const message = `${quote(host)} is not a registry host; write one like registry.example.com, localhost:5000 or [::1]:5000.`;
  return { message, offset: 0 };
}

/** `name` is the path with its host, as written. */
function pathProblem(path: string, name: string): Problem {
  if (path === '') {
    const where = name === '' ? 'at the beginning' : `after ${quote(name)}`;
    return { message: `There is no image name ${where}; write one, as in nginx:1.27.`, offset: 0 };
  }
  const components = path.split('/');
  if (components.every((component) => PATH_COMPONENT.test(component))) return undefined;

  const lower = path.toLowerCase();
  if (lower !== path && lower.split('/').every((component) => PATH_COMPONENT.test(component))) {
    const message = `The repository ${quote(path)} has upper-case letters; write ${quote(name.toLowerCase(), MAX_LENGTH)}.`;
    return { message, offset: [...path].findIndex((character) => character !== character.toLowerCase()) };
  }

  const index = components.findIndex((component) => !PATH_COMPONENT.test(component));
  const component = components[index] ?? '';
  const offset = components.slice(0, index).join('/').length + (index === 0 ? 0 : 1);
  if (component === '') {
    return { message: `A slash in ${quote(path)} has no name on one side; remove it.`, offset };
  }
  const stranger = /[^a-z0-9._-]/u.exec(component);
  if (stranger !== null) {
    const message = `${quote(stranger[0])} cannot be in a repository name (${quote(path)}): only a-z, 0-9, ".", "_", "-" and "/" can.`;
    return { message, offset: offset + stranger.index };
  }
  const message = /^[a-z0-9].*[a-z0-9]$/.test(component)
    ? `${quote(component)} has too many separators in a row: one ".", one or two "_", or any number of "-" may join two words.`
    : `${quote(component)} must begin and end with a lower-case letter or a digit.`;
  return { message, offset };
}

function lengthProblem(repository: string): Problem {
  if (repository.length <= MAX_REPOSITORY_LENGTH) return undefined;
  const message = `The repository ${quote(repository)} has ${repository.length} characters; at most ${MAX_REPOSITORY_LENGTH} are allowed.`;
  return { message, offset: 0 };
}

function tagProblem(tag: string | undefined, body: string): Problem {
  if (tag === undefined) return undefined;
  if (tag === '') {
    return { message: `The tag after ":" is empty in ${quote(body)}; add one or leave the colon out.`, offset: 0 };
  }
  const stranger = /[^\w.-]|^[.-]/u.exec(tag);
  if (stranger !== null) {
    const rule =
      stranger.index === 0 && /[.-]/.test(stranger[0])
        ? `a tag begins with a letter, a digit or "_"`
        : `a tag holds only letters, digits, "_", "." and "-"`;
    return { message: `The tag ${quote(tag)} has ${quote(stranger[0])}: ${rule}.`, offset: stranger.index };
  }
  if (tag.length > MAX_TAG_LENGTH) {
    const message = `The tag ${quote(tag)} has ${tag.length} characters; at most ${MAX_TAG_LENGTH} are allowed.`;
    return { message, offset: MAX_TAG_LENGTH };
  }
  return undefined;
}

function digestPartProblem(digest: string | undefined, body: string): Problem {
  if (digest === undefined) return undefined;
  if (digest === '') {
    return { message: `The digest after "@" is empty in ${quote(body)}; add one or leave the "@" out.`, offset: 0 };
  }
  const problem = digestProblem(digest);
  return problem === undefined ? undefined : { message: `The digest ${quote(digest)} ${problem}.`, offset: 0 };
}
