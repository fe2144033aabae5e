// Judges a refusal for want of credentials that a helper should have returned: the helper is the reason then.

import type { CredentialsTried } from '../auth/authenticate.ts';
import type { Warning } from '../core/result.ts';
import { keyOfRegistry } from '../credentials/auth-key.ts';
import type { FailedHelper } from '../credentials/credential-chain.ts';
import type { Connection } from './connection.ts';
import { type CheckedImage, type Finding, finding, loginHint } from './finding.ts';
import { advise, both, OPTION_HINTS } from './hint.ts';
import type { Checked } from './result.ts';

/** What was learned over that connection, with the failed helper as the reason if it is: then it is no warning as well. */
export function judgeHelper({ image, failedHelpers }: Connection, checked: Checked): Checked {
  const { proven, warnings } = checked;
  const { outcome, finding: found } = proven;
  const byHelper = found && judgeFailedHelper(image, found, outcome.credentials, failedHelpers);
  if (byHelper === undefined) return checked;
  return { ...checked, proven: { ...proven, finding: byHelper }, warnings: warnings.filter(isNotOfHelper) };
}

const isNotOfHelper = ({ code }: Warning): boolean => code !== 'helper-missing' && code !== 'helper-failed';

/** undefined if the finding has another reason. A helper that was only slow may have the credentials. */
function judgeFailedHelper(
  image: CheckedImage,
  found: Finding,
  { used, refused, withToken }: CredentialsTried,
  failed: readonly FailedHelper[],
): Finding | undefined {
  const helper = failed.find(({ isSlow }) => isSlow) ?? failed[0];
  if (helper === undefined || used !== undefined || refused.length > 0 || !needsCredentials(found, withToken)) {
    return undefined;
  }
  const { program, label, problem, code, isSlow } = helper;
  const { registry, repository } = image.reference;
  const message = `${program}, which ${label} uses for ${registry}, ${problem}; without credentials, ${image.host} does not serve ${repository}.`;
  const look = `To see why, run \`echo ${keyOfRegistry(registry)} | ${program} get\``;
  const { registryErrors } = found;
  if (isSlow) {
    const hint = both(advise('check-credential-helper', `${look}.`), OPTION_HINTS.ifSlow);
    return finding({ reason: 'unreachable', cause: 'credential-helper', message, hint }, { errors: registryErrors });
  }
  const { text: login } = loginHint(image, `remove it from ${label} and log in`);
  const hint = advise(
    'check-credential-helper',
    `${code === 'helper-missing' ? 'Install it,' : `${look};`} or ${login}`,
  );
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, { errors: registryErrors });
}

/** Many registries hide from anonymous tokens what they have. */
const needsCredentials = ({ reason, cause }: Finding, withToken: boolean): boolean =>
  reason === 'unauthorized' ||
  (reason === 'denied' && cause !== 'policy-block' && cause !== 'network-block') ||
  (reason === 'not-found' && withToken);
