// npm run docs: writes docs/reference/helm.md from the schema of the chart's values; the defaults are those of
// values.yaml. --check writes nothing, and ends with 1 when the page is not what would be written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { fieldSections, sectionText } from './reference-tables.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const chart = join(root, 'deploy', 'helm', 'framework0');
const page = join(root, 'docs', 'reference', 'helm.md');

const introduction = `# Values of the Helm chart

Written from \`deploy/helm/framework0/values.schema.json\` by \`npm run docs\`. The schema is what \`helm\` checks your values
with: an unknown name or a wrong type is an error before anything is applied. How to install the chart:
[run-on-kubernetes.md](../run-on-kubernetes.md).
`;

/** The schema, each field with its default: the value of a map's fields stands in their own tables. */
function withDefaults(schema, value) {
  const { properties } = schema;
  if (!properties)
    return value === undefined || value === '' || schema.additionalProperties?.properties
      ? schema
      : { ...schema, default: value };
  const fields = Object.entries(properties).map(([name, field]) => [name, withDefaults(field, value?.[name])]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

function poolTable(pools) {
  const rows = Object.entries(pools).map(([name, { taskQueues, replicas, image, resources, heapMiB }]) => {
    const { requests, limits } = resources;
    const cells = [
      `\`${name}\``,
      taskQueues.map((queue) => `\`${queue}\``).join(', '),
      replicas,
      `\`${image.repository}\``,
      `${requests.cpu} CPU, ${requests.memory}, at most ${limits.memory}`,
      `${heapMiB} MiB`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| pool | queues | pods | image | resources | heap |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));
const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
const sections = fieldSections('Values', withDefaults(schema, values));
const text = `${[
  introduction.trim(),
  ...sections.map((section) => sectionText(section, 2)),
  `## The pools of the chart\n\n${poolTable(values.pools)}`,
].join('\n\n')}\n`;

if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  process.stderr.write('docs/reference/helm.md is stale: npm run docs\n');
  process.exitCode = 1;
}
