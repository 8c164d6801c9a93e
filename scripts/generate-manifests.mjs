// npm run manifests: writes deploy/kubernetes/*.yaml, for those who apply plain manifests: what the Helm chart makes of
// deploy/kubernetes/values.yaml. --check writes nothing, and ends with 1 when a file is not what would be written.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { ensureHelm } from './test-tools.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'deploy', 'kubernetes');
const chart = join(root, 'deploy', 'helm', 'framework0');
const namespace = 'framework0';

const header =
  '# Made from deploy/helm/framework0 by `npm run manifests`: change the chart, or patch this by Kustomize.\n';

/** By file, in the order of what has to be there first. */
const files = {
  'setup.yaml': ({ kind }) => kind === 'Job',
  'target-namespace.yaml': ({ metadata }) => metadata.namespace !== namespace,
  'console.yaml': ({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'console',
  'framework0.yaml': () => true,
};

function rendered(helm) {
  const values = join(folder, 'values.yaml');
  const text = execFileSync(helm, ['template', 'framework0', chart, '--namespace', namespace, '--values', values], {
    encoding: 'utf8',
  });
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter(Boolean)
    .map(withoutHelm);
}

/** What only Helm reads, or says that it was here. */
function withoutHelm(object) {
  const { labels, annotations = {} } = object.metadata;
  const { 'helm.sh/chart': _, 'app.kubernetes.io/managed-by': __, ...ours } = labels;
  const kept = Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('helm.sh/')));
  const { annotations: ___, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, labels: ours, ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}) },
  };
}

function filesOf(objects) {
  const texts = new Map();
  let rest = objects;
  for (const [name, belongs] of Object.entries(files)) {
    const documents = rest.filter(belongs).map((object) => stringify(object, { lineWidth: 0 }));
    texts.set(name, `${header}${documents.join('---\n')}`);
    rest = rest.filter((object) => !belongs(object));
  }
  return texts;
}

const helm = ensureHelm();
if (helm === null) process.exit(1);
for (const [name, text] of filesOf(rendered(helm))) {
  const file = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`deploy/kubernetes/${name} is stale: npm run manifests\n`);
    process.exitCode = 1;
  }
}
