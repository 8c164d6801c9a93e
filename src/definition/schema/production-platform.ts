import { z } from 'zod';
import { documentOf } from './document';
import { gitops } from './gitops';
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

const channel = z.strictObject({
  type: z.enum(['console', 'webhook', 'email']),
  url: z.string().optional().describe('Webhook: its URL. E-mail: smtp://host:port.'),
  to: z.array(z.string()).default([]).describe('Recipients of e-mail.'),
  from: z.string().optional().describe('Sender of e-mail.'),
  secret: secretReference
    .optional()
    .describe('A reference such as secret://env/NAME: the key that signs a webhook, or user:password.'),
});

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
    channels: z.record(name, channel).default({}).describe('Where people are told.'),
    identity: z
      .strictObject({
        users: z
          .record(z.string(), z.strictObject({ roles: z.array(z.string()).default([]) }))
          .optional()
          .describe('Who may play which role in approvals.'),
        oidc: oidc.optional(),
      })
      .optional()
      .describe('Who people are. Without `users` any named person counts, and gates that ask for roles are refused.'),
    freezes: z
      .array(freeze)
      .default([])
      .describe('Stretches of time in which nothing is promoted; rollbacks are never held.'),
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
