// Finds the credentials for a repository, one after the other; reads no file and runs no helper before it has to.

import type { CredentialSourceRead } from '../core/check-event.ts';
import { failure } from '../core/outcome.ts';
import type { Warning, WarningCode } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { type KeyMatch, keyOfRegistry, matchAuthKey } from './auth-key.ts';
import {
  type Credential,
  describeCredential,
  findSyntaxProblem,
  isSameCredential,
  type StoredCredential,
} from './credential.ts';
import { FOLLOWED } from './credential-file.ts';
import {
  type CredentialHelperOptions,
  createCredentialHelper,
  type GetFromHelper,
  type HelperFailure,
} from './credential-helper.ts';
import { type CredentialSource, type CredentialSourceOptions, listSources } from './credential-source.ts';
import type { DockerConfig } from './docker-config.ts';

export interface CredentialChainOptions extends CredentialSourceOptions, CredentialHelperOptions {
  /** Use no credentials: nothing is read and nothing is run. */
  readonly anonymous?: boolean | undefined;
}

export interface CredentialSearch {
  /** Best first, without duplicates. Take the next only after the previous one was refused; stopping early is free. */
  readonly credentials: AsyncIterable<Credential>;
  /** Problems with the sources read so far: grows while credentials are taken. */
  readonly warnings: readonly Warning[];
  /** Helpers that should have a credential, and failed. */
  readonly failedHelpers?: readonly FailedHelper[];
  /** Helpers in credHelpers that have no credential: no other program can store one there. */
  readonly emptyHelpers?: readonly HelperName[];
  /** Sources, or entries in them, that could not be read. */
  readonly failedSources?: readonly FailedSource[];
}

export interface HelperName {
  /** `docker-credential-pass` */
  readonly program: string;
  /** The file that names it, as a report shows it. */
  readonly label: string;
}

export interface FailedSource {
  /** `~/.docker/config.json` */
  readonly label: string;
  /** A clause about it. */
  readonly problem: string;
  /** The warning of it. */
  readonly message: string;
  /** The variables that it lacks to be a credential. */
  readonly missing?: readonly string[];
}

export interface FailedHelper extends HelperFailure, HelperName {
  /** The field of that file; unset: `credHelpers`. */
  readonly field?: 'credsStore';
}

export interface CredentialChain {
  /**
   * `registry` and `repository` as in a Reference: `docker.io`, `library/nginx`. `patience` ends the wait for a helper,
   * which keeps running for others.
   */
  find(registry: string, repository?: string, patience?: AbortSignal): CredentialSearch;
}

