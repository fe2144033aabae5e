// Images in Podman quadlets: units of systemd for containers, images, volumes and builds, and their drop-ins.
// https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html

import type { Extraction, Extractor, Found } from './extractor.ts';
import { findVariable } from './image-text.ts';

const UNIT_FILE = /\.(?:container|image|volume|build)(?:\.d[\\/][^\\/]+\.conf)?$/i;
const SECTION = /^\[(?:Container|Image|Volume|Build)\][ \t\r]*$/m;
const KEY = /^(?:Image|Mount|ContainerName|PublishPort|Driver|ImageTag)[ \t]*=/m;

export const quadletExtractor: Extractor = {
  name: 'quadlet',
  matches: (path, head) =>
    (UNIT_FILE.test(path) && SECTION.test(head)) || (path === '-' && SECTION.test(head) && KEY.test(head)),
  extract: async (text) => extractUnit(text),
};

interface Setting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Sections whose `Image` is pulled. */
const PULLING = new Set(['Container', 'Image', 'Volume']);
const OTHER_UNIT = /\.(image|build)$/;
/** containers-transports(5); `docker://` is the registry. */
const TRANSPORT = /^(?:docker-archive|oci-archive|docker-daemon|containers-storage|oci|dir|sif):/;
/** %i and others; `%%` is a percent sign. */
const SPECIFIER = /%[a-zA-Z]/;

function extractUnit(text: string): Extraction {
  const found: Found[] = [];
  const last = new Map<string, Setting>();
  for (const setting of readSettings(text)) {
    if (!PULLING.has(setting.section)) continue;
    if (setting.key === 'Mount') found.push(...mountedImages(setting));
    else last.set(`${setting.section}.${setting.key}`, setting);
  }
  const images: Found[] = [];
  for (const section of PULLING) {
    // The last one counts; an empty one resets it.
    const image = last.get(`${section}.Image`);
    if (image === undefined || image.value === '') continue;
    if (section === 'Volume' && /^(?!image$)./.test(last.get('Volume.Driver')?.value ?? '')) continue;
    const [os, arch, variant] = ['OS', 'Arch', 'Variant'].map((key) => last.get(`${section}.${key}`)?.value ?? '');
    const platform = arch === '' ? undefined : [os || 'linux', arch, ...(variant === '' ? [] : [variant])].join('/');
    const isLocal = last.get(`${section}.Pull`)?.value === 'never';
    images.push(...unitImages(image, { path: `${section}.Image`, platform, isLocal }));
  }
  return { found: [...images, ...found], problems: [] };
}

interface UnitImage {
  readonly path: string;
  readonly platform?: string | undefined;
  readonly isLocal: boolean;
}

function unitImages({ value, line }: Setting, { path, platform, isLocal }: UnitImage): Found[] {
  const text = value.replace(/^docker:\/\//, '');
  const found: Found = { text, line, path };
  const [, other] = OTHER_UNIT.exec(text) ?? [];
  // The unit of that name is a file of its own.
  if (other === 'image') return [];
  if (other === 'build') return [local(found, `Built by the unit ${text}.`)];
  if (TRANSPORT.test(text)) return [local(found, 'Not from a registry.')];
  const variable = findVariable(text) ?? SPECIFIER.exec(text.replaceAll('%%', ''))?.[0];
  if (variable !== undefined) {
    return [{ ...found, skip: { reason: 'unresolved-variable', message: `${variable} is only known to systemd.` } }];
  }
  if (isLocal) return [local(found, 'Pull is never: the image must already be on the machine.')];
  return [{ ...found, ...(platform !== undefined && { platform }) }];
}

const local = (found: Found, message: string): Found => ({ ...found, skip: { reason: 'local-build', message } });

/** `type=image,source=registry.example.com/app:1,destination=/app` */
function mountedImages(setting: Setting): Found[] {
  const options = new Map(setting.value.split(',').map((option) => splitOnce(option)));
  const image = options.get('source') ?? options.get('src');
  if (options.get('type') !== 'image' || image === undefined) return [];
  return unitImages({ ...setting, value: image }, { path: 'Container.Mount', isLocal: false });
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** systemd.syntax(7): a backslash at the end of a line continues it; comments between are ignored. */
function* readSettings(text: string): Generator<Setting> {
  let section = '';
  let parts: string[] = [];
  let first = 0;
  for (const [index, written] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = written.trim();
    if (/^[#;]/.test(line) || (line === '' && parts.length === 0)) continue;
    if (parts.length === 0) first = index + 1;
    const isContinued = line.endsWith('\\');
    parts.push(isContinued ? line.slice(0, -1) : line);
    if (isContinued) continue;
    const whole = parts.join(' ').trim();
    parts = [];
    if (whole.startsWith('[') && whole.endsWith(']')) {
      section = whole.slice(1, -1);
      continue;
    }
    const [key, value] = splitOnce(whole);
    yield { section, key, value: value.replace(/^(["'])(.*)\1$/, '$2'), line: first };
  }
}
