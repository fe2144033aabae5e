// A config file that was found, not named, comes with the folder: maybe with a pull request. It says what to check. It
// may not give up a protection, nor name a path outside its folder.

import { relative, resolve, sep } from 'node:path';
import type { Mirror, MirrorRule } from '../check/mirror.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { realPathOf } from '../file/real-path.ts';
import { isLoopbackHost } from '../http/address.ts';
import { isBelow } from '../input/checked-folder.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import type { NamedFiles } from './named-file.ts';
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
    if (!HARMLESS.has(key)) refuseSetting(key, value, { file, label: () => labelOf([key]), flag: flagIfAny(key) });
  }
  for (const [registry, section] of Object.entries(registries as Record<string, Values>)) {
    for (const [key, value] of Object.entries(section)) {
      // http to this very machine is what every loopback registry may be spoken to anyway.
      if (key === 'plainHttp' && isLoopback(registry)) continue;
      const place: Place = { file, label: () => labelOf(['registries', registry, key]), flag: undefined };
      if (key === 'mirrors')
        refuseMirrors(
          [value].flat().flatMap((text) => mirrorsIn(String(text))),
          place,
        );
      else if (key === 'realms' && value !== undefined)
        throw refusal(place, 'must not say which hosts may get a login');
      else refuseSetting(key, value, place);
    }
  }
}

export interface Place {
  readonly file: FoundFile;
  /** `caFile of localhost:5000 in kairos-pull.yaml:7` */
  readonly label: () => string;
  /** What says the same on the command line. */
  readonly flag: string | undefined;
}

/** A key that is no setting is refused until a rule says otherwise: a new one must not be trusted by accident. */
function refuseSetting(key: string, value: unknown, place: Place): void {
  const setting = isSetting(key) ? settingOf(key) : undefined;
  if (setting === undefined || setting.givesUp !== undefined) {
    if (value !== false && value !== undefined) throw refusal(place, `must not ${setting?.givesUp ?? 'set this'}`);
  } else if (isSetting(key) && isPath(key)) {
    for (const text of [value].flat()) {
      // It may be the list of a loop that runs the command.
      if (key === 'file' && text === '-') throw refusal(place, 'must not take images from standard input');
      refuseOutside(pathIn(key, String(text)), place);
    }
  }
}

const mirrorsIn = (text: string): Pick<Mirror, 'location' | 'plainHttp' | 'tls'>[] => {
  const mirror = parseMirrorLocation(text);
  return mirror.ok ? [mirror.value] : [];
};

/** A mirror is shown only its own login, but over http others would read it. */
function refuseMirrors(mirrors: readonly Pick<Mirror, 'location' | 'plainHttp' | 'tls'>[], place: Place): void {
  for (const { location, plainHttp, tls } of mirrors) {
    if (plainHttp && !isLoopback(location)) throw refusal(place, 'must not turn off encryption, as http:// does');
    if (tls?.insecure) throw refusal(place, 'must not turn off the check of certificates, nor name a file that does');
  }
}

/** What `mirrorsFrom` leads to is held to the same rules. */
export function refuseMirrorRules(rules: readonly MirrorRule[], place: Place): void {
  for (const { mirrors, upstream } of rules) refuseMirrors([...mirrors, ...(upstream ? [upstream] : [])], place);
}

/** The same, for files that another file names. */
export const filesBelow = (files: NamedFiles, place: Place): NamedFiles => ({
  bytes: async (path, ...rest) => {
    refuseOutside(resolve(path), place);
    return files.bytes(path, ...rest);
  },
  text: async (path, ...rest) => {
    refuseOutside(resolve(path), place);
    return files.text(path, ...rest);
  },
});

/** A login file that chooses programs of this machine could have them hand the login of one registry to another. */
export async function refuseHelpers(bytes: Uint8Array, place: Place): Promise<void> {
  const { parseCredentialText } = await import('../credentials/credential-file.ts');
  const config = await parseCredentialText(Buffer.from(bytes).toString('utf8'));
  if (config.ok && (config.value.credsStore !== undefined || config.value.credHelpers.length > 0)) {
    throw refusal(place, 'must not choose credential helpers, as the file it names does');
  }
}

/** `path`: as it stands in the file; unset and `-` are the streams of the process. */
function refuseOutside(path: string | undefined, place: Place): void {
  if (path === undefined || path === '-') return;
  if (isInside(place.file.folder, resolve(place.file.folder, path))) return;
  throw refusal(place, `must not name a path outside its folder: ${cleanText(hideUserinfo(path), 200)}`);
}

/** `path`: of the file itself, which may be a link. */
export function refuseLink(path: string, file: FoundFile): void {
  if (isInside(file.folder, path)) return;
  throw refusal({ file, label: () => file.name, flag: undefined }, 'must not be a link that leads out of its folder');
}

function refusal({ file, label, flag }: Place, why: string): UsageError {
  const cure = `If you trust it, name it: --config ${file.name}.${flag === undefined ? '' : ` Or use ${flag}.`}`;
  return new UsageError(`${label()}: a config file that was found, not named, ${why}. ${cure}`);
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
function isInside(folder: string, path: string): boolean {
  const root = realPathOf(folder);
  const real = realPathOf(path);
  const steps = relative(root, real).split(sep);
  return (real === root || isBelow(root, real)) && !steps.some((step) => step.toLowerCase() === '.git');
}
