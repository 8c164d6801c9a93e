// For who keeps the system running: is it up, does work wait, does anything fail.
import { chart, dashboard, figure, row } from './panels.mjs';

export const operations = dashboard({
  uid: 'framework0-operations',
  title: 'Framework0 / Operations',
  description: 'Workers, queues, the observer, channels: whether the system does its work.',
  from: 'now-6h',
  namespaces: false,
})
  .withRow(row('Is it up'))
  .withPanel(
    figure(
      'Workers ready',
      'Processes that can do their work now.',
      'short',
      { 'sum(f0_worker_ready)': 'ready' },
      {
        thresholds: [
          [null, 'red'],
          [1, 'green'],
        ],
      },
    ),
  )
  .withPanel(
    figure(
      'Not ready',
      'Up, not draining, and unable to work: /ready of the process says why.',
      'short',
      {
        'count(f0_worker_ready == 0 and f0_worker_draining == 0) or vector(0)': 'not ready',
      },
      {
        thresholds: [
          [null, 'green'],
          [1, 'red'],
        ],
      },
    ),
  )
  .withPanel(
    figure(
      'Open runs in memory',
      'Open runs and environments that the workers hold; others are replayed when something happens to them.',
      'short',
      {
        'sum(temporal_sticky_cache_size)': 'runs',
      },
    ),
  )
  .withPanel(figure('Watches', 'Analyses under way.', 'short', { 'sum(f0_observer{figure="watches"})': 'watches' }))
  .withPanel(
    figure(
      'Observer lag',
      'How late the last sample began. A breach is noticed by so much later.',
      'ms',
      {
        'max(f0_observer{figure="lagMs"})': 'lag',
      },
      {
        thresholds: [
          [null, 'green'],
          [2000, 'orange'],
          [5000, 'red'],
        ],
      },
    ),
  )
  .withPanel(
    figure(
      'Requests to Temporal that fail',
      'Among all requests of the last five minutes.',
      'percentunit',
      {
        'sum(rate(temporal_request_failure_total[5m])) / sum(rate(temporal_request_total[5m]))': 'failed',
      },
      {
        decimals: 2,
        thresholds: [
          [null, 'green'],
          [0.05, 'orange'],
          [0.5, 'red'],
        ],
      },
    ),
  )
  .withRow(row('Does work wait'))
  .withPanel(
    chart(
      'Activities wait for a worker',
      '95 of 100 activities wait no longer than this. Above 30 s a queue needs more workers.',
      's',
      {
        'f0:activity_wait_seconds:p95_5m': '{{task_queue}}',
      },
    ),
  )
  .withPanel(
    chart('Decisions wait for a worker', '95 of 100 workflow tasks wait no longer than this.', 's', {
      'f0:workflow_task_wait_seconds:p95_5m': '{{task_queue}}',
    }),
  )
  .withPanel(
    chart('Free slots', 'How much more each queue could take on at once.', 'short', {
      'sum by (task_queue, worker_type) (temporal_worker_task_slots_available)': '{{task_queue}} {{worker_type}}',
    }),
  )
  .withPanel(
    chart('Backlog of the queues', "As Temporal's own server counts it, where it is scraped.", 'short', {
      'sum by (taskqueue) (approximate_backlog_count{taskqueue=~"f0-.*"})': '{{taskqueue}}',
    }),
  )
  .withRow(row('Does anything fail'))
  .withPanel(
    chart(
      'Attempts of activities that fail',
      'They are tried again; those that stay for long are runs that are stuck.',
      'cps',
      {
        'sum by (activity_type) (rate(temporal_activity_execution_failed_total[$__rate_interval]))':
          '{{activity_type}}',
      },
    ),
  )
  .withPanel(
    chart('Tried for more than ten minutes', 'Steps of runs that do not come on: f0 trace RUN shows why.', 'cps', {
      'sum by (activity) (rate(f0_activity_retries_total{age="over_10m"}[$__rate_interval]))': '{{activity}}',
    }),
  )
  .withPanel(
    chart('Decisions that fail', 'Code that does not fit the history of open runs: these wait until it does.', 'cps', {
      'sum by (workflow_type) (rate(temporal_workflow_task_execution_failed_total[$__rate_interval]))':
        '{{workflow_type}}',
    }),
  )
  .withPanel(
    chart('Deliveries to channels', 'Attempts, by outcome.', 'cps', {
      'sum by (type, outcome) (rate(f0_notification_deliveries_total[$__rate_interval]))': '{{type}} {{outcome}}',
    }),
  )
  .withRow(row('What it costs'))
  .withPanel(
    chart('Memory', 'Of each worker.', 'bytes', {
      'process_resident_memory_bytes and on (instance) f0_worker_ready': '{{instance}}',
    }),
  )
  .withPanel(
    chart('Processor', 'Cores that each worker uses.', 'short', {
      'rate(process_cpu_seconds_total[$__rate_interval]) and on (instance) f0_worker_ready': '{{instance}}',
    }),
  );
