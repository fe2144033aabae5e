// Platforms, parsed and matched as in containerd/platforms (Parse, Normalize, Only); the fields are those of "platform" in
// OCI image-spec image-index.md.
//
//   specifier = os [ "(" [ os-version ] *( "+" os-feature ) ")" ] "/" architecture [ "/" variant ]
//
// A specifier of one part is an architecture of Linux. Version and features may contain percent-escapes.

import { failure, type Outcome, success } from './outcome.ts';
import { cleanText } from './text.ts';
import { hideUserinfo } from './userinfo.ts';

/** Normalized: lower case, Go's names (`amd64`, not `x86_64`), no variant if it is the architecture's default. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** For example `10.0.17763.5696`, the build a Windows image is made for. */
  readonly osVersion?: string;
  /** Sorted, without repeats. */
  readonly osFeatures?: readonly string[];
}

/** Why a text is not a platform, in one plain sentence. */
export interface InvalidPlatform {
  readonly message: string;
}

/** The fields of an image index entry that are read; none of it is trusted. */
export interface PlatformEntry {
  readonly platform?: unknown;
  readonly annotations?: unknown;
}

const KNOWN_ARCHITECTURES = new Set(
  (
    '386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ' +
    'ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);
const KNOWN_OS = new Set(
  (
    'aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 wasi windows ' +
    'macos unknown zos'
  ).split(' '),
);
/** What a user most likely means. */
export const KNOWN_PLATFORMS = (
  'linux/amd64 linux/arm64 linux/arm/v7 linux/arm/v6 linux/386 linux/ppc64le linux/s390x linux/riscv64 linux/loong64 ' +
  'linux/mips64le windows/amd64 windows/arm64 darwin/amd64 darwin/arm64 freebsd/amd64 wasi/wasm'
).split(' ');

/** Why a valid platform is probably a mistake, as the end of a sentence; undefined if nothing is strange about it. */
export function platformDoubt(text: string): string | undefined {
  const parsed = parsePlatform(text);
  if (text === 'all' || !parsed.ok) return undefined;
  const { os, architecture } = parsed.value;
  if (!KNOWN_OS.has(os)) return 'has an unknown operating system';
  return KNOWN_ARCHITECTURES.has(architecture) ? undefined : 'has an unknown architecture';
}

const OS_PART = /^([\w-]+)(?:\(([\w.%-]*)((?:\+[\w.%-]+)*)\))?$/;
const PART = /^[\w.-]+$/;

/** Parses `linux/arm/v7`, `windows(10.0.17763)/amd64`, `x86_64`. A bare architecture means Linux, a bare OS is an error. */
export function parsePlatform(text: string): Outcome<Platform, InvalidPlatform> {
  const specifier = typeof text === 'string' ? text : '';
  const quoted = `"${cleanText(hideUserinfo(specifier.slice(0, 4096)), 60)}"`;
  const [first = '', ...rest] = specifier.split('/', 4);
  const [, os = '', version = '', features = ''] = OS_PART.exec(first) ?? [];
  if (os === '' || rest.length > 2 || !rest.every((part) => PART.test(part))) {
    return failure({
      message: `${quoted} is not a platform; use os/architecture[/variant], for example linux/arm/v7.`,
    });
  }
  const [architecture, variant = ''] = rest;
  if (architecture === undefined) {
    const platform = normalize({ os: 'linux', architecture: first });
    if (KNOWN_ARCHITECTURES.has(platform.architecture)) return success(platform);
    return failure({ message: `${quoted} is not a platform; use os/architecture, for example linux/amd64.` });
  }
  try {
    const osFeatures = features.split('+').slice(1).map(decodeURIComponent);
    return success(normalize({ os, architecture, variant, osVersion: decodeURIComponent(version), osFeatures }));
  } catch {
    return failure({ message: `${quoted} contains an invalid percent-encoding.` });
  }
}

/** The text that parses to the same platform: `linux/arm/v7`, `windows(10.0.17763+win32k)/amd64`. */
export function formatPlatform({ os, architecture, variant, osVersion, osFeatures }: Platform): string {
  const options = [osVersion ?? '', ...(osFeatures ?? [])].map(escapeOption).join('+');
  return [options === '' ? os : `${os}(${options})`, architecture, ...(variant ? [variant] : [])].join('/');
}

/** The platform object of an index entry or image config; undefined if it is not valid. */
export function normalizePlatform(raw: unknown): Platform | undefined {
  const field = (name: string): unknown => property(raw, name) ?? '';
  // containerd uses the host's os for a missing one: here that of a Linux host.
  const os = field('os') === '' ? 'linux' : field('os');
  const [architecture, variant, osVersion] = [field('architecture'), field('variant'), field('os.version')];
  const osFeatures = property(raw, 'os.features') ?? [];
  if (!isPart(os) || os.includes('.') || !isPart(architecture) || !(variant === '' || isPart(variant)))
    return undefined;
  if (typeof osVersion !== 'string' || !Array.isArray(osFeatures)) return undefined;
  if (!osFeatures.every((feature) => typeof feature === 'string' && feature !== '')) return undefined;
  return normalize({ os, architecture, variant, osVersion, osFeatures });
}

/**
 * The same object, with every word that is not a known name made safe to display: an index comes from a server, and its
 * platforms are shown in messages.
 */
export function shownPlatform(raw: unknown, show: (text: string, maxLength: number) => string): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const shown = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shown);
    return typeof value !== 'string' || isPlatformWord(value.toLowerCase()) ? value : show(value, value.length);
  };
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [name, PLATFORM_FIELDS.has(name) ? shown(value) : value]),
  );
}

