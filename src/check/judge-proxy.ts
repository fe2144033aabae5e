// Judges a proxy that did not let a request through: it is named, with the variable that it comes from.

import type { HttpFailure, ProxyFacts } from '../http/failure.ts';
import { type Finding, finding } from './finding.ts';
import { advise, type Hint } from './hint.ts';

/** `server`: as named in a sentence. */
export function judgeProxy(failure: HttpFailure, server: string): Finding {
  const { message, hint } = judge(failure, server);
  return finding({ reason: 'unreachable', cause: 'proxy', message, hint });
}

/** `proxy proxy.example:3128 (from HTTPS_PROXY)` */
export const nameProxy = (proxy: ProxyFacts | undefined): string =>
  proxy === undefined ? 'proxy' : `proxy ${proxy.host} (from ${proxy.variable})`;

interface Judged {
  readonly message: string;
  readonly hint: Hint;
}

function judge({ proxy, host, code, detail }: HttpFailure, server: string): Judged {
  const name = nameProxy(proxy);
  const variable = proxy?.variable ?? 'HTTPS_PROXY';
  const orExempt = `if ${host} can be reached directly, add it to NO_PROXY.`;
  switch (code) {
    case 'HTTP_407':
      return judgeCredentials(proxy, host);
    case 'ECONNREFUSED':
      return {
        message: `The ${name} refuses connections (${code}).`,
        hint: advise('check-proxy', `Start it or correct ${variable}; ${orExempt}`),
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        message: `Cannot resolve the ${name}: ${code}.`,
        hint: advise('check-proxy', `Correct ${variable}; ${orExempt}`),
      };
    case 'HTTP_403':
      return {
        message: `The ${name} does not allow connections to ${server}: ${detail}.`,
        hint: advise('check-proxy', `Ask its operator to allow ${host}; ${orExempt}`),
      };
    default:
      return {
        message: `Could not connect to ${server} through the ${name}: ${detail}.`,
        hint: advise('check-proxy', `Check the proxy and ${variable}; ${orExempt}`),
      };
  }
}

function judgeCredentials(proxy: ProxyFacts | undefined, host: string): Judged {
  const { variable = 'HTTPS_PROXY', hasLogin = false, schemes = [] } = proxy ?? {};
  const name = nameProxy(proxy);
  const acceptsBasic = schemes.length === 0 || schemes.some((scheme) => scheme.toLowerCase() === 'basic');
  if (!acceptsBasic) {
    const refused = hasLogin ? `; it rejected the credentials in ${variable}` : '';
    return {
      message: `The ${name} accepts only ${schemes.join(' or ')} authentication (407)${refused}.`,
      hint: advise(
        'check-proxy',
        `It does not accept a user name and password in a URL: point ${variable} to a local proxy that logs in to it, or have ${host} exempted and add it to NO_PROXY.`,
      ),
    };
  }
  if (hasLogin) {
    return {
      message: `The ${name} rejected the credentials in ${variable} (407).`,
      hint: advise(
        'check-proxy',
        `Correct the user name and password in ${variable}; special characters must be percent-encoded.`,
      ),
    };
  }
  return {
    message: `The ${name} requires authentication (407).`,
    hint: advise(
      'check-proxy',
      `Add the proxy's credentials to ${variable}, with special characters percent-encoded: http://user:password@${proxy?.host ?? 'proxy:port'}.`,
    ),
  };
}
