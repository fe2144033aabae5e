// The file of remembered challenges. Whatever is wrong with it, it is as good as empty: it only saves round trips.

import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isPlainObject, parseJsonDocument } from '../credentials/go-document.ts';
import { readFileText } from '../file/read-file.ts';
import type { KnownChallenge } from './challenge.ts';

export interface RememberedChallenge extends KnownChallenge {
  /** When the registry said so; milliseconds since 1970. */
  readonly seenMs: number;
}

const VERSION = 1;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TEXT_LENGTH = 2048;

/** By the registry's origin, the longest known first. */
export async function readChallengeFile(path: string): Promise<Map<string, RememberedChallenge>> {
  const text = await readFileText(path, { maxBytes: MAX_FILE_BYTES, refuse: refuseOthers });
  const parsed = parseJsonDocument(text.ok ? text.value : '');
  const document = parsed.ok && isPlainObject(parsed.value) ? parsed.value : {};
  const { version, challenges } = document;
  if (version !== VERSION || !isPlainObject(challenges)) return new Map();
  return new Map(
    Object.entries(challenges).flatMap(([origin, entry]) => {
      const challenge = readEntry(entry);
      return challenge === undefined ? [] : [[origin, challenge]];
    }),
  );
}

function readEntry(entry: unknown): RememberedChallenge | undefined {
  if (!isPlainObject(entry)) return undefined;
  const { realm, service, scope, seenMs } = entry;
  const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT_LENGTH;
  const isTextOrUnset = (value: unknown): value is string | undefined => value === undefined || isText(value);
  if (!isText(realm) || !isTextOrUnset(service) || !isTextOrUnset(scope) || typeof seenMs !== 'number')
    return undefined;
  return URL.canParse(realm) ? { realm, service, scope, seenMs } : undefined;
}

/** It says where logins are sent: nobody else may have written it. */
function refuseOthers(stats: Stats): string | undefined {
  const isOwn = process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0);
  return isOwn && stats.isFile() ? undefined : 'others may write it';
}

/** A reader never meets half a file: it is written beside its place and moved there. Never rejects. */
export async function writeChallengeFile(
  path: string,
  challenges: ReadonlyMap<string, RememberedChallenge | undefined>,
): Promise<void> {
  const folder = dirname(path);
  const draft = `${path}.${randomUUID()}`;
  const document = { version: VERSION, challenges: Object.fromEntries(challenges) };
  try {
    // One level each, for a home that does not exist is not to be made.
    for (const one of [dirname(folder), folder]) await mkdir(one, { mode: 0o700 }).catch(() => undefined);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(document)}\n`);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