const PLATFORM_FIELDS = new Set(['os', 'architecture', 'variant', 'os.version', 'os.features']);

const isPlatformWord = (word: string): boolean =>
  KNOWN_OS.has(word) ||
  KNOWN_ARCHITECTURES.has(word) ||
  /^(?:i386|x86[_-]64|aarch64|arm(?:hf|el)|win32k|v?[\d.]{0,40})$/.test(word);

/** Whether an index entry can be run: not an attestation, and for a known platform. */
export function isRunnable(entry: PlatformEntry): boolean {
  return runnablePlatform(entry) !== undefined;
}

/** The index of the entry that a runtime of `platform` would select (containerd's `Only`); -1 for none. */
export function selectPlatform(platform: Platform | string, entries: readonly PlatformEntry[]): number {
  const parsed = typeof platform === 'string' ? parsePlatform(platform) : success(normalize(platform));
  if (!parsed.ok) return -1;
  const wanted = parsed.value;
  const order = acceptedCpus(cpuOf(wanted));
  const matches = entries.flatMap((entry, index) => {
    const found = runnablePlatform(entry);
    if (found === undefined || found.os !== wanted.os || !fitsOs(wanted, found)) return [];
    const rank = order.indexOf(cpuName(cpuOf(found)));
    return rank < 0 ? [] : [{ index, rank, features: found.osFeatures?.length ?? 0 }];
  });
  matches.sort((a, b) => a.rank - b.rank || b.features - a.features);
  return matches[0]?.index ?? -1;
}

type Cpu = readonly [architecture: string, variant: string];

const cpuOf = ({ architecture, variant = '' }: Platform): Cpu => [architecture, variant];
const cpuName = ([architecture, variant]: Cpu): string => `${architecture}/${variant}`;

function normalize(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const [architecture, variant] = normalizeCpu(
    platform.architecture.toLowerCase(),
    (platform.variant ?? '').toLowerCase(),
  );
  const { osVersion } = platform;
  const osFeatures = [...new Set(platform.osFeatures)].sort();
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant && { variant }),
    ...(osVersion && { osVersion }),
    ...(osFeatures.length > 0 && { osFeatures }),
  };
}

