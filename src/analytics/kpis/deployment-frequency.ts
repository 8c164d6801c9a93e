import { frequencyBand } from './bands';
import { type DeliveryMeasure, doraMetricsPage } from './measure';

export const deploymentFrequency: DeliveryMeasure = {
  name: 'deployment_frequency',
  title: 'Deployment frequency',
  unit: 'per_day',
  direction: 'up',
  source: doraMetricsPage,
  definition: () => 'Deployments that went live in production, divided by the days.',
  // After the first deployment ever, no deployment is a frequency of 0; before it nothing is known.
  value: ({ tally, days, recorded }) => (recorded ? tally.deployments / days : null),
  band: frequencyBand,
};
