// What the text of a field is: an image reference, a placeholder that something fills in later, or neither.

import { parseReference } from '../core/reference.ts';
import { hideUserinfo } from '../core/userinfo.ts';

/** Other kinds of files that are called images. */
const OTHER_FILE =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|iso|img|qcow2|vmdk|vhdx?|ova|raw|tar|t?gz|xz|zip|bin|pdf|mp4)$/i;
/** Disk images of Google Cloud. */
const CLOUD_PATH = /^(?:projects|global|family)\//;

/** How often such a field contains a container image: always, usually, or sometimes. */
export type Likelihood = 'certain' | 'likely' | 'possible';

export function isImageLike(text: string, likelihood: Likelihood): boolean {
  if (!parseReference(text).ok || OTHER_FILE.test(text) || CLOUD_PATH.test(text)) return false;
  if (likelihood === 'certain') return true;
  if (hasVersion(text)) return true;
  const slash = text.indexOf('/');
  return slash >= 0 && (likelihood === 'likely' || /[.:]/.test(text.slice(0, slash)));
}

/** Longer than any reference; what follows cannot matter, and many keys may share one long text. */
const MAX_LENGTH = 4096;

/** Whether it has a tag or a digest. */
export function hasVersion(text: string): boolean {
  const start = text.slice(0, MAX_LENGTH);
  return start.includes('@') || start.lastIndexOf(':') > start.lastIndexOf('/');
}

/** Whether the first component is a host, as for Docker: with a dot or a port, or localhost. */
export const hasRegistry = (text: string): boolean => /^(?:[^/]*[.:][^/]*|localhost)\//.test(text.slice(0, MAX_LENGTH));

/** What a program fills in before the file is used. */
const PLACEHOLDERS = [
  /\{\{[^}]*(?:\}\}|$)/, // {{ action }}, Helm, Argo, Jinja
  /#\{[^}]*(?:\}#?|$)/, // #{NAME}#
  /<<[^<>]+>>/, // << parameters.tag >>, CircleCI
  /<[^<>]+>/, // <your image here>
  /\[\[[^\]]*\]\]/, // [[NAME]]
  /\(\([^)]*\)\)/, // ((NAME)), Concourse
  /(?<![^/:.-])@[A-Za-z_][\w.-]*@(?![^/:.-])(?=[^@]*$)/, // @NAME@, but no part of a password
  /%[A-Za-z_][\w.-]*%/, // %NAME%
  /(?<!\$)\{[A-Za-z_][\w.-]*\}/, // {NAME}
  /(?<![A-Za-z0-9])__[A-Z][A-Z0-9_]*__(?![A-Za-z0-9])/, // __NAME__
];
const anyOf = (patterns: readonly RegExp[]) => new RegExp(patterns.map(({ source }) => source).join('|'));
const PLACEHOLDER = anyOf(PLACEHOLDERS);
const VARIABLE = anyOf([
  /\$\{\{[^}]*(?:\}\}|$)/, // ${{ expression }}, GitHub
  /\$\[\[[^\]]*(?:\]\]|$)/, // $[[ input ]], GitLab
  /\{\{[^}]*(?:\}\}|$)/, // before ${NAME}, which an action may contain
  /\$\{[^}]*(?:\}|$)/, // ${NAME}
  /\$\([^)]*(?:\)|$)/, // $(NAME), Tekton, Azure
  /\$[A-Za-z_]\w*/, // $NAME
  ...PLACEHOLDERS,
]);

/** The first variable, action or placeholder as written, such as `${TAG}`. */
export const findVariable = (text: string): string | undefined => firstOf(VARIABLE, text);

/** The first placeholder as written, in a file of any kind. */
export const findPlaceholder = (text: string): string | undefined => firstOf(PLACEHOLDER, text);

/** A part of a password is none, whatever its characters are. */
function firstOf(pattern: RegExp, text: string): string | undefined {
  const found = pattern.exec(text.slice(0, MAX_LENGTH))?.[0];
  if (found === undefined || /^[$@]|^\{\{/.test(found)) return found;
  return hideUserinfo(text).includes(found) ? found : undefined;
}
