// What the checker is told, out of the settings: paths become the texts of the files they name.

import { readFile } from 'node:fs/promises';
import type { CheckerOptions } from '../check/checker-options.ts';
import { fileProblem } from '../core/file-problem.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Source } from './resolve.ts';
import type { Settings } from './schema.ts';

type PathSetting = 'authFile' | 'caFile' | 'cert' | 'key';
type Sources = Readonly<Record<PathSetting, Source>>;

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Throws a UsageError for a file that cannot be read or does not hold what it should. */
export async function readCheckerOptions(settings: Settings, sources: Sources): Promise<CheckerOptions> {
  const { authFile, caFile } = settings;
  if (authFile !== undefined) await readText(authFile, sources.authFile);
  const ca = caFile === undefined ? undefined : await readText(caFile, sources.caFile);
  if (ca !== undefined && !CERTIFICATE.test(ca)) throw lacking(sources.caFile, caFile, 'certificate');
  return {
    proof: settings.proof,
    platforms: settings.platform,
    authFile,
    anonymous: settings.anonymous,
    plainHttp: settings.plainHttp,
    insecure: settings.insecure,
    ca,
    ...(await readClientCertificate(settings, sources)),
    timeoutMs: settings.timeout,
    retries: settings.retries,
    concurrency: settings.concurrency,
  };
}

/** One file may hold both the certificate and its key, named by either option. */
async function readClientCertificate(
  { cert: certPath, key: keyPath }: Settings,
  sources: Sources,
): Promise<Pick<CheckerOptions, 'cert' | 'key'>> {
  const given = certPath === undefined ? sources.key : sources.cert;
  const cert = certPath === undefined ? undefined : await readText(certPath, sources.cert);
  const key = keyPath === undefined ? undefined : await readText(keyPath, sources.key);
  const certText = cert ?? key;
  const keyText = key ?? cert;
  if (certText === undefined || keyText === undefined) return {};

  if (!CERTIFICATE.test(certText)) {
    if (cert !== undefined) throw lacking(sources.cert, certPath, 'certificate');
    throw new UsageError(`${given.label} needs --cert: ${keyPath} holds no certificate.`);
  }
  if (!PRIVATE_KEY.test(keyText)) {
    if (key !== undefined) throw lacking(sources.key, keyPath, 'private key');
    throw new UsageError(`${given.label} needs --key: ${certPath} holds no private key.`);
  }
  return { cert: certText, key: keyText };
}

async function readText(path: string, { label }: Source): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(`${label}: cannot read ${path}: ${problem}.`);
  }
}

const lacking = ({ label }: Source, path: string | undefined, what: string): UsageError =>
  new UsageError(`${label}: ${path} holds no ${what} in PEM form (-----BEGIN …-----).`);
