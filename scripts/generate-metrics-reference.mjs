// npm run docs: writes docs/reference/metrics.md from the compiled catalogue of metrics (npm run build comes first).
// --check writes nothing, and ends with 1 when the page is not what would be written. --catalogue MODULE takes another
// build of src/workers/metric-catalogue.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs', 'reference', 'metrics.md');
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    catalogue: { type: 'string', default: join(root, 'dist', 'workers', 'metric-catalogue.js') },
  },
});
const catalogue = createRequire(import.meta.url)(resolve(options.catalogue));

function table(metrics) {
  const rows = Object.entries(metrics).map(([name, { type, help, labels, countedBy }]) => {
    const cells = [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), help, countedBy];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| metric | type | labels | what it is | counted by |', '|---|---|---|---|---|', ...rows].join('\n');
}

const text = `# Metrics

Written from \`src/workers/metric-catalogue.ts\` by \`npm run docs\`. A worker serves them at \`/metrics\` on port 9090
(\`F0_METRICS_PORT\`). A process counts what it sees itself, since it was started: sums are Prometheus' to make. Dashboards
(\`deploy/grafana\`) and rules (\`deploy/prometheus\`) stand on these and no others: [telemetry](../concepts/telemetry.md).

\`namespace\` and \`environment\` are names out of documents: of each, a process tells the first hundred apart and calls all
others \`other\`. Everything else is a closed set.

## Ours

${table(catalogue.ourMetrics)}

## Of Temporal

Those that dashboards and rules stand on; the SDK serves more. A histogram is read as \`_bucket\`, \`_sum\` and \`_count\`.

${table(catalogue.temporalMetrics)}

## Of the process

${table(catalogue.processMetrics)}
`;

if (!options.check) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  process.stderr.write('docs/reference/metrics.md is stale: npm run docs\n');
  process.exitCode = 1;
}
