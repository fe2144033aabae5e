// Judges a refusal for want of credentials that a helper or a file should have contained: that is the reason then, and
// no warning as well.

import { DOCKER_HUB, registryOfHost } from '../core/docker-hub.ts';
import type { Warning } from '../core/result.ts';
import { keyOfRegistry } from '../credentials/auth-key.ts';
import type { FailedHelper, FailedSource, HelperName } from '../credentials/credential-chain.ts';
import { PULL_SECRETS } from '../credentials/credential-source.ts';
import type { Connection } from './connection.ts';
import { type CheckedImage, type Finding, finding, loginSubject, quoteRegistry } from './finding.ts';
import { advise, both, type Hint, OPTION_HINTS } from './hint.ts';
import { completeHint, describeHelperLogin, describeLogin } from './login-advice.ts';
import type { Checked } from './result.ts';

/** What was learned over that connection. */
export function judgeHelper(connection: Connection, checked: Checked): Checked {
  const { image, failedHelpers, emptyHelpers, failedSources } = connection;
  const { proven, warnings } = checked;
  const { outcome, finding: found } = proven;
  const { used, refused, withToken } = outcome.credentials;
  if (found === undefined || used !== undefined || refused.length > 0 || !needsCredentials(found, withToken))
    return checked;
  const concluded = (changed: Finding, isSaid: (warning: Warning) => boolean): Checked => ({
    ...checked,
    proven: { ...proven, finding: changed },
    warnings: warnings.filter((warning) => !isSaid(warning)),
  });
  // One that is only slow may have the credentials.
  const helper = failedHelpers.find(({ isSlow }) => isSlow) ?? failedHelpers[0];
  if (helper !== undefined) return concluded(judgeFailedHelper(image, found, helper), isOfHelper);
  const [source] = failedSources;
  if (source !== undefined && found.reason !== 'not-found') {
    return concluded(judgeFailedSource(image, found, source), ({ message }) => message === source.message);
  }
  const [empty] = emptyHelpers;
  const isLogin = found.hint?.code === 'log-in' || found.hint?.code === 'check-access';
  return empty !== undefined && isLogin ? concluded({ ...found, hint: emptyHint(image, empty) }, () => false) : checked;
}

const isOfHelper = ({ code }: Warning): boolean => code === 'helper-missing' || code === 'helper-failed';

function judgeFailedHelper(image: CheckedImage, found: Finding, helper: FailedHelper): Finding {
  const { program, label, problem, code, isSlow } = helper;
  const { registry, repository } = image.reference;
  const where = registryOfHost(registry) === DOCKER_HUB ? image.known.name : 'this registry';
  const message = `${program} ${problem}; ${label} relies on it for ${where}, which does not serve ${repository} without credentials${quoteRegistry({ errors: found.registryErrors })}.`;
  const look = `To see why, run \`echo ${keyOfRegistry(registry)} | ${program} get\``;
  const evidence = { errors: found.registryErrors };
  if (isSlow) {
    const hint = both(advise('check-credential-helper', `${look}.`), OPTION_HINTS.ifSlow);
    return finding({ reason: 'unreachable', cause: 'credential-helper', message, hint }, evidence);
  }
  const hint =
    code === 'helper-missing'
      ? advise('install-credential-helper', `${install(program)}. Or ${withoutHelper(image, helper)}`)
      : advise('check-credential-helper', `${look}. Or ${withoutHelper(image, helper)}`);
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** As long as the file names the helper, `docker login` fails; variables of this program have precedence. */
function withoutHelper(image: CheckedImage, { label, field }: FailedHelper): string {
  const subject = loginSubject(image);
  const login = describeLogin(subject);
  if (subject.tool === 'variables')
    return `${login}. The variables are for this check only; a pull requires the helper.`;
  const line = field === undefined ? `this registry from credHelpers in ${label}` : `"${field}" from ${label}`;
  return `remove ${line} and log in: ${login}.`;
}

/** Where the name of the program is not that of what to install. */
const PACKAGES: Readonly<Record<string, string>> = {
  'docker-credential-ecr-login': 'amazon-ecr-credential-helper',
  'docker-credential-gcloud': 'the Google Cloud CLI',
  'docker-credential-desktop': 'Docker Desktop',
  'docker-credential-osxkeychain': 'docker-credential-helpers',
  'docker-credential-pass': 'docker-credential-helpers',
  'docker-credential-secretservice': 'docker-credential-helpers',
  'docker-credential-wincred': 'docker-credential-helpers',
};

function install(program: string): string {
  const name = PACKAGES[program];
  return name === undefined ? 'Install it' : `Install ${name}`;
}

function judgeFailedSource(image: CheckedImage, found: Finding, { label, problem, missing }: FailedSource): Finding {
  const { repository } = image.reference;
  const why = label === PULL_SECRETS ? problem : `${label}: ${problem}`;
  const message = `${why}. Without credentials, ${image.host} does not serve ${repository}.`;
  if (missing !== undefined) return { ...found, message, hint: completeHint(loginSubject(image), missing) };
  if (label === PULL_SECRETS) {
    const hint = advise('check-credentials-file', 'Repair the Secret, or correct its name in imagePullSecrets.');
    return { ...found, message, hint };
  }
  const login = describeLogin(loginSubject(image));
  const repair = label.startsWith('$') ? `Correct ${label.slice(1)}` : `Repair ${label}`;
  return { ...found, message, hint: advise('check-credentials-file', `${repair}, or log in: ${login}.`) };
}

function emptyHint(image: CheckedImage, { program, label }: HelperName): Hint {
  const { registry } = image.reference;
  const why = `${label} takes the credentials for ${registry} from ${program}, which has none`;
  return advise('check-credential-helper', `Check the name. ${why}: log in with ${describeHelperLogin(program)}.`);
}

/** Many registries hide from anonymous tokens what they have. */
const needsCredentials = ({ reason, cause }: Finding, withToken: boolean): boolean =>
  reason === 'unauthorized' ||
  (reason === 'denied' && cause !== 'policy-block' && cause !== 'network-block') ||
  (reason === 'not-found' && withToken);
