// Why a check did not succeed, in the words of `check`.

import { DOUBTS, type Judgement, UNPULLABLE_REASONS } from '../../core/result.ts';
import { cleanText } from '../../core/text.ts';
import { causeWords, formatReason } from '../../report/reason.ts';

const KNOWN = new Set<string>([...UNPULLABLE_REASONS, ...DOUBTS, 'internal-error']);

/** `not found (tag)`; '' without a reason. Those of http and tcp are their codes without hyphens: `no answer (TLS failed)`. */
export function reasonWords(reason: string | null, cause: string | null): string {
  if (reason === null) return '';
  const known = KNOWN.has(reason) ? formatReason({ reason, cause } as Judgement) : '';
  if (known !== '' && !known.includes('undefined')) return known;
  const plain = (code: string): string => cleanText(code.replaceAll('-', ' '), 60);
  return cause === null ? plain(reason) : `${plain(reason)} (${causeWords(cause) ?? plain(cause)})`;
}

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
