// What the log says of sources that cannot be read: one line when one fails, one when it can be read again, whatever the
// problem is meanwhile.

import type { LogLine } from './monitor-log.ts';

/** `Kubernetes: listing failed since 2026-01-01T00:00:00Z.`: what follows may change while it lasts. */
const LISTING = /^Kubernetes: listing failed since \S+?Z\./;

const keyOf = (problem: string): string => LISTING.exec(problem)?.[0] ?? problem;

/** The problems of one source, together. */
function byKey(problems: readonly string[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const problem of problems) {
    const key = keyOf(problem);
    const before = all.get(key);
    all.set(key, before === undefined ? problem : `${before}${problem.slice(key.length)}`);
  }
  return all;
}

export function sourceLines(before: readonly string[], after: readonly string[]): readonly LogLine[] {
  const [old, current] = [byKey(before), byKey(after)];
  const began = [...current].filter(([key]) => !old.has(key)).map(([, problem]) => problem);
  const isListing = (key: string): boolean => LISTING.test(key);
  const ended = [...old.keys()].filter((key) => isListing(key) && !current.has(key));
  const [hadOthers, hasOthers] = [old, current].map((all) => [...all.keys()].some((key) => !isListing(key)));
  return [
    ...began.map((message): LogLine => ({ level: 'warning', event: 'configuration', message })),
    ...ended.map(() => again('Kubernetes: the listing works again')),
    ...(hadOthers && !hasOthers ? [again('The sources of images can be read again')] : []),
  ];
}

const again = (message: string): LogLine => ({ level: 'info', event: 'configuration', message });
