// Parses the text of every setting: text in, value or an error sentence out.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { parsePlatform } from '../core/platform.ts';
import { DOUBTS, PROOFS, UNPULLABLE_REASONS } from '../core/result.ts';
import { parseShard } from '../core/shard.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { isLoopbackHost } from '../http/address.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import type { Format } from '../report/format.ts';
import { parseDuration } from './duration.ts';
import { SETTINGS, type SettingName } from './setting.ts';

type Parse<T> = (text: string) => Outcome<T, string>;

/** `raw`: a text, a list of texts for a setting that may be repeated, or undefined for one that is not set. */
type SettingParser<T> = (raw: unknown) => Outcome<T, string>;

/** Durations become milliseconds. `formats`: the report formats of the command. */
export function createSettingParsers(formats: readonly Format[]) {
  const path = read(parseNonEmpty);
  const flag = optional(read(parseSwitch));
  return {
    file: listOf(parseNonEmpty),
    from: optional(read(parseOneOf(SETTINGS.from.choices))),
    namespace: commaSeparated(parseNamespace),
    selector: optional(read(parseSelector)),
    context: optional(path),
    server: optional(read(parseProxyServer)),
    format: optional(read(parseOneOf(INPUT_FORMATS))),
    exclude: listOf(parseNonEmpty),
    noGitignore: flag,
    ignore: commaSeparated(parseNonEmpty),
    buildArg: listOf(parseBuildArg),
    allowEnv: listOf(parseVariable, (text) => text.trim().split(/[\s,]+/)),
    profile: commaSeparated(parseNonEmpty),
    platform: commaSeparated(parsePlatformChoice),
    expect: read(parseOneOf(SETTINGS.expect.choices)),
    shard: optional(read(parseShard)),
    dryRun: flag,
    proof: optional(read(parseOneOf(PROOFS))),
    layers: flag,
    wait: optional(read(parseDuration)),
    timeout: read(parsePositiveDuration),
    retries: read(parseCount(SETTINGS.retries.range)),
    concurrency: optional(read(parseCount(SETTINGS.concurrency.range))),
    noCache: flag,
    config: optional(path),
    username: optional(read(parseNonEmpty)),
    passwordStdin: flag,
    authFile: optional(path),
    usePullSecrets: flag,
    anonymous: flag,
    plainHttp: flag,
    insecure: flag,
    allowPrivate: flag,
    caFile: optional(path),
    cert: optional(path),
    key: optional(path),
    mirrorsFrom: optional(path),
    output: listOf(parseOutput(formats)),
    warnOn: commaSeparated(parseOneOf([...UNPULLABLE_REASONS, ...DOUBTS])),
    strict: flag,
    color: read(parseOneOf(SETTINGS.color.choices)),
    quiet: flag,
    verbose: optional(read(parseVerbosity)),
  } satisfies Record<SettingName, SettingParser<unknown>>;
}

export type SettingParsers = ReturnType<typeof createSettingParsers>;
export type Settings = { readonly [Name in SettingName]: ValueOf<SettingParsers[Name]> };

type ValueOf<P> = P extends SettingParser<infer T> ? T : never;

const read =
  <T>(parse: Parse<T>): SettingParser<T> =>
  (raw) =>
    typeof raw === 'string' ? parse(raw) : failure('expected a single value.');

const optional =
  <T>(parser: SettingParser<T>): SettingParser<T | undefined> =>
  (raw) =>
    raw === undefined ? success(undefined) : parser(raw);

/** A list; the error is that of the first invalid item. `split`: splits a text into items. */
const listOf =
  <T>(parse: Parse<T>, split: (text: string) => readonly string[] = (text) => [text]): SettingParser<T[]> =>
  (raw) => {
    if (!Array.isArray(raw)) return failure('expected a list.');
    const values: T[] = [];
    for (const item of raw.flatMap(split)) {
      const outcome = parse(item);
      if (!outcome.ok) return outcome;
      values.push(outcome.value);
    }
    return success(values);
  };

const commaSeparated = <T>(parse: Parse<T>) => listOf(parse, (text) => text.split(',').map((item) => item.trim()));

