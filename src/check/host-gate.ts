// Lets a check contact only some hosts: for one whose image a client of the monitor names.

import { failure } from '../core/outcome.ts';
import { finalFailure } from '../http/failure.ts';
import type { Transport } from '../http/transport.ts';
import type { CheckContext } from './check-context.ts';
import type { CheckerSettings } from './checker-settings.ts';

/** Nothing is sent to another host, and no connection is opened. */
export function gateOf(
  { send, preconnect }: Pick<Transport, 'send' | 'preconnect'>,
  allowsHost: CheckerSettings['allowsHost'],
): Pick<CheckContext, 'send' | 'open'> {
  if (allowsHost === undefined) return { send, open: preconnect };
  return {
    async send(request) {
      const { host } = request.url;
      if (allowsHost(host)) return send(request);
      return failure(finalFailure('blocked-address', host, `${host} is not on the list of allowed hosts`));
    },
    open: (url, ...rest) => {
      if (allowsHost(url.host)) preconnect(url, ...rest);
    },
  };
}
