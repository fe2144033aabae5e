// Which text format the `Accept` field of a scrape prefers.

export type MetricsFormat = 'prometheus' | 'openmetrics';

/** The older format unless OpenMetrics 1.0, or 0.0.1 as its drafts were called, is preferred by name. */
export function preferredFormat(accept: string): MetricsFormat {
  let best: { readonly format: MetricsFormat; readonly quality: number } = { format: 'prometheus', quality: 0 };
  for (const range of accept.slice(0, MAX_LENGTH).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = FORMATS[type];
    if (format === undefined) continue;
    const version = parameterOf(parameters, 'version');
    if (format === 'openmetrics' && version !== undefined && !/^(?:0\.0\.1|1\.\d+\.\d+)$/.test(version)) continue;
    const quality = Number(parameterOf(parameters, 'q') ?? 1);
    if (quality > best.quality) best = { format, quality };
  }
  return best.format;
}

const MAX_LENGTH = 2_000;

const FORMATS: Readonly<Record<string, MetricsFormat>> = {
  'application/openmetrics-text': 'openmetrics',
  'text/plain': 'prometheus',
};

const parameterOf = (parameters: readonly string[], name: string): string | undefined =>
  parameters
    .find((parameter) => parameter.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replaceAll('"', '');
