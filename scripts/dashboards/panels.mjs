// What the panels of our dashboards have in common.
import { StackingConfigBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  AnnotationTargetBuilder,
  DashboardBuilder,
  DatasourceVariableBuilder,
  FieldColorBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Chosen on the dashboard: any Prometheus of whoever looks. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
const source = { type: 'prometheus', uid: '${datasource}' };

export const row = (title) => new RowBuilder(title);

/** Panels say what they show, what it means, and how wide they are of 24. */
export function chart(title, description, unit, queries, { span = 12, height = 8, stacked = false, min = 0 } = {}) {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .span(span)
    .height(height)
    .fillOpacity(stacked ? 40 : 8)
    .showPoints('never');
  if (min !== null) panel.min(min);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode('normal').group('A'));
  return withQueries(panel, queries);
}

export function figure(
  title,
  description,
  unit,
  queries,
  { span = 4, height = 5, thresholds = null, decimals = null } = {},
) {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .span(span)
    .height(height)
    .noValue('no data');
  if (decimals !== null) panel.decimals(decimals);
  if (thresholds) {
    const steps = thresholds.map(([value, color]) => ({ value, color }));
    panel.thresholds(new ThresholdsConfigBuilder().mode('absolute').steps(steps));
    panel.colorScheme(new FieldColorBuilder().mode('thresholds'));
  }
  return withQueries(panel, queries);
}

function withQueries(panel, queries) {
  for (const [index, [expr, legend]] of Object.entries(queries).entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .expr(expr)
      .datasource(source);
    if (legend) query.legendFormat(legend);
    panel.withTarget(query);
  }
  return panel;
}

/** What a channel of type `grafana` has marked. */
export const deploymentMarks = new AnnotationQueryBuilder()
  .name('Deployments')
  .datasource({ type: 'grafana', uid: '-- Grafana --' })
  .enable(true)
  .iconColor('blue')
  .target(new AnnotationTargetBuilder().type('tags').tags(['deployment']).matchAny(false).limit(100));

/** A dashboard with a choice of the Prometheus, and of the namespaces of the documents. */
export function dashboard({ uid, title, description, from, namespaces = true }) {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['framework0'])
    .editable()
    .timezone('browser')
    .refresh('1m')
    .time({ from, to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  if (!namespaces) return builder;
  return builder.withVariable(
    new QueryVariableBuilder('namespace')
      .label('Namespace')
      .datasource(source)
      .query('label_values(f0_runs_started_total, namespace)')
      .multi(true)
      .includeAll(true)
      .allValue('.*'),
  );
}