function normalizeCpu(architecture: string, variant: string): Cpu {
  switch (architecture) {
    case 'i386':
      return ['386', ''];
    case 'amd64':
    case 'x86_64':
    case 'x86-64':
      return ['amd64', variant === 'v1' ? '' : variant];
    case 'arm64':
    case 'aarch64':
      if (['8', 'v8', 'v8.0'].includes(variant)) return ['arm64', ''];
      return ['arm64', ['9', '9.0', 'v9.0'].includes(variant) ? 'v9' : variant];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      if (variant === '') return ['arm', 'v7'];
      return ['arm', /^[5-8]$/.test(variant) ? `v${variant}` : variant];
    default:
      return [architecture, variant];
  }
}

/** Every CPU whose programs this one can run, best first, by `cpuName`. */
function acceptedCpus([architecture, variant]: Cpu): string[] {
  const own = [architecture, variant] as const;
  const lower = (from: number, to: number, prefix = 'v'): Cpu[] =>
    Array.from({ length: Math.max(0, from - to) }, (_, step) => [architecture, `${prefix}${from - 1 - step}`]);
  const cpus = (...list: Cpu[]) => list.map((cpu) => cpuName(normalizeCpu(...cpu)));

  if (architecture === 'amd64') return cpus(own, ...lower(level(variant), 1), ['386', '']);
  if (architecture === 'arm') return cpus(own, ...lower(level(variant), 5));
  if (architecture !== 'arm64') return cpus(own);

  const [, major = '', minor = '0'] = /^v([89])(?:\.(\d))?$/.exec(variant || 'v8') ?? [];
  // Armv9.x includes Armv8.(x+5); the last v8 is v8.9.
  const minorOfV8 = major === '9' ? Math.min(Number(minor) + 6, 10) : Number(minor);
  const newer = major === '9' ? lower(Number(minor), 0, 'v9.') : [];
  const arm32 = acceptedCpus(['arm', /^v[89]\./.test(variant) ? 'v8' : variant || 'v8']);
  return [...cpus(own, ...newer, ...lower(major === '' ? 0 : minorOfV8, 0, 'v8.')), ...arm32];
}

/** 3 for `v3`; 0 without a variant, or for one that is not a number. */
const level = (variant = ''): number => Number(/^v?(\d{1,2})$/.exec(variant)?.[1] ?? 0);

function fitsOs(wanted: Platform, found: Platform): boolean {
  const isWindows = wanted.os === 'windows';
  // Only Nano Server lacks win32k, and a platform does not tell: it never excludes an image.
  const needed = (found.osFeatures ?? []).filter((feature) => !(isWindows && feature === 'win32k'));
  if (!needed.every((feature) => wanted.osFeatures?.includes(feature))) return false;
  return !isWindows || fitsWindows(wanted.osVersion ?? '', found.osVersion ?? '');
}

/** Windows Server 2022: from this build on, a host also runs images of older builds, down to this one. */
const FIRST_STABLE_BUILD = 20348;

function fitsWindows(host: string, image: string): boolean {
  const [hostRelease, hostBuild] = windowsVersion(host);
  if (hostRelease === '' || image === '') return true;
  const [imageRelease, imageBuild] = windowsVersion(image);
  if (hostRelease !== imageRelease) return false;
  if (hostBuild < FIRST_STABLE_BUILD) return hostBuild === imageBuild;
  return imageBuild >= FIRST_STABLE_BUILD && imageBuild <= hostBuild;
}

function windowsVersion(version: string): [release: string, build: number] {
  const [, release = '', build = '0'] = /^(\d{1,3}\.\d{1,3})\.(\d{1,5})(?:\.|$)/.exec(version) ?? [];
  return [release, Number(build)];
}

function runnablePlatform(entry: PlatformEntry): Platform | undefined {
  if (property(property(entry, 'annotations'), 'vnd.docker.reference.type') === 'attestation-manifest')
    return undefined;
  const platform = normalizePlatform(property(entry, 'platform'));
  return platform?.os === 'unknown' || platform?.architecture === 'unknown' ? undefined : platform;
}

const isPart = (value: unknown): value is string => typeof value === 'string' && PART.test(value);

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

const escapeOption = (option: string): string =>
  encodeURIComponent(option.replace(/\p{Cs}/gu, '\ufffd')).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
