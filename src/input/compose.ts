// Container images in Compose files: what `docker compose pull` pulls. Oracle: `docker compose config --images`.

import { basename } from 'node:path';
import { checkServices, startedServices } from './compose-check.ts';
import { findPulls } from './compose-image.ts';
import { type ComposeMap, entriesOf, type Location } from './compose-node.ts';
import { type ComposeFile, loadProject } from './compose-project.ts';
import type { Extraction, ExtractOptions, Extractor, Problem } from './extractor.ts';
import { FOREIGN, problemIn, sourceOf } from './referred-file.ts';

const NAME = /^(?:docker-)?compose(?:[.-].+)?\.ya?ml$|\.compose\.ya?ml$/i;
/** Goes over a file that is not here: what it lacks is no mistake. */
const OVERRIDE = /\boverride\.ya?ml$/i;
/** `services:` with a name in it, and nothing of Kubernetes or of a CI service. */
const SERVICES = /^services:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+[\w."'-]+:/m;
const OTHER_KIND = /^(?:apiVersion|kind|stages|jobs|steps|pipeline):/m;

export const composeExtractor: Extractor = {
  name: 'compose',
  matches: (path, head) => NAME.test(basename(path)) || (SERVICES.test(head) && !OTHER_KIND.test(head)),
  async extract(text, source, options) {
    return extractCompose([{ path: basename(source), text, isForeign: false }], source, options);
  },
};

/**
 * The first file, with those after it as its overrides. `source` is the document they were found in or by: their
 * paths, and those in them, are relative to its folder.
 */
export async function extractCompose(
  files: readonly ComposeFile[],
  source: string,
  { buildArgs, profiles, ...options }: ExtractOptions,
): Promise<Extraction> {
  const project = await loadProject(files, options);
  const { services, lookup, foreign } = project;
  const otherFile = (path: string) => (path === basename(source) ? undefined : sourceOf(source, path));
  const problems: Problem[] = [];
  const closed = new Set<string>();
  const report = ({ source: path, line }: Location, message: string) => {
    const isForeign = foreign.has(path);
    if (isForeign && closed.has(path)) return;
    if (isForeign) closed.add(path);
    const problem = { message: isForeign ? FOREIGN : message, ...(line !== undefined && { line }) };
    const other = otherFile(path);
    problems.push(other === undefined ? problem : problemIn(other, problem));
  };

  for (const problem of project.problems) report(problem, problem.message);
  const entries = services === undefined ? [] : entriesOf(services);
  const all = new Map(entries.filter((entry): entry is [string, ComposeMap] => entry[1].kind === 'map'));
  const fromEnvironment = lookup('COMPOSE_PROFILES')?.text.split(',') ?? [];
  const started = startedServices(all, profiles.length > 0 ? profiles : fromEnvironment);
  const found = findPulls(started, { lookup, buildArgs, report }).map(({ source: path, ...image }) => {
    const other = otherFile(path);
    return other === undefined ? image : { ...image, source: other };
  });
  // What is missing after a mistake may be there without it.
  const isPartial = files.every(({ path }) => OVERRIDE.test(path));
  if (problems.length === 0 && !isPartial) checkServices(all, started, report);
  return { found, problems };
}
