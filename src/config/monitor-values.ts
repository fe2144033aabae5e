// Parses the texts of the `monitor` section: text in, value or an error sentence out.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseReference } from '../core/reference.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { isTimeZone } from '../monitor/history/local-time.ts';
import { isDatabaseUrl } from '../monitor/store/store-setting.ts';
import type { ListenAddress } from '../monitor/web/web-options.ts';

export type ParseText<T> = (text: string) => Outcome<T, string>;

const quoted = (text: string): string => `"${cleanText(hideUserinfo(text), 100)}"`;

/** As written; valid. */
export function parseImage(text: string): Outcome<string, string> {
  if (hideUserinfo(text) !== text) return failure('an image has no credentials in its name; use docker login.');
  const parsed = parseReference(text);
  return parsed.ok ? success(text) : failure(parsed.error.message);
}

/** An http or https URL without credentials. */
export function parseWebUrl(text: string): Outcome<string, string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return failure(`${quoted(text)} is not a URL; use one such as https://shop.example/healthz.`);
  }
  if (url.username !== '' || url.password !== '') {
    return failure('a URL must not contain credentials in this file; use authFile.');
  }
  return success(text);
}

/** A URL that may be a secret as a whole: no error quotes it. */
export const parseSecretUrl: ParseText<string> = (text) =>
  /^https?:\/\/[^/]/i.test(text) && URL.canParse(text) ? success(text) : failure('expected an http or https URL.');

/** Where users reach the page; without the slash at its end. */
export function parsePublicUrl(text: string): Outcome<string, string> {
  const parsed = parseWebUrl(text);
  if (!parsed.ok) return parsed;
  const { search, hash } = new URL(text);
  if (search !== '' || hash !== '') return failure(`${quoted(text)} has a query; use a URL that ends with a path.`);
  return success(text.replace(/\/+$/, ''));
}

/** `host:port`, with an IPv6 address in brackets; the port is 1 to 65535. */
export function parseHostPort(text: string): Outcome<ListenAddress, string> {
  const address = hostPortOf(text);
  if (address === undefined || address.port === 0) {
    return failure(`${quoted(text)} is not a host and a port; use one such as db.example:5432.`);
  }
  return success(address);
}

/** The same; port 0 is any free port. */
export function parseListen(text: string): Outcome<ListenAddress, string> {
  const address = hostPortOf(text);
  if (address !== undefined) return success(address);
  const port = /^:?(\d{1,5})$/.exec(text)?.[1];
  const remedy = port === undefined ? '127.0.0.1:8790' : `127.0.0.1:${port}, or 0.0.0.0:${port} for every interface`;
  return failure(`${quoted(text)} is not an address to listen on; use host:port such as ${remedy}.`);
}

function hostPortOf(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65535 ? undefined : { host, port };
}

/** `10%`: a share from 0 to 0.5. */
export function parseJitter(text: string): Outcome<number, string> {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1] ?? Number.NaN);
  return percent <= 50
    ? success(percent / 100)
    : failure(`${quoted(text)} is not a share from 0% to 50%, such as 10%.`);
}

export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** `200`, `200-299` */
export function parseStatus(text: string): Outcome<StatusRange, string> {
  const [, first = '', last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(text.trim()) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (from >= 100 && to <= 599 && from <= to) return success({ from, to });
  return failure(`${quoted(text)} is not a status; use one such as 200, or a range such as 200-299.`);
}

export function parseTimeZone(text: string): Outcome<string, string> {
  if (isTimeZone(text)) return success(text);
  const zones = Intl.supportedValuesOf('timeZone');
  return failure(`${quoted(text)} is not a time zone.${suggest(text, zones)} Use a name such as Europe/Berlin.`);
}

/** As in URLs and metrics. */
export function parseId(text: string): Outcome<string, string> {
  if (/^[a-z0-9](?:[a-z0-9.-]{0,58}[a-z0-9])?$/.test(text)) return success(text);
  return failure(`${quoted(text)} is not an id; use at most 60 of a-z, 0-9, dots and hyphens.`);
}

/** The name of an environment variable. */
export const parseVariableName: ParseText<string> = (text) =>
  /^[A-Za-z_]\w*$/.test(text) ? success(text) : failure('expected the name of an environment variable.');

/** A name for people: one line. */
export const parseLabel: ParseText<string> = (text) => {
  const label = cleanText(text, 200);
  return label === '' ? failure('expected a name.') : success(label);
};

export const parseFilePath: ParseText<string> = (text) =>
  text.trim() === '' ? failure('expected a path.') : success(text);

/** `memory`, a path, or a URL without a password. */
export function parseStore(text: string): Outcome<string, string> {
  if (text.trim() === '') return failure('expected memory, a path or a postgres:// URL.');
  const url = isDatabaseUrl(text) && URL.canParse(text) ? new URL(text) : undefined;
  const isOpen = url === undefined ? hideUserinfo(text) === text : url.password === '' && !hasPassword(url);
  if (isOpen) return success(text);
  return failure('a URL with a password must not be in this file; use storeEnv or storeFile.');
}

/** The driver takes one from the query too. */
const hasPassword = ({ searchParams }: URL): boolean => [...searchParams.keys()].some((key) => /pass/i.test(key));
