// The `store` setting: what it names, and how it is shown.

import { cleanText } from '../../core/text.ts';
import { hideUserinfo } from '../../core/userinfo.ts';

export interface StoreSetting {
  /** `memory`, the path of a file, or the URL of a PostgreSQL database. */
  readonly location: string;
  /** The user chose it: without a driver it is a failure, not memory. */
  readonly isNamed: boolean;
}

export const isMemory = (location: string): boolean => location === 'memory' || location === ':memory:';

export const isDatabaseUrl = (location: string): boolean => /^postgres(?:ql)?:\/\//i.test(location);

/** `postgres://host:5432/database`: without user, password and query, which may be another password. */
export function formatDatabaseUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const host = parsed?.hostname || parsed?.searchParams.get('host') || 'localhost';
  return cleanText(`postgres://${host}:${parsed?.port || '5432'}${parsed?.pathname ?? ''}`, 300);
}

/** For the log and the terminal. */
export const formatStore = (location: string): string =>
  isDatabaseUrl(location) ? formatDatabaseUrl(location) : cleanText(hideUserinfo(location), 300);
