import { z } from 'zod';
import { alerting } from './alerting';
import { channel } from './channel';
import { documentOf } from './document';
import { gitops } from './gitops';
import { businessKpi, delivery, slo } from './kpis';
import { metricSource } from './metric-source';
import { duration, name, secretReference } from './scalars';

/** A name, or `*`: the entry for every name that has none of its own. */
const nameOrAny = z.union([z.literal('*'), name]);

const localCluster = z
  .strictObject({
    type: z.literal('local'),
    port: z.int().min(1).max(65_535).optional().describe("A fixed port for the app's address; left out: any."),
    host: z.string().min(1).optional().describe('The address that the reverse proxy listens at: 127.0.0.1.'),
    drainSeconds: z.number().min(0).optional().describe('How long a replica may finish its running requests: 15.'),
  })
  .describe('Processes on this machine behind a reverse proxy.');

const kubernetesCluster = z
  .strictObject({
    type: z.literal('kubernetes'),
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe('A file on the worker; left out: KUBECONFIG, ~/.kube/config, or the service account of its own pod.'),
    context: z.string().min(1).optional().describe('A context of the kubeconfig; left out: its current one.'),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
        error: 'must be a namespace of Kubernetes: small letters, digits and "-", at most 63',
      })
      .optional()
      .describe("Where the app's objects are; left out: the namespace of the document."),
    router: z
      .enum(['auto', 'service', 'gateway', 'istio', 'nginx', 'replicas'])
      .default('auto')
      .describe(
        'What splits the traffic of a canary; auto: the HTTPRoute, VirtualService or NGINX Ingress that the app has, else the ratio of replicas.',
      ),
    region: name.optional().describe('The region that the cluster is in.'),
    gitops: gitops.optional(),
  })
  .describe('A cluster of Kubernetes.');

const cluster = z.discriminatedUnion('type', [localCluster, kubernetesCluster]);
export type KubernetesCluster = z.infer<typeof kubernetesCluster>;
/** What a plan keeps of a cluster is read by this again where it is used. */
export const kubernetesSettings = kubernetesCluster.omit({ type: true });
export type KubernetesSettings = z.infer<typeof kubernetesSettings>;

const freeze = z.strictObject({
  name,
  reason: z.string().describe('Shown to whoever waits.'),
  environments: z.array(z.string()).default([]).describe('None named: all.'),
  start: z.iso
    .datetime({ offset: true, error: 'must be a date and time with a zone, such as 2026-12-24T00:00:00Z' })
    .describe('ISO-8601 with zone.'),
  duration,
  rrule: z.string().optional().describe('RFC 5545 recurrence without DTSTART, for example FREQ=WEEKLY;BYDAY=FR.'),
});

const isolation = z.strictObject({
  clean_environment: z.boolean().default(true).describe("Commands see none of the worker's environment."),
  own_directory: z.boolean().default(true).describe('Commands run on a copy of the source.'),
  memory_mib: z.int().min(16).default(1024).describe('What is over it is killed.'),
  output_mib: z.int().min(1).default(16).describe('What is over it is cut.'),
  timeout: duration.default('30m').describe('Of one command.'),
});

const oidc = z
  .strictObject({
    issuer: z.url({ protocol: /^https?$/, error: 'must be the URL of the identity provider' }),
    client_id: z.string().min(1),
    client_secret: secretReference.optional().describe('Left out: a public client, which PKCE alone protects.'),
    scopes: z.array(z.string()).default(['profile', 'email']).describe('Beside openid.'),
    name_claim: z.string().default('preferred_username').describe('Names people to approvals and the audit trail.'),
    role_claim: z.string().default('groups').describe('Has the groups or roles of a person.'),
    roles: z
      .record(z.string(), z.enum(['viewer', 'operator', 'approver', 'admin']))
      .describe('What a value of that claim makes of a person in the console; who has none is not let in.'),
  })
  .describe('Sign-in to the console by OpenID Connect.');

const slack = z
  .strictObject({
    signing_secret: secretReference.describe(
      'Of the Slack app, under Basic Information: what its requests are signed with.',
    ),
    people: z
      .record(
        z.string().regex(/^[UW][A-Z0-9]{2,}$/, { error: 'must be the id of a member, such as U024BE7LH' }),
        z.string(),
      )
      .describe('Who a member of Slack is here. Whoever is not in it decides nothing.'),
  })
  .describe('Buttons of messages in Slack.');

const signingKey = z.strictObject({
  id: name.describe('What signatures name it by.'),
  public_key: z.string().describe('Ed25519: 32 bytes as base64; `f0 keys create` prints it.'),
  people: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Whose decisions its holder may sign. Left out: anybody's, for a console that knows who is signed in."),
});

const identity = z.strictObject({
  users: z
    .record(z.string(), z.strictObject({ roles: z.array(z.string()).default([]) }))
    .optional()
    .describe('Left out: any named person counts, and gates that ask for roles are refused.'),
  unsigned_approvals: z
    .boolean()
    .optional()
    .describe(
      'false: what lets a release go on (approve, reject, resume, skip) must be signed with one of the keys. Left out: true, names are claims; a plan that asks people about another cluster than a local one warns of it.',
    ),
  oidc: oidc.optional(),
  slack: slack.optional(),
  signing_keys: z.array(signingKey).default([]).describe('Public keys; a signature by any of them counts.'),
});

export const productionPlatform = documentOf(
  'ProductionPlatform',
  z.strictObject({
    clusters: z
      .record(nameOrAny, cluster)
      .describe('What `cluster` of an environment names; `*` stands for all others.'),
    metric_sources: z
      .record(nameOrAny, metricSource)
      .default({ '*': { type: 'builtin', queries: {} } })
      .describe('What `monitoring` of an environment names.'),
    channels: z.record(name, channel).default({}).describe('Where people are told, or see it on their graphs.'),
    alerting: alerting.optional(),
    identity: identity
      .optional()
      .describe('Who may play which role, and how people prove who they are. Left out: names are taken as given.'),
    freezes: z
      .array(freeze)
      .default([])
      .describe('Stretches of time in which nothing is promoted; rollbacks are never held.'),
    slos: z.array(slo).default([]).describe('Objectives of environments, measured in a metric source.'),
    kpis: z.array(businessKpi).default([]).describe('Figures of the business.'),
    delivery: delivery.optional(),
    isolation: z
      .record(name, isolation)
      .default({})
      .describe('Limits of commands, beside development and production-strict.'),
    time_scale: z
      .number()
      .positive()
      .max(1)
      .optional()
      .describe('Multiplies all durations of plans; for demonstrations.'),
  }),
).describe("The operator's side: where things run, what measures them, who may decide, when nothing is promoted.");

export type ProductionPlatform = z.infer<typeof productionPlatform>;
