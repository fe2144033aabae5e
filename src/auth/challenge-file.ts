// The file of remembered challenges. If anything is wrong with it, it counts as empty: it only saves round trips.

import { randomUUID } from 'node:crypto';
import { existsSync, type Stats } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isPlainObject, parseJsonDocument } from '../credentials/go-document.ts';
import { readFileText } from '../file/read-file.ts';
import type { KnownChallenge } from './challenge.ts';

export interface RememberedChallenge extends KnownChallenge {
  /** When the registry sent it; milliseconds since 1970. */
  readonly seenMs: number;
}

const VERSION = 1;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TEXT_LENGTH = 2048;

/** By the registry's origin, oldest first. */
export async function readChallengeFile(path: string): Promise<Map<string, RememberedChallenge>> {
  // Usual on a first run, and on machines of a pipeline: to open it would load fs/promises and start threads.
  if (!existsSync(path)) return new Map();
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

/** It decides where credentials are sent, so no other user may be able to write it. */
function refuseOthers(stats: Stats): string | undefined {
  const isOwn = process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0);
  return isOwn && stats.isFile() ? undefined : 'other users can write to it';
}

/** Written to another name and renamed, so that no reader finds half a file. Never rejects. */
export async function writeChallengeFile(
  path: string,
  challenges: ReadonlyMap<string, RememberedChallenge | undefined>,
): Promise<void> {
  const directory = dirname(path);
  const draft = `${path}.${randomUUID()}`;
  const document = { version: VERSION, challenges: Object.fromEntries(challenges) };
  try {
    // One level each: a missing home directory is not created.
    for (const one of [dirname(directory), directory]) await mkdir(one, { mode: 0o700 }).catch(() => undefined);
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
