// The notifiers of the monitor: where their URLs are, under names that contain none of them.

import type { Env } from '../core/env.ts';
import { NOTIFIED_EVENTS } from '../monitor/history/event.ts';
import type { NotifierOptions, SecretUrl } from '../monitor/notify/notifier-options.ts';
import { readAddress } from '../monitor/notify/secret-url.ts';
import type { MonitorConfig } from './monitor-config.ts';
import type { NotifyEntry } from './monitor-schema.ts';

/** Without `events`, a notifier gets all but these. */
const ONLY_ON_REQUEST = 'state';

/** A URL that cannot be read yet is a warning: it is read again for each event. Rejects with the signal's reason. */
export async function readNotifiers(
  { section: { values, labelOf }, locate }: Pick<MonitorConfig, 'section' | 'locate'>,
  env: Env,
  signal: AbortSignal,
): Promise<{ readonly notifiers: readonly NotifierOptions[]; readonly warnings: readonly string[] }> {
  const { notify = [] } = values;
  const names = new Set(notify.flatMap(({ name }) => name ?? []));
  const warnings: string[] = [];
  const notifiers: NotifierOptions[] = [];
  for (const [index, entry] of notify.entries()) {
    const { kind, address } = addressOf(entry);
    const url = secretUrlOf(address, locate);
    const read = await readAddress(url, env, signal);
    if (!read.ok) warnings.push(`${labelOf(['notify', index, kind])}: ${read.error}.`);
    notifiers.push({
      name: entry.name ?? freeName(kind, names),
      kind,
      url,
      headers: ('headers' in address ? address.headers : undefined) ?? {},
      events:
        ('events' in entry ? entry.events : undefined) ?? NOTIFIED_EVENTS.filter((name) => name !== ONLY_ON_REQUEST),
      groups: 'groups' in entry ? entry.groups : undefined,
      remindAfterMs: ('remindAfter' in entry ? entry.remindAfter : undefined) ?? null,
    });
  }
  return { notifiers, warnings };
}

type Address = Extract<NotifyEntry, { ping: unknown }>['ping'];

function addressOf(entry: NotifyEntry): { readonly kind: NotifierOptions['kind']; readonly address: Address } {
  if ('webhook' in entry) return { kind: 'webhook', address: entry.webhook };
  if ('slack' in entry) return { kind: 'slack', address: entry.slack };
  return { kind: 'ping', address: entry.ping };
}

function secretUrlOf(address: Address, locate: (path: string) => string): SecretUrl {
  const { url, urlEnv, urlFile } = { urlEnv: undefined, urlFile: undefined, ...address };
  if (urlEnv !== undefined) return { kind: 'env', name: urlEnv };
  if (urlFile !== undefined) return { kind: 'file', path: locate(urlFile) };
  return { kind: 'value', url: url ?? '' };
}

/** `webhook`, `webhook-2` */
function freeName(kind: string, names: Set<string>): string {
  let name = kind;
  for (let number = 2; names.has(name); number += 1) name = `${kind}-${number}`;
  names.add(name);
  return name;
}
