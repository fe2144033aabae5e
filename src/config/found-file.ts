// A config file that was found, not named, comes with the folder: maybe with a pull request. It says what to check. It
// may not give up a protection, nor name a path outside its folder.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Mirror } from '../check/mirror.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { isLoopbackHost } from '../http/address.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import { flagOf, isPath, SETTINGS, type SettingName, settingOf } from './setting.ts';

export interface FoundFile {
  /** As messages name it. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
}

type Values = Readonly<Record<string, unknown>>;
type LabelOf = (path: readonly PropertyKey[]) => string;

/** Rules of their own: what is checked, and where its image is. Neither hands anything on. */
const HARMLESS = new Set(['$schema', 'ignore', 'search']);

/** `values`: of the whole file, in the shape it must have. Throws a UsageError for the first that it may not hold. */
export function refuseUntrusted({ registries = {}, ...values }: Values, file: FoundFile, labelOf: LabelOf): void {
  for (const [key, value] of Object.entries(values)) {
    if (!HARMLESS.has(key)) refuseSetting(key, value, { file, label: labelOf([key]), flag: flagIfAny(key) });
  }
  for (const [registry, section] of Object.entries(registries as Record<string, Values>)) {
    for (const [key, value] of Object.entries(section)) {
      // http to this very machine is what every loopback registry may be spoken to anyway.
      if (key === 'plainHttp' && isLoopback(registry)) continue;
      const place: Place = { file, label: labelOf(['registries', registry, key]), flag: undefined };
      if (key === 'mirrors') refuseMirrors(value, place);
      else if (key === 'realms' && value !== undefined)
        throw refusal(place, 'must not say which hosts may get a login');
      else refuseSetting(key, value, place);
    }
  }
}

export interface Place {
  readonly file: FoundFile;
  /** `caFile of localhost:5000 in kairos-pull.yaml:7` */
  readonly label: string;
  /** What says the same on the command line. */
  readonly flag: string | undefined;
}

/** A key that is no setting is refused until a rule says otherwise: a new one must not be trusted by accident. */
function refuseSetting(key: string, value: unknown, place: Place): void {
  const setting = isSetting(key) ? settingOf(key) : undefined;
  if (setting === undefined || setting.givesUp !== undefined) {
    if (value !== false && value !== undefined) throw refusal(place, `must not ${setting?.givesUp ?? 'set this'}`);
  } else if (isSetting(key) && isPath(key)) {
    for (const text of [value].flat()) refuseOutside(pathIn(key, String(text)), place);
  }
}

/** A mirror is shown only its own login, but over http others would read it. */
function refuseMirrors(value: unknown, place: Place): void {
  for (const text of [value].flat()) {
    const mirror = parseMirrorLocation(String(text));
    if (mirror.ok) refuseMirror(mirror.value, place);
  }
}

export function refuseMirror({ location, plainHttp, tls }: Mirror, place: Place): void {
  if (plainHttp && !isLoopback(location)) throw refusal(place, 'must not turn off encryption, as http:// does');
  if (tls?.insecure)
    throw refusal(place, 'must not turn off the check of certificates, not by way of other files either');
}

/** `path`: as it stands in the file; unset and `-` are the streams of the process. */
export function refuseOutside(path: string | undefined, place: Place): void {
  if (path === undefined || path === '-') return;
  if (isBelow(place.file.folder, resolve(place.file.folder, path))) return;
  throw refusal(place, `must not name a path outside its folder: ${cleanText(hideUserinfo(path), 200)}`);
}

/** `path`: of the file itself, which may be a link. */
export function refuseLink(path: string, file: FoundFile): void {
  if (isBelow(file.folder, path)) return;
  throw refusal({ file, label: file.name, flag: undefined }, 'must not be a link that leads out of its folder');
}

function refusal({ file, label, flag }: Place, why: string): UsageError {
  const cure = `If you trust it, name it: --config ${file.name}.${flag === undefined ? '' : ` Or use ${flag}.`}`;
  return new UsageError(`${label}: a config file that was found, not named, ${why}. ${cure}`);
}

const isSetting = (key: string): key is SettingName => Object.hasOwn(SETTINGS, key);

const flagIfAny = (key: string): string | undefined => (isSetting(key) ? flagOf(key) : undefined);

/** `json=report.json` names a path behind its format. */
const pathIn = (key: SettingName, text: string): string | undefined =>
  key === 'output' ? /^[^=]*=(.+)$/s.exec(text)?.[1] : text;

function isLoopback(registry: string): boolean {
  const [host = ''] = registry.split('/');
  return URL.canParse(`http://${host}`) && isLoopbackHost(new URL(`http://${host}`).hostname);
}

/** Links are followed. What git keeps for itself is no part of the folder: its config may hold the login of a pipeline. */
function isBelow(folder: string, path: string): boolean {
  const way = relative(realPathOf(folder), realPathOf(path));
  const steps = way.split(sep);
  return !isAbsolute(way) && steps[0] !== '..' && !steps.some((step) => step.toLowerCase() === '.git');
}

const MAX_LINKS = 40;

/** With every link followed, also where its end does not exist yet: a write would create it there. */
function realPathOf(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path || links === MAX_LINKS) return path;
    const link = linkAt(path);
    if (link !== undefined) return realPathOf(resolve(realPathOf(parent, links + 1), link), links + 1);
    return join(realPathOf(parent, links), basename(path));
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
