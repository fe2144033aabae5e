// Whether a text in a place we know nothing of is the name of a container image, and not of a picture or a disk.

import { parseReference } from '../core/reference.ts';

/** Files of other kinds that people call images. */
const OTHER_FILE =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|iso|img|qcow2|vmdk|vhdx?|ova|raw|tar|t?gz|xz|zip|bin|pdf|mp4)$/i;
/** Disk images of Google Cloud. */
const CLOUD_PATH = /^(?:projects|global|family)\//;

/** How much the place itself says: `certain` names a container image, `likely` often does, `possible` now and then. */
export type Likelihood = 'certain' | 'likely' | 'possible';

export function isImageLike(text: string, likelihood: Likelihood): boolean {
  if (!parseReference(text).ok || OTHER_FILE.test(text) || CLOUD_PATH.test(text)) return false;
  if (likelihood === 'certain') return true;
  if (hasVersion(text)) return true;
  const slash = text.indexOf('/');
  return slash >= 0 && (likelihood === 'likely' || /[.:]/.test(text.slice(0, slash)));
}

/** Whether it names a tag or a digest. */
export const hasVersion = (text: string): boolean =>
  text.includes('@') || text.lastIndexOf(':') > text.lastIndexOf('/');