/** `getFromHelper`: shared with other chains. */
export function createCredentialChain(
  options: CredentialChainOptions,
  getFromHelper: GetFromHelper = createCredentialHelper(options),
): CredentialChain {
  const sources = options.anonymous ? [] : listSources(options);

  return {
    find(registry, repository, patience) {
      const warnings: Warning[] = [];
      const failedHelpers: FailedHelper[] = [];
      const emptyHelpers: HelperName[] = [];
      const failedSources: FailedSource[] = [];
      const warn = (code: WarningCode, message: string): void => {
        warnings.push({ code, message: cleanText(message, 500) });
      };

      const read = new Map<string, CredentialSourceRead>();
      let found = 0;
      const report = (credential: Credential | null): void => {
        if (credential !== null) found += 1;
        options.onEvent?.({
          type: 'credential',
          registry,
          credential: credential && describeCredential(credential),
          found,
          sources: [...read.values()],
        });
      };

      async function* search(): AsyncGenerator<Credential> {
        for (const source of sources) {
          if (source.key !== undefined && matchAuthKey(source.key, registry, repository) === undefined) continue;
          let isEmpty = true;
          for await (const credential of searchSource(source)) {
            isEmpty = false;
            report(credential);
            yield credential;
          }
          // "Do these very credentials work?" must not be answered with others.
          if (!isEmpty && source.isExclusive) return report(null);
        }
        report(null);
      }

      async function* searchSource(source: CredentialSource): AsyncGenerator<Credential> {
        const { label } = source;
        const warnOfSource = (problem: string): void => warn('credentials-file', `${label}: ${problem}`);
        const fails = (problem: string): void => {
          warnOfSource(problem);
          failedSources.push({
            label: cleanText(label),
            problem: cleanText(problem, 300),
            message: warnings.at(-1)?.message ?? '',
            ...(source.missing && { missing: source.missing }),
          });
        };
        const config = await source.load();
        if (config.ok) read.set(label, { label, state: config.value === undefined ? 'missing' : 'read' });
        else read.set(label, { label, state: 'unusable', problem: config.error });
        if (!config.ok) return fails(`${config.error}; no credentials were read from it`);
        if (config.value === undefined) return;
        for (const problem of config.value.problems) (problem === FOLLOWED ? warnOfSource : fails)(problem);
        const { credsStore } = config.value;

        const failed = new Set<string>();
        const runHelper = async ({ helper, server }: HelperStep): Promise<StoredCredential | undefined> => {
          if (failed.has(helper)) return undefined;
          const outcome = await withPatience(getFromHelper(helper, server), patience);
          if (outcome.ok) {
            const { credential, isFollowed } = outcome.value;
            const program = `docker-credential-${helper}`;
            if (isFollowed && credential !== undefined) warn('helper-output', describeOutput(helper, source.label));
            if (credential === undefined && helper !== credsStore) emptyHelpers.push({ program, label });
            return credential;
          }
          failed.add(helper);
          const field = helper === credsStore ? ({ field: 'credsStore' } as const) : {};
          failedHelpers.push({ ...outcome.error, program: `docker-credential-${helper}`, label, ...field });
          warn(outcome.error.code, describeHelperFailure(helper, outcome.error, source.label, registry));
          return undefined;
        };
        for (const step of lookupSteps(config.value, registry, repository)) {
          if (step.kind === 'problem') {
            fails(`${inside(step)}the entry "${step.match.shown}" is unusable: ${step.problem}; log in again`);
            continue;
          }
          const credential = step.kind === 'helper' ? await runHelper(step) : step.credential;
          const problem = credential && findSyntaxProblem(credential);
          if (problem !== undefined)
            warnOfSource(`${describeStep(step)} cannot be sent: ${problem}; continued without it: correct it there`);
          else if (credential !== undefined) yield { ...credential, source: describeSource(source, step) };
        }
      }

      return { credentials: withoutDuplicates(search()), warnings, failedHelpers, emptyHelpers, failedSources };
    },
  };
}

type HelperOutcome = Awaited<ReturnType<GetFromHelper>>;

async function withPatience(running: Promise<HelperOutcome>, patience?: AbortSignal): Promise<HelperOutcome> {
  if (patience === undefined) return running;
  try {
    return await untilAborted(running, patience);
  } catch (reason) {
    if (!patience.aborted) throw reason;
    return failure({ code: 'helper-failed', problem: 'did not respond in time', isSlow: true });
  }
}

/** A refused credential is not sent again: registries lock accounts after a few failures. */
async function* withoutDuplicates(credentials: AsyncIterable<Credential>): AsyncGenerator<Credential> {
  const found: Credential[] = [];
  for await (const credential of credentials) {
    if (found.some((earlier) => isSameCredential(earlier, credential))) continue;
    found.push(credential);
    yield credential;
  }
}

type LookupStep = { readonly match: KeyMatch; readonly within?: string } & (
  | { readonly kind: 'entry'; readonly credential: StoredCredential }
  | { readonly kind: 'helper'; readonly helper: string; readonly server: string }
  | { readonly kind: 'problem'; readonly problem: string }
);
type HelperStep = LookupStep & { readonly kind: 'helper' };

/**
 * Most specific key first. A helper configured for the registry replaces the entries of the file, as in docker and podman.
 * The credentials store does in docker, while podman ignores it: the entry after the store works for both, and sends the
 * credential nowhere it was not stored for.
 */
