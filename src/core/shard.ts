// Which part of a batch checks an image. It depends on registry and repository alone: not on the other images, their
// order, tags or the machine, so that every run of a batch agrees, and the tags of a repository share a token.

import { hash } from 'node:crypto';
import { registryOfHost } from './docker-hub.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { parseReference } from './reference.ts';
import { cleanText } from './text.ts';

/** Part `current` of `total`, from 1. */
export interface Shard {
  readonly current: number;
  readonly total: number;
}

export interface ReportedShard extends Shard {
  /**
   * 12 hexadecimal digits, equal for all parts of a batch: of all images, in any order, and of what was asked of them.
   * null if each part reads its own list.
   */
  readonly batch: string | null;
}

const MAX_SHARDS = 10_000;

/** `3/10`; the error is a sentence. */
export function parseShard(text: string): Outcome<Shard, string> {
  const [, current = 0, total = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? []).map(Number);
  if (total < 1) return failure(`"${cleanText(text, 60)}" is not a shard; use n/m, such as 3/10.`);
  if (total > MAX_SHARDS) return failure(`${total} shards are too many; at most ${MAX_SHARDS}.`);
  if (current >= 1 && current <= total) return success({ current, total });
  const advice = current === 0 ? ' The index of a Kubernetes Job counts from 0: add 1.' : '';
  return failure(`shards are numbered from 1 to ${total}, not ${current}.${advice}`);
}

export const formatShard = ({ current, total }: Shard): string => `${current}/${total}`;

/** Of texts that come one by one. `basis`: what else must be equal. */
export function createBatchId(basis: string): { add(text: string): void; toString(): string } {
  let sum = digitsOf(basis);
  return {
    add(text) {
      // A sum does not depend on the order.
      sum = (sum + digitsOf(text)) % 2 ** 48;
    },
    toString: () => sum.toString(16).padStart(12, '0'),
  };
}

const digitsOf = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 12), 16);

/**
 * The number of the shard that checks this image: the first four bytes of the SHA-256 digest of `registry/repository`,
 * as an unsigned big-endian integer, modulo `total`, plus 1. A text that is not a reference is hashed as it is.
 */
export function shardOf(text: string, total: number): number {
  const reference = parseReference(text);
  const name = reference.ok ? `${registryOfHost(reference.value.registry)}/${reference.value.repository}` : text;
  return (Number.parseInt(hash('sha256', name).slice(0, 8), 16) % total) + 1;
}
