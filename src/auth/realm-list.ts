// The hosts of token services that a person allows a registry to name: `realms` of its settings.

import { isIP } from 'node:net';
import { failure, type Outcome, success } from '../core/outcome.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[^\s/\\?#@%:[\]]+)(?::(\d{1,5}))?$/i;

/** `host` or `host:port` as it is compared; the error completes "expected …". */
export function parseRealmHost(text: string): Outcome<string, string> {
  const [, name = '', port] = HOST.exec(isIP(text) === 6 ? `[${text}]` : text) ?? [];
  if (name === '' || !URL.canParse(`http://${name}/`) || Number(port ?? 1) > 65_535) {
    return failure('the host of a token service, such as auth.example.com');
  }
  const host = plain(new URL(`http://${name}/`).hostname);
  if (!/^[^.]+(?:\.[^.]+)*$/.test(host)) return failure('the host of a token service, such as auth.example.com');
  return success(port === undefined ? host : `${host}:${Number(port)}`);
}

/** An entry without a port stands for every port of its host. */
export function isListed(realm: URL, hosts: readonly string[]): boolean {
  const host = plain(realm.hostname);
  const port = realm.port || (realm.protocol === 'https:' ? '443' : '80');
  return hosts.includes(host) || hosts.includes(`${host}:${port}`);
}

/** A dot at the end of a name changes nothing. */
const plain = (hostname: string): string => hostname.replace(/\.$/, '');
