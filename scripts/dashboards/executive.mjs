// For who answers for the whole: how often, how fast, how well. Exact figures and their definitions: f0 kpis.
import { chart, dashboard, figure, row } from './panels.mjs';

const mine = 'namespace=~"$namespace"';
const finished = `f0_runs_finished_total{${mine}}`;
const production = `f0_deployments_finished_total{${mine}, environment=~"prod.*"}`;

export const executive = dashboard({
  uid: 'framework0-executive',
  title: 'Framework0 / Executive',
  description: 'How often, how fast and how well software reaches production, over weeks.',
  from: 'now-30d',
})
  .withRow(row('At a glance'))
  .withPanel(
    figure(
      'Production deployments a day',
      'Deployments into environments whose name begins with "prod" that succeeded, a day on average.',
      'short',
      {
        [`sum(increase(f0_deployments_finished_total{${mine}, environment=~"prod.*", phase="succeeded"}[$__range])) / ($__range_s / 86400)`]:
          'a day',
      },
      { span: 6, decimals: 1 },
    ),
  )
  .withPanel(
    figure(
      'Release to production',
      'The median run, from its start to its success, people included.',
      's',
      {
        'histogram_quantile(0.5, sum by (le) (rate(f0_run_duration_seconds_bucket{phase="succeeded"}[$__range])))':
          'median',
      },
      { span: 6 },
    ),
  )
  .withPanel(
    figure(
      'Changes that failed',
      'Production deployments that went back or failed, among all.',
      'percentunit',
      {
        [`sum(increase(f0_deployments_finished_total{${mine}, environment=~"prod.*", phase=~"rolled_back|failed"}[$__range])) / sum(increase(${production}[$__range]))`]:
          'failed',
      },
      {
        span: 6,
        decimals: 1,
        thresholds: [
          [null, 'green'],
          [0.05, 'orange'],
          [0.15, 'red'],
        ],
      },
    ),
  )
  .withPanel(
    figure(
      'Waiting for people',
      'The median from a question to its answer.',
      's',
      {
        'histogram_quantile(0.5, sum by (le) (rate(f0_approval_wait_seconds_bucket[$__range])))': 'median',
      },
      { span: 6 },
    ),
  )
  .withRow(row('How it develops'))
  .withPanel(
    chart(
      'Releases a week',
      'By how they ended, within the seven days before each point.',
      'short',
      {
        [`sum by (phase) (increase(${finished}[7d]))`]: '{{phase}}',
      },
      { stacked: true },
    ),
  )
  .withPanel(
    chart('Releases that succeed', 'Share of the day before each point.', 'percentunit', {
      [`f0:run_success:ratio_1d{${mine}}`]: '{{namespace}}',
    }),
  )
  .withPanel(
    chart(
      'Went back',
      'Rollbacks of the day before each point, by environment.',
      'short',
      {
        [`sum by (environment) (f0:rollbacks:increase1d{${mine}})`]: '{{environment}}',
      },
      { stacked: true },
    ),
  )
  .withPanel(
    chart(
      'Availability of the applications',
      'Requests answered without 5xx, over three days.',
      'percentunit',
      {
        '1 - app:request_errors:ratio_rate3d': '{{app}} in {{environment}}',
      },
      { min: null },
    ),
  )
  .withPanel(
    chart(
      'Error budget used',
      'Share of a 30-day budget that three days of errors use: above 10 % the budget does not last.',
      'percentunit',
      {
        'app:request_errors:ratio_rate3d / app:slo_error_budget:ratio * 3 / 30': '{{app}} in {{environment}}',
      },
      { span: 24 },
    ),
  );
