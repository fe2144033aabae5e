// An event as a text for Slack, and for Mattermost, Rocket.Chat and Discord, which accept the same.

import { shortDigest } from '../../core/digest.ts';
import { formatWait } from '../../core/quantity.ts';
import { cleanText } from '../../core/text.ts';
import {
  hintOf,
  type Notification,
  type NotificationContext,
  pageOf,
  sinceMsOf,
  stateOf,
  timeOf,
} from './notification.ts';

/** Slack cuts a text of 4,000 characters. */
const MAX_NAME = 200;
const MAX_MESSAGE = 1_500;

const SIGNS: Readonly<Record<string, string>> = {
  outage: '🔴',
  reminder: '🔴',
  recovered: '✅',
  'undetermined-long': '⚠️',
  'quota-low': '⚠️',
  'certificate-expiry': '⚠️',
  network: '⚠️',
  clock: '⚠️',
};

export function formatSlack(notice: Notification, context: NotificationContext): string {
  const sign = SIGNS[notice.event] ?? 'ℹ️';
  const hint = hintOf(notice, context);
  const lines = [`${sign} ${sentenceOf(notice, context)}`, ...(hint === null ? [] : [plain(hint, MAX_MESSAGE)])];
  return JSON.stringify({ text: lines.join('\n') });
}

function sentenceOf(notice: Notification, context: NotificationContext): string {
  const { event, resource, message, digest, previousDigest } = notice;
  const words = message === null || message === '' ? '' : plain(message, MAX_MESSAGE);
  if (resource === null) return words === '' ? event : words;
  const group = resource.group === null ? '' : ` (${plain(resource.group, MAX_NAME)})`;
  const name = `${linkTo(pageOf(notice, context), resource.name)}${group}`;
  const why = words === '' ? '' : `: ${words}`;
  switch (event) {
    case 'outage':
      return `Outage of ${name}${why}`;
    case 'reminder':
      return `${name} is still unavailable, since ${minuteOf(sinceMsOf(notice, context) ?? notice.atMs)}${why}`;
    case 'recovered': {
      const length = lengthOf(context);
      return `${name} has recovered${length === null ? '' : ` after ${length}`}`;
    }
    case 'digest-moved':
      return `${name} moved from ${shortened(previousDigest)} to ${shortened(digest)}`;
    case 'drift':
      return `${name} has drifted${why}`;
    case 'undetermined-long':
      return `Whether ${name} is available cannot be determined, since ${minuteOf(sinceMsOf(notice, context) ?? notice.atMs)}${why}`;
    case 'state':
      return `${name} is ${stateOf(notice, context)}${why}`;
    default:
      return `${name}: ${event}${why}`;
  }
}

const shortened = (digest: string | null): string =>
  digest === null ? 'nothing' : plain(shortDigest(digest), MAX_NAME);

function lengthOf({ outage }: NotificationContext): string | null {
  if (outage === null || outage.endedAtMs === null) return null;
  return formatWait(Math.max(1_000, outage.endedAtMs - outage.startedAtMs));
}

const minuteOf = (ms: number): string => `${timeOf(ms).slice(0, 16).replace('T', ' ')} UTC`;

const linkTo = (page: string | null, name: string): string => {
  const text = plain(name, MAX_NAME) || '(no name)';
  return page === null ? text : `<${page}|${text.replaceAll('|', '/')}>`;
};

/** No mention, link or control sequence in a text from elsewhere works. */
function plain(text: string, maxLength: number): string {
  return cleanText(text, maxLength)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\]\(/g, '] (')
    .replace(/@(?=\w)/g, '@\u200b');
}
