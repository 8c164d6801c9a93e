import { z } from 'zod';
import { datadogSites } from './metric-source';
import { secretReference } from './scalars';

/** Where people are told, or see it on their graphs. Which fields a type needs, `channelFaults` says. */
export const channel = z.strictObject({
  type: z
    .enum(['console', 'webhook', 'email', 'slack', 'pagerduty', 'alertmanager', 'grafana', 'datadog', 'new_relic'])
    .describe(
      'grafana, datadog and new_relic are shown when deployments begin and end, on their graphs, and are told nothing else.',
    ),
  url: z
    .string()
    .optional()
    .describe(
      'Webhook, Alertmanager, Grafana: its URL. E-mail: smtp://host:port. Slack, PagerDuty, Datadog, New Relic: only where it is not the public one, such as https://events.eu.pagerduty.com.',
    ),
  to: z.array(z.string()).default([]).describe('Recipients of e-mail; the id of one channel of Slack.'),
  from: z.string().optional().describe('Sender of e-mail.'),
  secret: secretReference
    .optional()
    .describe(
      'A reference such as secret://env/NAME: the key that signs a webhook, user:password (e-mail, Alertmanager), the bot token (Slack), the integration key (PagerDuty), the token of a service account (Grafana), the API key (Datadog), a user key (New Relic).',
    ),
  site: z.enum(datadogSites).optional().describe('datadog: where the organisation is; datadoghq.com when left out.'),
  region: z.enum(['us', 'eu']).optional().describe('new_relic: data centre of the account; us when left out.'),
  entity: z
    .string()
    .min(1)
    .optional()
    .describe(
      "new_relic: the search that finds the entity to mark; {{app}}, {{environment}}, {{namespace}}, {{release}} are filled in; name = '{{app}}' when left out.",
    ),
});

export type ChannelSpec = z.infer<typeof channel>;
