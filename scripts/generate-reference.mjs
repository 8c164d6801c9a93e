// npm run docs: writes docs/reference/language.md from the compiled schemas (npm run build comes first).
// --check writes nothing, and ends with 1 when the page is not what would be written. --definition MODULE takes another
// build of src/definition.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { anchor, code, fieldSections, sectionText } from './reference-tables.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs', 'reference', 'language.md');
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    definition: { type: 'string', default: join(root, 'dist', 'definition') },
  },
});
const definition = createRequire(import.meta.url)(resolve(options.definition));

const examples = [
  ['A pipeline', 'examples/enterprise-deployment-pipeline.yaml'],
  ['A canary with roles, a quorum and escalation', 'examples/canary-pipeline.yaml'],
  ['Several regions, in waves', 'examples/regions-pipeline.yaml'],
  ['A platform', 'examples/platform.local.yaml'],
  ['An app', 'examples/shop/f0.app.yaml'],
];

/** Shown as what they are read as. */
const conditions = ['error_rate > 2%', 'latency < 1500ms', 'memory >= 1.5GiB over 5m', 'throughput != 0 for 1h30m'];

function referencePage() {
  const schemas = definition.jsonSchemas();
  const kinds = Object.keys(schemas);
  const parts = {
    kinds: sentence(kinds.map(code)),
    maxStages: String(schemas.ProductionWorkflow.properties.spec.properties.pipeline_stages.maxItems),
    contents: kinds.map((kind) => `- [${kind}](#${anchor(kind)})`).join('\n'),
    sections: ['## metadata', metadataTable(schemas), ...kinds.map((kind) => kindText(kind, schemas[kind]))].join(
      '\n\n',
    ),
    actions: sentence(definition.actions.map(code)),
    metrics: Object.entries(definition.metricUnits)
      .map(([metric, units]) => `${code(metric)} (${units.map(code).join(', ')})`)
      .join(', '),
    operators: definition.operators.map(code).join(' '),
    units: definition.units.map(code).join(' '),
    conditions: conditions.map(conditionRow).join('\n'),
    strategies: strategyTable(),
    rollback: titles(definition.rollbackStepsOf({ replicas: 4 })),
    examples: examples.map(([title, file]) => exampleText(title, file)).join('\n\n'),
  };
  const template = readFileSync(join(root, 'scripts', 'language.template.md'), 'utf8');
  // Placeholders of the documents themselves, such as {{app}}, are none of these: the template is filled in one go.
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

function metadataTable(schemas) {
  const [section] = fieldSections('metadata', schemas.ProductionWorkflow.properties.metadata);
  return sectionText(section, 2).split('\n').slice(2).join('\n');
}

function kindText(kind, schema) {
  const sections = fieldSections(`${kind} spec`, schema.properties.spec);
  return [`## ${kind}`, schema.description, ...sections.map((section) => sectionText(section, 3))].join('\n\n');
}

function conditionRow(text) {
  const parsed = definition.parseCondition(text);
  if (!parsed.ok) throw new Error(`an example of the reference is no condition: ${text}`);
  const { metric, op, value, forSeconds, overSeconds } = parsed.condition;
  const tail = [
    forSeconds === null ? '' : ` for ${forSeconds} s`,
    overSeconds === null ? '' : ` over ${overSeconds} s`,
  ];
  return `| \`${text}\` | ${metric} ${op} ${value}${tail.join('')} |`;
}

function strategyTable() {
  const input = {
    replicas: 4,
    analysis: { name: 'verification', durationSeconds: 600 },
    retireAfterSeconds: 300,
    canarySteps: [
      { kind: 'weight', weight: 25 },
      { kind: 'weight', weight: 100 },
    ],
  };
  const rows = ['rolling', 'blue_green', 'canary', 'recreate'].map(
    (name) => `| \`${name}\` | ${titles(definition.stepsOf(name, input))} |`,
  );
  return ['| strategy | steps |', '|---|---|', ...rows].join('\n');
}

function titles(steps) {
  return steps.map((step) => definition.stepTitle(step)).join('; ');
}

function exampleText(title, file) {
  return `### ${title}\n\`${file}\`\n\`\`\`yaml\n${readFileSync(join(root, file), 'utf8').trim()}\n\`\`\``;
}

function sentence(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const text = `${referencePage().trim()}\n`;
if (!options.check) writeFileSync(page, text);
else if (readFileSync(page, 'utf8') !== text) {
  process.stderr.write('docs/reference/language.md is stale: npm run build && npm run docs\n');
  process.exitCode = 1;
}
