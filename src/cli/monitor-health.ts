// `monitor health`: asks the running monitor whether it works. It does not call a monitor dead that it cannot find.

import { readConfigText } from '../config/config-file.ts';
import { findListen, locateMonitorConfig, parseMonitorConfig } from '../config/monitor-config.ts';
import { DEFAULT_LISTEN, type MonitorChoice } from '../config/monitor-options.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { isUsageError, UsageError } from '../core/usage-error.ts';
import type { ListenAddress } from '../monitor/web/web-options.ts';
import type { Io } from './io.ts';
import { FREE_PORT, originOf, problemOf, withoutHelp } from './monitor-client.ts';
import type { Flags } from './program.ts';
import { widthOf } from './terminal.ts';

const HEALTH_TIMEOUT_MS = 5_000;

interface Address {
  readonly listen: ListenAddress;
  /** Why the monitor may listen elsewhere; null if the user named the address. */
  readonly doubt: string | null;
}

/** For containers without a shell. Throws a UsageError if the address of the monitor is unknown. */
export async function askHealth(flags: Flags, choice: MonitorChoice, io: Io): Promise<ExitCode> {
  const { listen, doubt } = await findAddress(flags, choice, io);
  if (listen.port === 0) {
    throw withoutHelp(new UsageError(FREE_PORT));
  }
  const origin = originOf(listen);
  const signal = AbortSignal.any([io.interruption, AbortSignal.timeout(HEALTH_TIMEOUT_MS)]);
  const problem = await fetch(`${origin}/healthz`, { signal }).then(
    async (response) => (response.ok ? null : `status ${response.status}`),
    (error: unknown) => problemOf(error, HEALTH_TIMEOUT_MS),
  );
  if (problem === null) {
    // A script reads the exit code.
    if (widthOf(io.stdout) !== undefined) io.stdout.writeLines(`The monitor at ${origin} works.`);
    return EXIT.ok;
  }
  io.stderr.writeLines(`error: ${origin}/healthz: ${problem}`, ...(doubt === null ? [] : [doubt]));
  return EXIT.unhealthy;
}

/** An invalid config file does not affect the running monitor, but its address must be known. */
async function findAddress(flags: Flags, { listen }: MonitorChoice, io: Io): Promise<Address> {
  if (listen !== undefined) return { listen: listen.value, doubt: null };
  const address = 'pass --listen with the address of the monitor';
  let text: string | undefined;
  try {
    const place = locateMonitorConfig({ flags, env: io.env }, io.cwd(), 'health');
    text = await readConfigText(place, io.interruption);
    const { values } = parseMonitorConfig(text, place).section;
    const doubt = `If monitor.listen in ${place.name} has changed since the monitor started, restart it, or ${address}.`;
    return { listen: values.listen ?? DEFAULT_LISTEN, doubt };
  } catch (error) {
    if (!isUsageError(error)) throw error;
    const found = text === undefined ? { isReadable: false, listen: undefined } : findListen(text);
    if (!found.isReadable) {
      const remedy = error.message.endsWith(':') ? '' : ` P${address.slice(1)}.`;
      throw withoutHelp(new UsageError(`${error.message}${remedy}`, ...error.examples));
    }
    const doubt = `${error.message} If the monitor listens elsewhere, ${address}.`;
    return { listen: found.listen ?? DEFAULT_LISTEN, doubt };
  }
}
