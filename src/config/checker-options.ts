// What the checker is told, out of the settings: paths become the texts of the files they name.

import type { CheckerOptions, RegistryOptions } from '../check/checker-options.ts';
import type { MirrorRule } from '../check/mirror.ts';
import type { ConfigFile } from './config-file.ts';
import type { Place } from './found-file.ts';
import { createNamedFiles, type NamedFiles } from './named-file.ts';
import type { RegistrySection } from './registry-section.ts';
import { RANK, type Resolved } from './resolve.ts';
import type { Settings } from './schema.ts';
import { flagOf, type SettingName } from './setting.ts';
import { type LabelOf, readAuthorities, readClientCertificate } from './tls-files.ts';

type Sources = Resolved['sources'];

/** Throws a UsageError for a file that cannot be read or does not hold what it should, or the signal's reason. */
export async function readCheckerOptions(
  settings: Settings,
  sources: Sources,
  file: Pick<ConfigFile, 'registries' | 'found'> = { registries: [] },
  signal?: AbortSignal,
): Promise<CheckerOptions> {
  const files = createNamedFiles(signal);
  const { registries: sections } = file;
  const { authFile } = settings;
  const placeOf = (name: SettingName): Place | undefined =>
    file.found && sources[name].rank === RANK.file
      ? { file: file.found, label: () => sources[name].label, flag: flagOf(name) }
      : undefined;
  const authFileBytes = authFile === undefined ? undefined : await files.bytes(authFile, sources.authFile.label);
  const place = placeOf('authFile');
  if (authFileBytes !== undefined && place !== undefined) {
    await (await import('./found-file.ts')).refuseHelpers(authFileBytes, place);
  }
  const labelOf: LabelOf = (name) => sources[name].label;
  const mirrors = await readMirrors(settings, sources, sections, files, placeOf('mirrorsFrom'));
  return {
    proof: settings.proof,
    platforms: settings.platform,
    authFile,
    ...(authFileBytes && { authFileBytes }),
    anonymous: settings.anonymous,
    plainHttp: settings.plainHttp,
    insecure: settings.insecure,
    ca: await readAuthorities(settings, labelOf, files),
    ...(await readClientCertificate(settings, labelOf, files)),
    ...(sections.length > 0 && { registries: await readRegistries(sections, sources, files) }),
    ...(mirrors.length > 0 && { mirrors }),
    noCache: settings.noCache,
    timeoutMs: settings.timeout,
    retries: settings.retries,
    concurrency: settings.concurrency,
  };
}

/** Of two rules for the same images the first counts: the one of the stronger source. */
async function readMirrors(
  { mirrorsFrom }: Settings,
  sources: Sources,
  sections: readonly RegistrySection[],
  files: NamedFiles,
  place: Place | undefined,
): Promise<readonly MirrorRule[]> {
  const written = sections
    .filter(({ mirrors }) => mirrors.length > 0)
    .map(({ registry, mirrors }) => ({ prefix: registry, mirrors }));
  if (mirrorsFrom === undefined) return written;
  // Loaded only now: few runs have mirrors.
  const { readMirrorFiles } = await import('./mirror-files.ts');
  const { label } = sources.mirrorsFrom;
  const found = place && { place, ...(await import('./found-file.ts')) };
  const read = await readMirrorFiles(mirrorsFrom, label, found?.filesBelow(files, found.place) ?? files);
  found?.refuseMirrorRules(read, found.place);
  return sources.mirrorsFrom.rank > RANK.file ? [...read, ...written] : [...written, ...read];
}

/** What flags and environment say of all registries is stronger than what the file says of one. */
async function readRegistries(
  sections: readonly RegistrySection[],
  sources: Sources,
  files: NamedFiles,
): Promise<CheckerOptions['registries']> {
  const read = async ({ registry, settings, labelOf, realms }: RegistrySection): Promise<[string, RegistryOptions]> => {
    const isOverruled = (name: keyof typeof settings): boolean => sources[name].rank > RANK.file;
    const hasOverruledPair = isOverruled('cert') || isOverruled('key');
    return [
      registry,
      {
        plainHttp: isOverruled('plainHttp') ? undefined : settings.plainHttp,
        insecure: isOverruled('insecure') ? undefined : settings.insecure,
        ...(realms && { realms }),
        ca: await readAuthorities(settings, labelOf, files),
        ...(hasOverruledPair ? {} : await readClientCertificate(settings, labelOf, files)),
      },
    ];
  };
  return Object.fromEntries(await Promise.all(sections.map(read)));
}
