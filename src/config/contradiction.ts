// Settings that exclude or need each other: the one of the stronger source wins, equals are refused.

import { UsageError } from '../core/usage-error.ts';
import { RANK, type Resolved } from './resolve.ts';
import type { Settings } from './schema.ts';

/** The settings as they are to be used: `layers` is folded into `proof`. Throws a UsageError for a contradiction. */
export function settleSettings(resolved: Resolved): Settings {
  const settled = withoutContradictedLogin(withoutStoredLogin(resolved));
  refuseHalfLogin(settled);
  return { ...settled.values, proof: proofOf(settled) };
}

function proofOf({ values: { proof, layers, platform }, sources }: Resolved): Settings['proof'] {
  const contradicted = layers && proof !== undefined && proof !== 'layers';
  if (contradicted && sources.layers.rank === sources.proof.rank) {
    throw new UsageError(
      `${sources.layers.label} is short for --proof layers, but ${sources.proof.label} says ${proof}.`,
    );
  }
  const chosen = layers && sources.layers.rank >= sources.proof.rank ? 'layers' : proof;
  if (platform.length === 0) return chosen;
  if (chosen === 'head') {
    const { label } = sources.platform;
    throw new UsageError(`${label} needs the manifest, but ${sources.proof.label} says head; write --proof manifest.`);
  }
  return chosen ?? 'manifest';
}

/** KAIROS_PULL_USERNAME beside KAIROS_PULL_PASSWORD is a stored login, read where the others are. */
function withoutStoredLogin(resolved: Resolved): Resolved {
  const { values, sources } = resolved;
  const isStored = sources.username.rank === RANK.environment && !values.passwordStdin;
  return isStored ? { values: { ...values, username: undefined }, sources } : resolved;
}

function withoutContradictedLogin(resolved: Resolved): Resolved {
  const { values, sources } = resolved;
  if (!values.anonymous) return resolved;
  let settled: Settings = values;
  for (const name of ['username', 'authFile', 'usePullSecrets'] as const) {
    if (!values[name]) continue;
    if (sources[name].rank === sources.anonymous.rank) {
      throw new UsageError(`${sources.anonymous.label} uses no credentials, but ${sources[name].label} names some.`);
    }
    if (sources[name].rank > sources.anonymous.rank) settled = { ...settled, anonymous: false };
    else settled = { ...settled, [name]: undefined, ...(name === 'username' && { passwordStdin: false }) };
  }
  return { values: settled, sources };
}

function refuseHalfLogin({ values, sources }: Resolved): void {
  if (values.username !== undefined && !values.passwordStdin) {
    throw new UsageError(
      `${sources.username.label} needs --password-stdin: a password on the command line would be seen by others.`,
    );
  }
  if (!values.passwordStdin) return;
  if (values.username === undefined) throw new UsageError(`${sources.passwordStdin.label} needs --username.`);
  if (values.file.includes('-')) {
    throw new UsageError(
      `${sources.passwordStdin.label} and ${sources.file.label} - both read standard input; put the images in a file.`,
    );
  }
}
