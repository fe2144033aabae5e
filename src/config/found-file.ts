// Restricts a config file that was found, not named: it comes with the directory, maybe with a pull request. It may say
// what to check, but must neither give up a protection nor name a path outside its directory.

import { relative, resolve, sep } from 'node:path';
import type { Mirror, MirrorRule } from '../check/mirror.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { realPathOf } from '../file/real-path.ts';
import { isLoopbackHost } from '../http/address.ts';
import { isBelow } from '../input/directory.ts';
import { parseDuration } from './duration.ts';
import { parseMirrorLocation } from './mirror-location.ts';
import { flagOf, isPath, SETTINGS, type SettingName, settingOf } from './setting.ts';
import type { UserFiles } from './user-files.ts';

export interface FoundFile {
  /** As in messages. */
  readonly name: string;
  /** Absolute path of its directory. */
  readonly directory: string;
}

type Values = Readonly<Record<string, unknown>>;
type LabelOf = (path: readonly PropertyKey[]) => string;

/** These only say what is checked and where its image is, or are read by the monitor alone, which searches no file. */
const HARMLESS = new Set(['$schema', 'ignore', 'search', 'monitor']);

/** `values`: the validated file. Throws a UsageError for the first value that is not allowed. */
export function refuseUntrusted({ registries = {}, ...values }: Values, file: FoundFile, labelOf: LabelOf): void {
  for (const [key, value] of Object.entries(values)) {
    if (!HARMLESS.has(key)) refuseSetting(key, value, { file, label: () => labelOf([key]), flag: flagIfAny(key) });
  }
  for (const [registry, section] of Object.entries(registries as Record<string, Values>)) {
    for (const [key, value] of Object.entries(section)) {
      // Loopback registries may be contacted over http anyway.
      if (key === 'plainHttp' && isLoopback(registry)) continue;
      const origin: SettingOrigin = { file, label: () => labelOf(['registries', registry, key]), flag: undefined };
      if (key === 'mirrors')
        refuseMirrors(
          [value].flat().flatMap((text) => mirrorsIn(String(text))),
          origin,
        );
      else if (key === 'realms' && value !== undefined)
        throw refusal(origin, 'must not choose the hosts that receive credentials');
      else refuseSetting(key, value, origin);
    }
  }
}

/** A setting of the found file. */
export interface SettingOrigin {
  readonly file: FoundFile;
  /** `caFile of localhost:5000 in kairos-pull.yaml:7` */
  readonly label: () => string;
  /** The same setting on the command line. */
  readonly flag: string | undefined;
}

/** A key other than a setting is refused by default: a new one must not be trusted by accident. */
function refuseSetting(key: string, value: unknown, origin: SettingOrigin): void {
  const setting = isSetting(key) ? settingOf(key) : undefined;
  if (setting === undefined || setting.givesUp !== undefined) {
    if (value !== false && value !== undefined) throw refusal(origin, `must not ${setting?.givesUp ?? 'set this'}`);
  } else if (isSetting(key) && isPath(key)) {
    for (const text of [value].flat()) {
      // It may be the input of a loop that runs the command.
      if (key === 'file' && text === '-') throw refusal(origin, 'must not read images from standard input');
      refuseOutside(pathIn(key, String(text)), origin);
    }
  } else if (setting.value === 'duration') {
    const durationMs = parseDuration(String(value));
    if (durationMs.ok && durationMs.value > MAX_DURATION_MS) throw refusal(origin, 'must not wait longer than 1h');
  }
}

/** With more, a pull request could occupy a pipeline for days. */
const MAX_DURATION_MS = 3_600_000;

const mirrorsIn = (text: string): Pick<Mirror, 'location' | 'plainHttp' | 'tls'>[] => {
  const mirror = parseMirrorLocation(text);
  return mirror.ok ? [mirror.value] : [];
};

/** A mirror receives only its own credentials, but over http others could read them. */
function refuseMirrors(
  mirrors: readonly Pick<Mirror, 'location' | 'plainHttp' | 'tls'>[],
  origin: SettingOrigin,
): void {
  for (const { location, plainHttp, tls } of mirrors) {
    if (plainHttp && !isLoopback(location)) throw refusal(origin, 'must not turn off encryption, as http:// does');
    if (tls?.insecure)
      throw refusal(origin, 'must not turn off the verification of certificates, or name a file that does');
  }
}

/** The files of `mirrorsFrom` are restricted in the same way. */
export function refuseMirrorRules(rules: readonly MirrorRule[], origin: SettingOrigin): void {
  for (const { mirrors, upstream } of rules)
    refuseMirrors([...mirrors, ...(upstream ? [{ location: '', ...upstream }] : [])], origin);
}

/** The same files, restricted to the directory: for files that another file names. */
export const filesBelow = (files: UserFiles, origin: SettingOrigin): UserFiles => ({
  bytes: async (path, ...rest) => {
    refuseOutside(resolve(path), origin);
    return files.bytes(path, ...rest);
  },
  text: async (path, ...rest) => {
    refuseOutside(resolve(path), origin);
    return files.text(path, ...rest);
  },
});

/** A credential file that chooses credential helpers could make them pass one registry's credentials to another. */
export async function refuseHelpers(bytes: Uint8Array, origin: SettingOrigin): Promise<void> {
  const { parseCredentialText } = await import('../credentials/credential-file.ts');
  const config = await parseCredentialText(Buffer.from(bytes).toString('utf8'));
  if (config.ok && (config.value.credsStore !== undefined || config.value.credHelpers.length > 0)) {
    throw refusal(origin, 'must not choose credential helpers, as the file it names does');
  }
}

/** `path`: as in the file; undefined and `-` are the streams of the process. */
function refuseOutside(path: string | undefined, origin: SettingOrigin): void {
  const { directory } = origin.file;
  if (path === undefined || path === '-' || isInside(directory, resolve(directory, path))) return;
  throw refusal(origin, `must not name a path outside its directory: ${cleanText(hideUserinfo(path), 200)}`);
}

/** `path`: of the file itself, which may be a symbolic link. */
export function refuseLink(path: string, file: FoundFile): void {
  if (isInside(file.directory, path)) return;
  throw refusal(
    { file, label: () => file.name, flag: undefined },
    'must not be a link to a file outside its directory',
  );
}

function refusal({ file, label, flag }: SettingOrigin, why: string): UsageError {
  const remedy = `If you trust it, use --config ${file.name}.${flag === undefined ? '' : ` Or use ${flag}.`}`;
  return new UsageError(`${label()}: a config file that was found rather than named ${why}. ${remedy}`);
}

const isSetting = (key: string): key is SettingName => Object.hasOwn(SETTINGS, key);

const flagIfAny = (key: string): string | undefined => (isSetting(key) ? flagOf(key) : undefined);

/** `json=report.json` has a path after its format. */
const pathIn = (key: SettingName, text: string): string | undefined =>
  key === 'output' ? /^[^=]*=(.+)$/s.exec(text)?.[1] : text;

function isLoopback(registry: string): boolean {
  const [host = ''] = registry.split('/');
  return URL.canParse(`http://${host}`) && isLoopbackHost(new URL(`http://${host}`).hostname);
}

/** Follows links. `.git` does not count: its config may contain a pipeline's credentials. */
function isInside(directory: string, path: string): boolean {
  const root = realPathOf(directory);
  const real = realPathOf(path);
  const steps = relative(root, real).split(sep);
  return (real === root || isBelow(root, real)) && !steps.some((step) => step.toLowerCase() === '.git');
}