/** RFC 1123, label; `*` for all. */
export function parseNamespace(text: string): Outcome<string, string> {
  if (text === '*' || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return success(text);
  return failure(`${quote(text)} is not the name of a namespace; use a name such as shop, or * for all.`);
}

/** As kubectl --selector takes it; the API judges the rest. */
export function parseSelector(text: string): Outcome<string, string> {
  const isSelector = text.trim() !== '' && /^[\w\s./!=,()-]+$/.test(text);
  return isSelector
    ? success(text.trim())
    : failure(`${quote(text)} is not a selector; use labels such as app=web,tier!=test.`);
}

/** Nothing is encrypted there, so it must be this machine. */
export function parseProxyServer(text: string): Outcome<string, string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isProxy = url?.protocol === 'http:' && isLoopbackHost(url.hostname) && url.username + url.password === '';
  return isProxy
    ? success(url.href.replace(/\/+$/, ''))
    : failure(`${quote(text)} is not the address of kubectl proxy on this machine, such as http://127.0.0.1:8001.`);
}

const quote = (text: string): string => `"${cleanText(hideUserinfo(text), 60)}"`;

function parseNonEmpty(text: string): Outcome<string, string> {
  return text.trim() === '' ? failure('the value is empty.') : success(text);
}

export function parseSwitch(text: string): Outcome<boolean, string> {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return success(true);
  if (['0', 'false', 'no', 'off'].includes(word)) return success(false);
  return failure(`expected true or false, not ${quote(text)}.`);
}

/** 1 for `-v`, 2 for `-vv`. */
function parseVerbosity(text: string): Outcome<number, string> {
  if (/^[2-9]$/.test(text)) return success(2);
  const isOn = parseSwitch(text);
  return isOn.ok ? success(isOn.value ? 1 : 0) : isOn;
}

export function parseOneOf<const T extends string>(list: readonly T[]): Parse<T> {
  return (text) => {
    const found = list.find((candidate) => candidate === text);
    if (found !== undefined) return success(found);
    return failure(`${quote(text)} is unknown.${suggest(text, list)} Use one of: ${list.join(', ')}.`);
  };
}

function parseCount([least, most]: readonly [number, number]): Parse<number> {
  return (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (count >= least && count <= most) return success(count);
    return failure(`${quote(text)} is not an integer from ${least} to ${most}.`);
  };
}

export function parsePositiveDuration(text: string): Outcome<number, string> {
  const duration = parseDuration(text);
  return duration.ok && duration.value === 0 ? failure('must be greater than 0, for example 30s.') : duration;
}

export function parsePlatformChoice(text: string): Outcome<string, string> {
  if (text === 'all') return success(text);
  const platform = parsePlatform(text);
  return platform.ok ? success(text) : failure(platform.error.message);
}

export interface BuildArg {
  readonly name: string;
  /** Unset: the value of the environment variable of this name. */
  readonly value?: string;
}

/** `NAME=value`, `NAME`; with the names that Dockerfiles allow. */
function parseBuildArg(text: string): Outcome<BuildArg, string> {
  const [name = ''] = text.split('=', 1);
  if (!/^[A-Za-z_]\w*$/.test(name))
    return failure(`${quote(name)} is not a valid name of a build argument; use NAME=value.`);
  return success(name === text ? { name } : { name, value: text.slice(name.length + 1) });
}

/** The name of an environment variable; a value after `=` does not belong on a command line. */
function parseVariable(text: string): Outcome<string, string> {
  if (/^[^\s=]+$/.test(text)) return success(text);
  return failure(`${quote(text.replace(/=.*$/s, '=…'))} is not a variable name; use a name such as NPM_TOKEN.`);
}

export interface OutputChoice {
  readonly format: Format;
  /** Unset: standard output. */
  readonly path?: string;
}

/** `format`, `format=path`; the path `-` is standard output. */
function parseOutput(formats: readonly Format[]): Parse<OutputChoice> {
  return (text) => {
    const [name = ''] = text.split('=', 1);
    const format = parseOneOf(formats)(name);
    const isList = name.includes(',') && name.split(',').some((one) => formats.some((known) => known === one));
    if (isList) return failure(`${quote(text)} is a list: repeat --output for each format.`);
    if (!format.ok) return format;
    if (name === text) return success({ format: format.value });
    const path = text.slice(name.length + 1);
    if (path === '') return failure(`expected ${name} or ${name}=path, not ${quote(text)}.`);
    return success(path === '-' ? { format: format.value } : { format: format.value, path });
  };
}
