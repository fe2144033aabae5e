// Settings that exclude or require each other: the stronger source wins; a conflict within one source is an error.

import { UsageError } from '../core/usage-error.ts';
import { RANK, type Resolved } from './resolve.ts';
import type { Settings } from './setting-parsers.ts';

/** The effective settings, with `layers` merged into `proof`. Throws a UsageError for a conflict. */
export function resolveConflicts(resolved: Resolved): Settings {
  const effective = resolveAnonymous(withoutStoredUsername(resolved));
  requireUsernameAndPassword(effective);
  requireCluster(effective);
  return { ...effective.values, proof: proofOf(effective) };
}

function proofOf({ values: { proof, layers, platform }, sources }: Resolved): Settings['proof'] {
  const conflict = layers && proof !== undefined && proof !== 'layers';
  if (conflict && sources.layers.rank === sources.proof.rank) {
    throw new UsageError(`${sources.layers.label} means --proof layers, but ${sources.proof.label} is ${proof}.`);
  }
  const chosen = layers && sources.layers.rank >= sources.proof.rank ? 'layers' : proof;
  if (platform.length === 0) return chosen;
  if (chosen === 'head') {
    const { label } = sources.platform;
    throw new UsageError(`${label} requires the manifest, but ${sources.proof.label} is head; use --proof manifest.`);
  }
  return chosen ?? 'manifest';
}

/** KAIROS_PULL_USERNAME with KAIROS_PULL_PASSWORD is a stored credential, found like the others. */
function withoutStoredUsername(resolved: Resolved): Resolved {
  const { values, sources } = resolved;
  const isStored = sources.username.rank === RANK.environment && !values.passwordStdin;
  return isStored ? { values: { ...values, username: undefined }, sources } : resolved;
}

function resolveAnonymous(resolved: Resolved): Resolved {
  const { values, sources } = resolved;
  if (!values.anonymous) return resolved;
  let effective: Settings = values;
  for (const name of ['username', 'authFile', 'usePullSecrets'] as const) {
    if (!values[name]) continue;
    if (sources[name].rank === sources.anonymous.rank) {
      throw new UsageError(`${sources.anonymous.label} cannot be combined with ${sources[name].label}.`);
    }
    if (sources[name].rank > sources.anonymous.rank) effective = { ...effective, anonymous: false };
    else effective = { ...effective, [name]: undefined, ...(name === 'username' && { passwordStdin: false }) };
  }
  return { values: effective, sources };
}

/** Elsewhere than on the command line they may be set for other runs. */
function requireCluster({ values, sources }: Resolved): void {
  for (const name of ['namespace', 'selector', 'context', 'server'] as const) {
    if (values.from === undefined && sources[name].rank === RANK.flag) {
      throw new UsageError(`${sources[name].label} requires --from kubernetes.`);
    }
  }
  if (values.from === undefined) return;
  if (values.server !== undefined && values.context !== undefined) {
    throw new UsageError(`${sources.server.label} cannot be combined with ${sources.context.label}.`);
  }
  if (values.dryRun) {
    const message = `${sources.dryRun.label} uses no network; it cannot be combined with ${sources.from.label}.`;
    throw new UsageError(message, 'kubectl get pods --all-namespaces -o json | kairos-pull images -f -');
  }
}

function requireUsernameAndPassword({ values, sources }: Resolved): void {
  if (values.username !== undefined && !values.passwordStdin) {
    throw new UsageError(
      `${sources.username.label} requires --password-stdin: passwords on the command line are visible to other users.`,
    );
  }
  if (!values.passwordStdin) return;
  if (values.username === undefined) throw new UsageError(`${sources.passwordStdin.label} requires --username.`);
  if (values.file.includes('-')) {
    throw new UsageError(
      `${sources.passwordStdin.label} and ${sources.file.label} - both read standard input; put the images into a file.`,
    );
  }
}
