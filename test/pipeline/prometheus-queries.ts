// The queries of the examples for Prometheus and Grafana, and the metrics and labels that each names.

import { parse } from 'yaml';
import { readText } from './project-file.ts';

export interface Query {
  /** The alert, or the panel or variable. */
  readonly where: string;
  readonly expr: string;
  /** Named in texts that are made of its result. */
  readonly shownLabels: readonly string[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export const readRules = (): readonly Rule[] =>
  parse(readText('examples/prometheus-rules.yaml')).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

export function ruleQueries(): readonly Query[] {
  return readRules().flatMap(({ alert, expr, annotations }) => {
    const texts = Object.values(annotations).join('\n');
    const inner = [
      ...texts.matchAll(/printf "([^"]+)" \$labels\.(\w+) \| query \}\}\{\{ \. \| first \| label "(\w+)"/g),
    ];
    return [
      { where: alert, expr, shownLabels: [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label) },
      ...inner.map(([, text = '', , label = '']) => ({
        where: `${alert}, annotation`,
        expr: text.replace('%q', '"x"'),
        shownLabels: [label],
      })),
    ];
  });
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly (Panel & {
    readonly id: number;
    readonly type: string;
    readonly datasource?: { uid: string };
  })[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: string | { readonly query: string };
    }[];
  };
}

export const readDashboard = (): Dashboard => JSON.parse(readText('examples/grafana-dashboard.json'));

/** With the variables as Grafana fills them in. */
export function dashboardQueries(): readonly Query[] {
  const { panels, annotations, templating } = readDashboard();
  const shown = (legend: string): string[] => [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({ where: title, expr: filled(expr), shownLabels: shown(legendFormat) })),
    ),
    ...annotations.list.map(({ name, expr }) => ({ where: name, expr: filled(expr), shownLabels: [] })),
    ...templating.list.flatMap(({ name, query }) => {
      if (typeof query === 'string') return [];
      const [, values, label] = /^label_values\((.+), (\w+)\)$/.exec(query.query) ?? [];
      const result = /^query_result\((.+)\)$/.exec(query.query)?.[1];
      const expr = filled(values ?? result ?? query.query);
      return [{ where: `$${name}`, expr, shownLabels: label === undefined ? [] : [label] }];
    }),
  ];
}

const filled = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '5m').replace(/\$\{?(\w+)\}?/g, (_, name: string) => `.*${name}`.slice(0, 2));

/** Each metric of a query with the labels by which it is selected. */
export function metricsOf(expr: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b(kairos_pull_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', selectors = '']) => ({
    name,
    labels: [...selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

/** The labels of `by`, `on`, `without` and the like. */
export const groupingLabels = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:by|without|on|ignoring|group_left|group_right) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean),
  );
