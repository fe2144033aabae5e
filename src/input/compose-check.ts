// Which services of a Compose project are started, and what Compose refuses to start.

import { type ComposeMap, entriesOf, entryOf, isGiven, type Location, scalarOf } from './compose-node.ts';

export type Services = ReadonlyMap<string, ComposeMap>;
export type Report = (location: Location, message: string) => void;

/** Those without a profile or with one that is asked for; `*` is every one. */
export function startedServices(all: Services, asked: readonly string[]): Services {
  const names = new Set(asked);
  return new Map([...all].filter(([, service]) => isStarted(service, names)));
}

function isStarted(service: ComposeMap, asked: ReadonlySet<string>): boolean {
  const profiles = entryOf(service, 'profiles');
  if (profiles?.kind !== 'list' || profiles.items.length === 0 || asked.has('*')) return true;
  return profiles.items.some((item) => item.kind === 'scalar' && asked.has(String(item.value)));
}

export function checkServices(all: Services, started: Services, report: Report): void {
  for (const [name, service] of started) {
    const isImage = ['image', 'build', 'provider'].some((key) => isGiven(entryOf(service, key)));
    if (!isImage) report(service, `services.${name} has neither an image nor a build.`);
    const needed = entryOf(service, 'depends_on');
    for (const [other, how] of needed?.kind === 'map' ? entriesOf(needed) : []) {
      const isOptional = how.kind === 'map' && scalarOf(how, 'required')?.value === false;
      if (started.has(other) || isOptional) continue;
      const why = all.has(other) ? 'which needs one of its profiles to start' : 'which is not there';
      report(how, `services.${name} depends on ${other}, ${why}.`);
    }
  }
}
