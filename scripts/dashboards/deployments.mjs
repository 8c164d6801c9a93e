// For who sends releases: how they go, where they wait, what went back.
import { chart, dashboard, deploymentMarks, figure, row } from './panels.mjs';

const mine = 'namespace=~"$namespace"';

export const deployments = dashboard({
  uid: 'framework0-deployments',
  title: 'Framework0 / Deployments',
  description: 'Releases on their way: how they end, how long they take, where people are waited for.',
  from: 'now-24h',
})
  .annotation(deploymentMarks)
  .withRow(row('How releases end'))
  .withPanel(
    figure(
      'Started',
      'Runs that were started in the time shown.',
      'short',
      {
        [`sum(increase(f0_runs_started_total{${mine}}[$__range]))`]: 'started',
      },
      { decimals: 0 },
    ),
  )
  .withPanel(
    figure(
      'Succeeded',
      'Of the runs that ended in the time shown.',
      'percentunit',
      {
        [`sum(increase(f0_runs_finished_total{${mine}, phase="succeeded"}[$__range])) / sum(increase(f0_runs_finished_total{${mine}}[$__range]))`]:
          'succeeded',
      },
      {
        decimals: 1,
        thresholds: [
          [null, 'red'],
          [0.8, 'orange'],
          [0.95, 'green'],
        ],
      },
    ),
  )
  .withPanel(
    figure(
      'Went back',
      'Rollbacks that were decided in the time shown.',
      'short',
      {
        [`sum(increase(f0_rollbacks_total{${mine}}[$__range])) or vector(0)`]: 'rollbacks',
      },
      { decimals: 0 },
    ),
  )
  .withPanel(
    figure('A deployment takes', 'The median, soaks and approvals within it included.', 's', {
      'histogram_quantile(0.5, sum by (le) (rate(f0_deployment_duration_seconds_bucket[$__range])))': 'median',
    }),
  )
  .withPanel(
    figure('People answer within', 'The median from a question to its answer.', 's', {
      'histogram_quantile(0.5, sum by (le) (rate(f0_approval_wait_seconds_bucket[$__range])))': 'median',
    }),
  )
  .withPanel(
    figure(
      'Decisions refused',
      'Of people who may not decide, or decided too late or twice.',
      'short',
      {
        [`sum(increase(f0_decisions_refused_total{${mine}}[$__range])) or vector(0)`]: 'refused',
      },
      { decimals: 0 },
    ),
  )
  .withPanel(
    chart(
      'Runs by how they ended',
      'Within the hour before each point.',
      'short',
      {
        [`sum by (phase) (increase(f0_runs_finished_total{${mine}}[1h]))`]: '{{phase}}',
      },
      { stacked: true },
    ),
  )
  .withPanel(
    chart(
      'Deployments by environment',
      'Within the hour before each point.',
      'short',
      {
        [`sum by (environment, phase) (increase(f0_deployments_finished_total{${mine}}[1h]))`]:
          '{{environment}} {{phase}}',
      },
      { stacked: true },
    ),
  )
  .withRow(row('Where the time goes'))
  .withPanel(
    chart('A run takes', 'From start to end, by how it ended: the median and 95 of 100.', 's', {
      'histogram_quantile(0.5, sum by (le, phase) (rate(f0_run_duration_seconds_bucket[6h])))': '{{phase}} median',
      'histogram_quantile(0.95, sum by (le, phase) (rate(f0_run_duration_seconds_bucket[6h])))': '{{phase}} 95 %',
    }),
  )
  .withPanel(
    chart('People answer within', 'By outcome: 95 of 100 answers.', 's', {
      'histogram_quantile(0.95, sum by (le, outcome) (rate(f0_approval_wait_seconds_bucket[6h])))': '{{outcome}}',
    }),
  )
  .withPanel(
    chart('Steps of deployments take', '95 of 100 attempts, by activity.', 's', {
      'histogram_quantile(0.95, sum by (le, activity_type) (rate(temporal_activity_execution_latency_seconds_bucket{task_queue="f0-deploy"}[$__rate_interval])))':
        '{{activity_type}}',
    }),
  )
  .withPanel(
    chart('Questions to people', 'Asked within the hour before each point.', 'short', {
      [`sum by (namespace) (increase(f0_approvals_requested_total{${mine}}[1h]))`]: '{{namespace}}',
    }),
  )
  .withRow(row('What was measured'))
  .withPanel(
    chart(
      'Analyses by verdict',
      'Within the hour before each point. Many "error" or "insufficient_data": the metric source, not the releases.',
      'short',
      {
        'sum by (verdict) (increase(f0_analyses_total[1h]))': '{{verdict}}',
      },
      { stacked: true },
    ),
  )
  .withPanel(
    chart(
      'Rollbacks by environment',
      'Within the hour before each point.',
      'short',
      {
        [`sum by (environment) (increase(f0_rollbacks_total{${mine}}[1h]))`]: '{{environment}}',
      },
      { stacked: true },
    ),
  )
  .withRow(row('The applications'))
  .withPanel(
    chart('Requests that fail', 'Share of 5xx, by application and environment, over five minutes.', 'percentunit', {
      'app:request_errors:ratio_rate5m': '{{app}} in {{environment}}',
    }),
  )
  .withPanel(
    chart(
      'Budget burn',
      'How many times faster than allowed the error budget is used, over an hour. Above 14.4 somebody is called.',
      'short',
      {
        'app:request_errors:ratio_rate1h / app:slo_error_budget:ratio': '{{app}} in {{environment}}',
      },
    ),
  );
