// `monitor --demo`: a monitor of a registry and services in this process, with made-up history. It needs no network.

import { DEFAULT_LISTEN, type MonitorChoice } from '../config/monitor-options.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { UsageError } from '../core/usage-error.ts';
import { writeMadeUpHistory } from '../monitor/demo-history.ts';
import { startDemoScene } from '../monitor/demo-scene.ts';
import { createMemoryStore } from '../monitor/store/memory-store.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import { createLog } from './monitor-log.ts';
import { openMonitor, sentence } from './open-monitor.ts';

/** Throws a UsageError if it cannot listen. */
export async function demonstrateMonitor(choice: MonitorChoice, io: Io): Promise<ExitCode> {
  const { clock, interruption } = io;
  const log = createLog(io.stdout, { format: choice.log ?? 'text', clock });
  const scene = await startDemoScene();
  try {
    const store = createMemoryStore();
    await store.saveResources(scene.plan.resources, clock.now());
    await writeMadeUpHistory(store, scene.plan, scene.histories, clock.now());
    const running = await openMonitor(scene.plan, store, log, io);
    try {
      const serve = (port: number) => {
        const { host } = choice.listen?.value ?? DEFAULT_LISTEN;
        return running.serve({ listen: { host, port }, auth: null, url: null, isDemo: true });
      };
      let listening = await serve(choice.listen?.value.port ?? DEFAULT_LISTEN.port);
      // The port was not chosen, and another program has it.
      if (!listening.ok && listening.error.kind === 'in-use' && choice.listen === undefined) listening = await serve(0);
      if (!listening.ok) throw new UsageError(sentence(listening.error.message));
      log({
        ...{ level: 'info', event: 'started', url: `${listening.value}/` },
        message: `Demo: open ${listening.value}/ in a browser. The history before this minute is made up; nothing is kept.`,
      });
      running.start();
      scene.play(clock);
      await unlessInterrupted(new Promise<never>(() => undefined), interruption);
    } finally {
      await running.stop();
    }
  } finally {
    await scene.close();
  }
  log({ level: 'info', event: 'stopped', message: 'Stopped.' });
  return EXIT.ok;
}
