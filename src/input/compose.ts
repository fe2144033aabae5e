// Container images in Compose files: what `docker compose pull` pulls. Compare with `docker compose config --images`.

import { basename } from 'node:path';
import { baseOf, overrideOf } from './compose-files.ts';
import { findPulls } from './compose-image.ts';
import {
  type ComposeLocation,
  type ComposeMap,
  type ComposeNode,
  entriesAt,
  entriesOf,
  entryOf,
  isGiven,
  itemsAt,
  type ReportProblem,
  type Services,
  scalarOf,
} from './compose-node.ts';
import { type ComposeFile, loadProject } from './compose-project.ts';
import type { Extraction, ExtractOptions, Extractor, Problem } from './extractor.ts';
import { FOREIGN, problemIn, sourceOf } from './linked-file.ts';
import { isOtherText } from './other-file.ts';
import { type Outline, outlineOf } from './outline.ts';

const NAME = /^(?:docker-)?compose(?:[.-].+)?\.ya?ml$|\.compose\.ya?ml$/i;
/** Merged over a file that is not here: what it lacks is not an error. */
const OVERRIDE = /\boverride\.ya?ml$/i;
const SERVICES = /^["']?services["']?[ \t]*:/m;
/** In the output of `docker compose config --format json`. */
const JSON_SERVICES = /"services"\s*:\s*\{/;
/** Of Kubernetes, and of CI services. */
const OTHER_KEYS = ['apiVersion', 'kind', 'stages', 'jobs', 'steps', 'pipeline'];
/** Of a service; programs with a container of objects call those services, too. */
const SERVICE_KEYS = new Set(
  (
    'image build extends command entrypoint environment env_file ports expose volumes volumes_from networks ' +
    'network_mode depends_on restart container_name deploy develop healthcheck profiles provider labels logging ' +
    'hostname links external_links user working_dir privileged cap_add cap_drop devices dns extra_hosts ipc pid init ' +
    'mem_limit cpus platform pull_policy read_only runtime scale secrets configs security_opt shm_size stdin_open ' +
    'stop_grace_period stop_signal sysctls tmpfs tty ulimits userns_mode models gpus post_start pre_stop <<'
  ).split(' '),
);

export const composeExtractor: Extractor = {
  name: 'compose',
  matches: (path, head) =>
    NAME.test(basename(path)) || (!isOtherText(path) && mayHaveServices(head) && isProject(outlineOf(head))),
  async extract(text, source, options) {
    const own = { path: basename(source), text, isForeign: false };
    const old = findVersion1(text);
    if (old !== undefined) return { found: [], problems: [old] };
    const override = await overrideOf(source, options);
    if (override !== undefined) {
      return { ...(await extractCompose([own, override], source, options)), covers: [override.path] };
    }
    const { isIncomplete, ...alone } = await extractCompose([own], source, options);
    const base = isIncomplete ? await baseOf(source, options) : undefined;
    return base === undefined ? alone : extractCompose([base, own], source, options);
  },
};

/** Beside the services. */
const TOP_KEYS = /^(?:x-.*|version|name|include|services|networks|volumes|configs|secrets|models)$/;

/** Version 1 of the format has the services at the top level; Compose no longer reads it. */
function findVersion1(text: string): Problem | undefined {
  const { entries } = outlineOf(text);
  if (entries.has('services') || entries.has('include')) return undefined;
  const isService = ([key, { entries: fields }]: readonly [string, Outline]): boolean =>
    !TOP_KEYS.test(key) && (fields.has('image') || fields.has('build'));
  const [name] = [...entries].find(isService) ?? [];
  if (name === undefined) return undefined;
  const line = text.split('\n').findIndex((each) => each.replace(/^["']/, '').startsWith(name)) + 1;
  const message =
    'This is Compose file format version 1, which Compose no longer reads; move the services below "services:".';
  return { message, ...(line > 0 && { line }) };
}

const mayHaveServices = (text: string): boolean =>
  SERVICES.test(text) || (/^\s*\{/.test(text) && JSON_SERVICES.test(text));

function isProject({ entries }: Outline): boolean {
  const services = [...(entries.get('services')?.entries.values() ?? [])];
  return (
    services.some((service) => [...service.entries.keys()].some((key) => SERVICE_KEYS.has(key))) &&
    !OTHER_KEYS.some((key) => entries.has(key))
  );
}

interface ComposeExtraction extends Extraction {
  /** A service lacks what it requires: another file may have it. */
  readonly isIncomplete: boolean;
}

/**
 * The first file, with the others as its overrides. `source`: the document that is or refers to them; their paths, and
 * the paths in them, are relative to its directory.
 */
export async function extractCompose(
  files: readonly ComposeFile[],
  source: string,
  { buildArgs, profiles, ...options }: ExtractOptions,
): Promise<ComposeExtraction> {
  const project = await loadProject(files, options);
  const { services, lookup, foreign, broken } = project;
  const otherFile = (path: string) => (path === basename(source) ? undefined : sourceOf(source, path));
  const problems: Problem[] = [];
  const reported = new Set<string>();
  const report = ({ source: path, line, template }: ComposeLocation, message: string) => {
    const isForeign = foreign.has(path);
    if (isForeign && reported.has(path)) return;
    reported.add(path);
    const place = line !== undefined && { line };
    const problem = isForeign ? { message: FOREIGN, ...place } : { message, ...place, ...(template && { template }) };
    const other = otherFile(path);
    problems.push(other === undefined ? problem : problemIn(other, problem));
  };

  for (const problem of project.problems) report(problem, problem.message);
  const reportRest: ReportProblem = (place, message) => {
    if (!broken.has(place.source)) report(place, message);
  };
  const entries = services === undefined ? [] : entriesOf(services);
  const all: Services = new Map(entries.filter((entry): entry is [string, ComposeMap] => entry[1].kind === 'map'));
  const fromEnvironment = lookup('COMPOSE_PROFILES')?.text.split(',') ?? [];
  const started = startedServices(all, profiles.length > 0 ? profiles : fromEnvironment);
  const found = findPulls(started, { lookup, buildArgs, report: reportRest }).map(({ source: path, ...image }) => {
    const other = otherFile(path);
    return other === undefined ? image : { ...image, source: other };
  });
  // After an error, what seems missing may only be unread.
  const isPartial = files.every(({ path }) => OVERRIDE.test(path));
  const loaded = problems.length;
  if (loaded === 0 && !isPartial) checkServices(all, started, report);
  return { found, problems, isIncomplete: problems.length > loaded };
}

/** The services without a profile or with an active one; `*` activates all. */
function startedServices(all: Services, profiles: readonly string[]): Services {
  const active = new Set(profiles);
  /** Services that extend one share its list. */
  const known = new Map<ComposeNode | undefined, boolean>();
  const isStarted = (service: ComposeMap): boolean => {
    const list = entryOf(service, 'profiles');
    const isActive = known.get(list) ?? hasActive(service, active);
    known.set(list, isActive);
    return isActive;
  };
  return new Map([...all].filter(([, service]) => isStarted(service)));
}

function hasActive(service: ComposeMap, active: ReadonlySet<string>): boolean {
  const profiles = itemsAt(service, 'profiles');
  if (profiles.length === 0 || active.has('*')) return true;
  return profiles.some((item) => item.kind === 'scalar' && active.has(String(item.value)));
}

/** Reports what Compose refuses to start. */
function checkServices(all: Services, started: Services, report: ReportProblem): void {
  /** Services that extend one share its dependencies. */
  const checked = new Set<ComposeNode | undefined>();
  for (const [name, service] of started) {
    const hasImage = ['image', 'build', 'provider'].some((key) => isGiven(entryOf(service, key)));
    if (!hasImage) report(service, `services.${name} has neither an image nor a build.`);
    const dependencies = entryOf(service, 'depends_on');
    if (checked.has(dependencies)) continue;
    checked.add(dependencies);
    for (const [other, how] of entriesAt(service, 'depends_on')) {
      const isOptional = how.kind === 'map' && scalarOf(how, 'required')?.value === false;
      if (started.has(other) || isOptional) continue;
      const why = all.has(other) ? 'which starts only with one of its profiles' : 'which does not exist';
      report(how, `services.${name} depends on ${other}, ${why}.`);
    }
  }
}
