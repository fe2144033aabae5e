// The one sentence that comes first, and what troubles the monitor itself.

import { cleanText } from '../../core/text.ts';
import type { Counts, MonitorHealth, MonitorView } from '../view/monitor-view.ts';
import { formatNumber } from './figures.ts';
import type { Look } from './glyph.ts';

export interface Headline {
  readonly title: string;
  /** A second, muted sentence; '' for none. */
  readonly detail: string;
  /** Of the icon of the page. */
  readonly look: Look;
}

export interface Notice {
  readonly title: string;
  readonly detail: string;
}

/** `recovering`: how many are available, but their outage is still open. */
export function headlineOf(view: Pick<MonitorView, 'summary' | 'health'>, recovering = 0): Headline {
  const { counts } = view.summary();
  const { isNetworkDown, isReady, workers } = view.health();
  const { available, unavailable, undetermined, pending, paused } = counts;
  const total = totalOf(counts);
  const all = formatNumber(total);
  const attention = unavailable + undetermined;
  const plain = { detail: recoveringDetail(recovering), look: 'available' as const };
  if (total === 0) {
    return { title: 'Nothing to check yet', detail: emptyDetail(counts), look: 'none' };
  }
  if (isNetworkDown) {
    const detail = 'No host can be reached. That makes no resource unavailable; checks continue.';
    return { title: 'The network of this monitor seems to be down', detail, look: 'undetermined' };
  }
  if (pending > 0 && pending + paused === total) {
    const starting = isReady ? 'The first checks are running.' : 'The history is being read.';
    const detail = workers === null ? starting : 'Nothing is checked yet.';
    return { title: `Starting with ${total === 1 ? 'one resource' : `${all} resources`}`, detail, look: 'none' };
  }
  if (undetermined > 1 && undetermined + pending + paused === total) {
    const detail = 'No check gave a definite answer. The reasons are below.';
    return { title: `Cannot tell for any of ${all}`, detail, look: 'undetermined' };
  }
  if (attention > 0) {
    const title = `${formatNumber(attention)} of ${all} ${attention === 1 ? 'needs' : 'need'} attention`;
    return { ...plain, title, look: unavailable > 0 ? 'unavailable' : 'undetermined' };
  }
  if (paused === total) return { ...plain, title: `All ${all} are paused`, look: 'none' };
  if (available === total)
    return { ...plain, title: total === 1 ? 'The only resource is available' : `All ${all} are available` };
  return {
    ...plain,
    title: `${formatNumber(available)} of ${all} ${available === 1 ? 'is' : 'are'} available, none needs attention`,
  };
}

const recoveringDetail = (recovering: number): string =>
  recovering === 0
    ? ''
    : `${recovering === 1 ? 'One outage is' : `${formatNumber(recovering)} outages are`} still open: available again, but not for long enough.`;

export const totalOf = ({ available, unavailable, undetermined, pending, paused }: Counts): number =>
  available + unavailable + undetermined + pending + paused;

const emptyDetail = ({ skipped }: Counts): string =>
  skipped > 0
    ? 'Every image of the configuration is skipped; the list below says why.'
    : 'Add resources under monitor: in kairos-pull.yaml. A change of the file is read without a restart.';

/** Each with its sentence, the one that loses history first. */
export function noticesOf(health: MonitorHealth): readonly Notice[] {
  const { store, clock, workers, reload, sources, isAlive } = health;
  const clean = (text: string): string => cleanText(text, 600);
  return [
    ...(isAlive ? [] : [{ title: 'The monitor is stuck', detail: 'No check has been started for two minutes.' }]),
    ...(store === null
      ? []
      : [{ title: 'The store is unavailable', detail: `${clean(store)} Checks continue; their history is not kept.` }]),
    ...(clock === null ? [] : [{ title: 'The clock of this machine is wrong', detail: clean(clock) }]),
    ...(workers === null ? [] : [{ title: 'No worker is running', detail: clean(workers) }]),
    ...(reload === null
      ? []
      : [{ title: 'The new configuration was refused', detail: `${clean(reload)} The previous one stays in use.` }]),
    ...sources.map((source) => ({
      title: 'A source could not be read',
      detail: `${clean(source)} Its last known images are still checked.`,
    })),
  ];
}