export function lookupSteps(config: DockerConfig, registry: string, repository?: string): readonly LookupStep[] {
  const steps: LookupStep[] = [];
  const lookups = new Set<string>();
  const addHelper = (helper: string, key: string): void => {
    const match = matchAuthKey(key, registry, repository);
    for (const server of match?.servers ?? []) {
      if (match === undefined || lookups.has(`${helper} ${server}`)) continue;
      lookups.add(`${helper} ${server}`);
      steps.push({ kind: 'helper', match, helper, server });
    }
  };

  const { credsStore } = config;
  const helpers = config.credHelpers.filter(
    ({ key }) => isHelperKey(key, registry) && matchAuthKey(key, registry, repository) !== undefined,
  );
  for (const { helper, key } of helpers) if (helper !== '') addHelper(helper, key);
  // As in docker, a line in credHelpers replaces the store for that registry, even when it names no helper.
  if (credsStore !== undefined && helpers.length === 0) {
    for (const { key, credential } of config.auths)
      if (credential.ok && credential.value === undefined) addHelper(credsStore, key);
    addHelper(credsStore, keyOfRegistry(registry));
  }

  // docker and podman read no entry either, whatever the helper returns.
  if (helpers.some(({ helper, key }) => helper !== '' && matchAuthKey(key, registry)?.isWholeRegistry)) {
    return steps.sort((a, b) => b.match.rank - a.match.rank);
  }
  const isEmptied = isLoginRemoved(config, registry) && helpers.length === 0 && credsStore === undefined;
  for (const { key, credential, within } of config.auths) {
    const match = matchAuthKey(key, registry, repository);
    if (match === undefined || (isEmptied && isOtherSpelling(match, key, registry))) continue;
    const entry = { match, ...(within !== undefined && { within }) };
    if (!credential.ok) steps.push({ ...entry, kind: 'problem', problem: credential.error });
    else if (credential.value !== undefined) steps.push({ ...entry, kind: 'entry', credential: credential.value });
  }
  return steps.sort((a, b) => b.match.rank - a.match.rank);
}

/** docker and podman compare these names with the registry's; only Docker Hub's own is a URL. */
const isHelperKey = (key: string, registry: string): boolean =>
  !/^https?:\/\//i.test(key) || key === keyOfRegistry(registry);

/** An empty entry under the registry's own key means no login: docker and podman look no further in this file. */
const isLoginRemoved = ({ auths }: DockerConfig, registry: string): boolean =>
  auths.some(
    ({ key, credential, within }) =>
      within === undefined && key === keyOfRegistry(registry) && credential.ok && credential.value === undefined,
  );

/** `https://r.example/v1/` for `r.example`; a namespace or a glob is another entry. */
const isOtherSpelling = ({ isWholeRegistry }: KeyMatch, key: string, registry: string): boolean =>
  isWholeRegistry && key !== registry;

const inside = ({ within }: LookupStep): string => (within === undefined ? '' : `${within}: `);

const describeStep = (step: LookupStep): string =>
  step.kind === 'helper'
    ? `the credential that docker-credential-${step.helper} returned for "${step.server}"`
    : `${inside(step)}the credential for "${step.match.shown}"`;

/** `~/.docker/config.json`, `auth.json (quay.io/org)`, `Secret/regcred in pod.yaml`, `docker-credential-pass (~/.docker/config.json)`. */
function describeSource({ label, isNamedByEntry }: CredentialSource, step: LookupStep): string {
  const key = step.match.isWholeRegistry ? undefined : step.match.shown;
  const within = isNamedByEntry ? undefined : step.within;
  const details = [step.kind === 'helper' ? label : undefined, within, key].filter((text) => text !== undefined);
  const own = (isNamedByEntry && step.within) || label;
  const source = step.kind === 'helper' ? `docker-credential-${step.helper}` : own;
  return cleanText(details.length === 0 ? source : `${source} (${details.join(', ')})`);
}

const describeOutput = (helper: string, label: string): string =>
  `${label} uses credential helper docker-credential-${helper}, which printed more than its JSON object: docker and podman ignore the rest, but oras fails; have the helper print only the object`;

function describeHelperFailure(helper: string, failure: HelperFailure, label: string, registry: string): string {
  const advice =
    failure.code === 'helper-missing'
      ? `install it, or remove it from ${label}`
      : `to see why, run echo ${keyOfRegistry(registry)} | docker-credential-${helper} get`;
  return `${label} uses credential helper docker-credential-${helper}, which ${failure.problem}; continued without it: ${advice}`;
}
