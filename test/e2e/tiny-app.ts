import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs one command of the app: notes its begin, waits while it is held, notes its end. */
const commandScript = `'use strict';
const { appendFileSync, existsSync } = require('node:fs');
const [, , name, folder] = process.argv;
const note = (what) => appendFileSync(folder + '/effects.log', name + ' ' + what + '\\n');
note('begin');
(function wait() {
  if (existsSync(folder + '/hold-' + name)) return setTimeout(wait, 20);
  note('end');
})();
`;

/** One replica: notes its start; not healthy while it is held, in all regions or in its own. */
const serverScript = `'use strict';
const { appendFileSync, existsSync } = require('node:fs');
const { createServer } = require('node:http');
const folder = process.argv[2];
appendFileSync(folder + '/effects.log', 'start ' + process.env.F0_RELEASE + '\\n');
let requests = 0;
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    const held = folder + '/hold-health-' + process.env.F0_RELEASE;
    response.statusCode = existsSync(held) || existsSync(held + '-' + process.env.F0_REGION) ? 503 : 200;
    return response.end();
  }
  if (request.url !== '/metrics') {
    requests += 1;
    return response.end(process.env.F0_RELEASE);
  }
  response.end([
    '# TYPE http_requests_total counter',
    'http_requests_total{status="200"} ' + requests,
    '# TYPE http_request_duration_seconds histogram',
    'http_request_duration_seconds_bucket{le="0.1"} ' + requests,
    'http_request_duration_seconds_bucket{le="+Inf"} ' + requests,
    'http_request_duration_seconds_sum ' + requests * 0.01,
    'http_request_duration_seconds_count ' + requests,
    '',
  ].join('\\n'));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => server.close(() => process.exit(0)));
`;

/** A command, or the health of a release, or of a release in a region. */
export type Held = 'build' | 'unit_tests' | `health-${string}`;

/** An app of a few lines whose build, test and replicas leave a line each outside, and wait where they are held. */
export class TinyApp {
  readonly source: string;

  /** @param metrics false: it serves none, so that nothing about it can be measured */
  constructor(
    readonly folder: string,
    { metrics = true, build = `node command.js build '${folder}'` } = {},
  ) {
    this.source = join(folder, 'source');
    mkdirSync(this.source, { recursive: true });
    writeFileSync(join(this.source, 'command.js'), commandScript);
    writeFileSync(join(this.source, 'server.js'), serverScript);
    const manifest = {
      apiVersion: 'framework0.io/v1',
      kind: 'App',
      metadata: { name: 'tiny' },
      spec: {
        build: [build],
        tests: { unit_tests: `node command.js unit_tests '${folder}'` },
        start: `node server.js '${folder}'`,
        replicas: 1,
        synthetic_traffic: { requests: ['GET /'], per_second: 20 },
        ...(metrics ? { metrics: '/metrics' } : {}),
      },
    };
    // JSON is YAML too.
    writeFileSync(join(this.source, 'f0.app.yaml'), JSON.stringify(manifest));
  }

  hold(what: Held): void {
    writeFileSync(this.holdFile(what), '');
  }

  letGo(what: Held): void {
    rmSync(this.holdFile(what), { force: true });
  }

  /** How often this line was left. */
  count(effect: string): number {
    const file = join(this.folder, 'effects.log');
    if (!existsSync(file)) return 0;
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line === effect).length;
  }

  /** Changes what the release is made of. */
  change(): void {
    appendFileSync(join(this.source, 'server.js'), '// changed\n');
  }

  private holdFile(what: Held): string {
    return join(this.folder, `hold-${what}`);
  }
}

/** The old release goes almost at once: nobody waits for it here. */
const quickSwap = { blue_green: { retire_after: '1s' } };

interface StageOptions {
  readonly [field: string]: unknown;
}

/** Writes the pipeline of a tiny app: build with its test, then one environment. Answers the file. */
export function tinyPipeline(
  file: string,
  namespace: string,
  { environment = {}, deploy = {} }: { readonly environment?: StageOptions; readonly deploy?: StageOptions } = {},
): string {
  const document = {
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionWorkflow',
    metadata: { name: 'tiny', namespace },
    spec: {
      environments: { live: { cluster: 'local', deployment_strategy: quickSwap, ...environment } },
      pipeline_stages: [
        { name: 'build', uses: 'exercise8/container-build' },
        { name: 'check', tests: ['unit_tests'] },
        { name: 'deploy', environment: 'live', ...deploy },
      ],
    },
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}
