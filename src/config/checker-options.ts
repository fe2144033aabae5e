// Converts settings to the options of the checker, and reads the files that they name.

import { isAbsolute, join } from 'node:path';
import type { CheckerSettings, RegistryOptions } from '../check/checker-settings.ts';
import type { MirrorRule } from '../check/mirror.ts';
import type { Env } from '../core/env.ts';
import { homeDirectory } from '../file/directories.ts';
import type { ConfigFile } from './config-file.ts';
import type { RegistrySettingName } from './config-file-schema.ts';
import type { SettingOrigin } from './found-file.ts';
import type { RegistrySection } from './registry-section.ts';
import { RANK, type Resolved } from './resolve.ts';
import { flagOf, type SettingName } from './setting.ts';
import type { Settings } from './setting-parsers.ts';
import { type LabelOf, readAuthorities, readClientCertificate } from './tls-files.ts';
import { createUserFiles, type UserFiles } from './user-files.ts';

type Sources = Resolved['sources'];

export interface CheckerInputs {
  readonly settings: Settings;
  readonly sources: Sources;
  readonly file?: Pick<ConfigFile, 'registries' | 'found'> | undefined;
  readonly env: Env;
  readonly signal?: AbortSignal;
}

/** Throws a UsageError for a file that cannot be read or has invalid content, or the signal's reason. */
export async function readCheckerOptions({
  settings,
  sources,
  file = { registries: [] },
  env,
  signal,
}: CheckerInputs): Promise<CheckerSettings> {
  const files = createUserFiles(signal);
  const { registries: sections } = file;
  const { authFile } = settings;
  const originOf = (name: SettingName): SettingOrigin | undefined =>
    file.found && sources[name].rank === RANK.file
      ? { file: file.found, label: () => sources[name].label, flag: flagOf(name) }
      : undefined;
  const authFileBytes = authFile === undefined ? undefined : await files.bytes(authFile, sources.authFile.label);
  const authFileOrigin = originOf('authFile');
  if (authFileBytes !== undefined && authFileOrigin !== undefined) {
    await (await import('./found-file.ts')).refuseHelpers(authFileBytes, authFileOrigin);
  }
  const labelOf: LabelOf = (name) => sources[name].label;
  const mirrors = await readMirrors(settings, sources, sections, files, originOf('mirrorsFrom'));
  return {
    proof: settings.proof,
    platforms: settings.platform,
    authFile,
    ...(authFileBytes && { authFileBytes }),
    anonymous: settings.anonymous,
    plainHttp: settings.plainHttp,
    insecure: settings.insecure,
    allowPrivate: settings.allowPrivate,
    ca: await readAuthorities(settings, labelOf, files),
    ...(await readClientCertificate(settings, labelOf, files)),
    ...(sections.length > 0 && { registries: await readRegistries(sections, sources, files) }),
    ...(mirrors.length > 0 && { mirrors }),
    challengeFile: challengeFileIn(env),
    noCache: settings.noCache,
    timeoutMs: settings.timeout,
    retries: settings.retries,
    concurrency: settings.concurrency,
    env,
  };
}

/** XDG Base Directory Specification, "cache". An absolute path; undefined if there is no directory for caches. */
export function challengeFileIn(env: Env): string | undefined {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '' } = env;
  const home = homeDirectory(env) ?? '';
  const directories = [XDG_CACHE_HOME, process.platform === 'win32' ? LOCALAPPDATA : join(home, '.cache')];
  // "All paths set in these environment variables must be absolute."
  const directory = directories.find(isAbsolute);
  return directory && join(directory, 'kairos-pull', 'challenges.json');
}

/** The first of two rules for the same images wins: that of the stronger source. */
async function readMirrors(
  { mirrorsFrom }: Settings,
  sources: Sources,
  sections: readonly RegistrySection[],
  files: UserFiles,
  origin: SettingOrigin | undefined,
): Promise<readonly MirrorRule[]> {
  const fromSections = sections
    .filter(({ mirrors }) => mirrors.length > 0)
    .map(({ registry, mirrors }) => ({ prefix: registry, mirrors }));
  if (mirrorsFrom === undefined) return fromSections;
  // Loaded on demand: few runs have mirrors.
  const { readMirrorFiles } = await import('./mirror-files.ts');
  const { label } = sources.mirrorsFrom;
  const found = origin && { origin, ...(await import('./found-file.ts')) };
  const fromFiles = await readMirrorFiles(mirrorsFrom, label, found?.filesBelow(files, found.origin) ?? files);
  found?.refuseMirrorRules(fromFiles, found.origin);
  return sources.mirrorsFrom.rank > RANK.file ? [...fromFiles, ...fromSections] : [...fromSections, ...fromFiles];
}

/** Flags and environment, which apply to all registries, override the section of a registry. */
async function readRegistries(
  sections: readonly RegistrySection[],
  sources: Sources,
  files: UserFiles,
): Promise<CheckerSettings['registries']> {
  const read = async ({ registry, settings, labelOf, realms }: RegistrySection): Promise<[string, RegistryOptions]> => {
    const isOverridden = (name: RegistrySettingName): boolean => sources[name].rank > RANK.file;
    const isPairOverridden = isOverridden('cert') || isOverridden('key');
    return [
      registry,
      {
        plainHttp: isOverridden('plainHttp') ? undefined : settings.plainHttp,
        insecure: isOverridden('insecure') ? undefined : settings.insecure,
        allowPrivate: isOverridden('allowPrivate') ? undefined : settings.allowPrivate,
        ...(realms && { realms }),
        ca: await readAuthorities(settings, labelOf, files),
        ...(isPairOverridden ? {} : await readClientCertificate(settings, labelOf, files)),
      },
    ];
  };
  return Object.fromEntries(await Promise.all(sections.map(read)));
}
