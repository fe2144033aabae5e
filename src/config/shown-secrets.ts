// URLs of http resources whose query looks like a secret: it would be shown on the page, in metrics and in the store.

import type { MonitorSection } from './monitor-section.ts';

/** Names of parameters: `token`, `access_token`, `api-key`, `X-Amz-Signature`, `password`. */
const SECRET_PARAMETER = /token|secret|passw|(?:^|[-_.])(?:key|sig|signature)$|apikey$/i;

/** One sentence for each; the value is in none. */
export function warnOfShownSecrets({ values, labelOf }: Pick<MonitorSection, 'values' | 'labelOf'>): string[] {
  return (values.resources ?? []).flatMap((entry, index) => {
    if (!('http' in entry) || !URL.canParse(entry.http)) return [];
    const name = [...new URL(entry.http).searchParams.keys()].find((key) => SECRET_PARAMETER.test(key));
    if (name === undefined) return [];
    return `${labelOf(['resources', index, 'http'])}: pages, metrics and the store show the whole URL, also its parameter "${name}"; if that is a secret, use authFile.`;
  });
}
