// Finds the logins for a repository, one after the other, no file read and no helper run before it is needed.

import type { Warning, WarningCode } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { keyOfRegistry } from './auth-key.ts';
import { type Credential, isSameLogin } from './credential.ts';
import { type CredentialHelperOptions, createCredentialHelper, type HelperFailure } from './credential-helper.ts';
import { planLookup, type Step } from './credential-plan.ts';
import { type CredentialPlaces, type CredentialSource, listSources } from './credential-source.ts';
import { findSyntaxProblem } from './login-syntax.ts';

export interface CredentialChainOptions extends CredentialPlaces, CredentialHelperOptions {
  /** Use no login at all: nothing is read and nothing is run. */
  readonly anonymous?: boolean | undefined;
}

export interface CredentialSearch {
  /** Best first. Draw the next only when the one before was refused; breaking off is free. No login comes twice. */
  readonly credentials: AsyncIterable<Credential>;
  /** What was wrong with the places asked so far: grows while credentials are drawn. */
  readonly warnings: readonly Warning[];
}

export interface CredentialChain {
  /** `registry` and `repository` as in a Reference: `docker.io`, `library/nginx`. */
  find(registry: string, repository?: string): CredentialSearch;
}

export function createCredentialChain(options: CredentialChainOptions): CredentialChain {
  const sources = options.anonymous ? [] : listSources(options);
  const askHelper = createCredentialHelper(options);

  return {
    find(registry, repository) {
      const warnings: Warning[] = [];
      const warn = (code: WarningCode, message: string): void => {
        warnings.push({ code, message: cleanText(message, 500) });
      };

      async function* search(): AsyncGenerator<Credential> {
        for (const source of sources) {
          let hasLogin = false;
          for await (const credential of searchSource(source)) {
            hasLogin = true;
            yield credential;
          }
          // "Does this very login work?" must not be answered with another one.
          if (hasLogin && source.isDecisive) return;
        }
      }

      async function* searchSource(source: CredentialSource): AsyncGenerator<Credential> {
        const warnOfFile = (problem: string): void => warn('credentials-file', `${source.label}: ${problem}`);
        const config = await source.load();
        if (!config.ok) return warnOfFile(`${config.error}; no login was taken from it`);
        if (config.value === undefined) return;
        for (const problem of config.value.problems) warnOfFile(problem);

        const failedHelpers = new Set<string>();
        for (const step of planLookup(config.value, registry, repository)) {
          if (step.kind === 'login') {
            const problem = findSyntaxProblem(step.login);
            if (problem === undefined) yield { ...step.login, source: describePlace(source, step) };
            else warnOfFile(`${inside(step)}the login for "${step.match.shown}" cannot be sent: ${problem}; ${ADVICE}`);
          } else if (step.kind === 'problem') {
            warnOfFile(`${inside(step)}the entry "${step.match.shown}" is not usable, ${step.problem}; log in again`);
          } else if (!failedHelpers.has(step.helper)) {
            const login = await askHelper(step.helper, step.server);
            if (!login.ok) {
              failedHelpers.add(step.helper);
              warn(login.error.code, describeHelperFailure(step.helper, login.error, source.label, registry));
            } else if (login.value !== undefined) {
              const problem = findSyntaxProblem(login.value);
              if (problem === undefined) yield { ...login.value, source: describePlace(source, step) };
              else
                warnOfFile(
                  `docker-credential-${step.helper} has a login for "${step.server}" that cannot be sent: ${problem}; ${ADVICE}`,
                );
            }
          }
        }
      }

      return { credentials: withoutRepeats(search()), warnings };
    },
  };
}

/** A login that was refused once is not sent again: registries lock accounts after a few failures. */
async function* withoutRepeats(credentials: AsyncIterable<Credential>): AsyncGenerator<Credential> {
  const offered: Credential[] = [];
  for await (const credential of credentials) {
    if (offered.some((earlier) => isSameLogin(earlier, credential))) continue;
    offered.push(credential);
    yield credential;
  }
}

const ADVICE = 'went on without it: correct it there';

const inside = ({ within }: Step): string => (within === undefined ? '' : `${within}: `);

/** `~/.docker/config.json`, `auth.json (quay.io/org)`, `Secret/regcred in pod.yaml`, `docker-credential-pass (~/.docker/config.json)`. */
function describePlace({ label, isNamedByEntry }: CredentialSource, step: Step): string {
  const key = step.match.isWholeRegistry ? undefined : step.match.shown;
  const within = isNamedByEntry ? undefined : step.within;
  const details = [step.kind === 'helper' ? label : undefined, within, key].filter((text) => text !== undefined);
  const own = (isNamedByEntry && step.within) || label;
  const place = step.kind === 'helper' ? `docker-credential-${step.helper}` : own;
  return cleanText(details.length === 0 ? place : `${place} (${details.join(', ')})`);
}

function describeHelperFailure(helper: string, failure: HelperFailure, label: string, registry: string): string {
  const advice =
    failure.code === 'helper-missing'
      ? `install it, or take it out of ${label}`
      : `to see why, run echo ${keyOfRegistry(registry)} | docker-credential-${helper} get`;
  return `docker-credential-${helper}, which ${label} names for ${registry}, ${failure.problem}; went on without it: ${advice}`;
}
