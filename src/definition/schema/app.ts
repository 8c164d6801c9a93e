import { z } from 'zod';
import { documentOf } from './document';
import { type FaultParams, listOf, name } from './scalars';

export const metricsSchema = z.strictObject({
  path: z.string().default('/metrics').describe('Where Prometheus metrics are served.'),
  requests: z.string().default('http_requests_total').describe('Counter of requests.'),
  status_label: z.string().default('status').describe('Its label with the HTTP status.'),
  duration: z.string().default('http_request_duration_seconds').describe('Histogram of durations in seconds.'),
});

/** Inside the artifact: what is outside of it is not what was built and approved. */
const packagePath = z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, {
  error: "must be a path inside the app's folder, such as k8s",
});
const objectName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, {
  error: 'must be the name of an object of Kubernetes: small letters, digits, "-" and ".", at most 63',
});

const kubernetes = z
  .strictObject({
    manifests: packagePath.optional().describe('A folder of YAML, with its subfolders.'),
    kustomize: packagePath.optional().describe('A folder with a kustomization, built by kubectl kustomize.'),
    helm: z
      .strictObject({
        chart: packagePath.describe('A chart in the folder of the app.'),
        values: z.array(packagePath).default([]).describe('Files of values, the later ones win.'),
      })
      .optional()
      .describe('A chart, rendered by helm template.'),
    image: z
      .string()
      .regex(/^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/, { error: 'must be a repository such as registry.example.com/team/app' })
      .refine((text) => !/:[^/]*$/.test(text), { error: 'has a tag: the digest of the release takes its place' })
      .describe('The repository of the image; the digest of the release is added.'),
    workload: objectName.optional().describe("The Deployment; left out: it has the app's name."),
    container: objectName
      .optional()
      .describe("The container that gets the image; left out: the only one, else the one with the app's name."),
    service: objectName.optional().describe("The Service; left out: it has the app's name."),
  })
  .superRefine(({ manifests, kustomize, helm }, context) => {
    const given = [manifests, kustomize, helm].filter((source) => source !== undefined).length;
    if (given === 1) return;
    const params: FaultParams = { expected: 'exactly one of manifests, kustomize, helm', suggestion: null };
    const message = given === 0 ? 'nothing says where the manifests are' : 'there are several sources of manifests';
    context.addIssue({ code: 'custom', message, params: { ...params } });
  })
  .describe(
    'How it is deployed to clusters of Kubernetes; {{environment}}, {{release}} and {{namespace}} are filled in.',
  );

const spec = z.strictObject({
  build: listOf(z.string()).default([]).describe('Commands; none: nothing to compile.'),
  tests: z.record(name, z.string()).default({}).describe('Commands by the names that stages use.'),
  start: z.string().describe('Starts one replica. It gets PORT, F0_RELEASE and F0_ENVIRONMENT, in a region F0_REGION.'),
  health: z
    .string()
    .regex(/^\//, { error: 'must be a path that begins with /' })
    .default('/healthz')
    .describe('Answers 200 when a replica is ready.'),
  metrics: z
    .union([z.string(), metricsSchema])
    .optional()
    .describe('A path, or where and under which names. Left out: no condition on this app can be measured.'),
  replicas: z.int().min(1).max(1000).default(2).describe('Where the environment says nothing else.'),
  synthetic_traffic: z
    .strictObject({
      requests: z.array(z.string().regex(/^GET \/\S*$/, { error: 'must be a request such as GET /path' })).min(1),
      per_second: z.number().positive().max(1000).default(10),
    })
    .optional()
    .describe('Sent where users send less than this, so that gates have something to measure.'),
  kubernetes: kubernetes.optional(),
});

/** `f0.app.yaml`: how an application is built, tested, started and looked at. */
export const app = documentOf('App', spec).describe(
  'How an application is built, tested, started and looked at: `f0.app.yaml` in its folder.',
);

export type AppDocument = z.infer<typeof app>;
export type App = z.infer<typeof spec>;
