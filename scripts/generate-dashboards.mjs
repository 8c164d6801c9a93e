// npm run dashboards: writes deploy/grafana/*.json from scripts/dashboards, and the rules of deploy/prometheus into the
// chart, which can ship only what is in its own folder. --check writes nothing, and ends with 1 when a file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployments } from './dashboards/deployments.mjs';
import { executive } from './dashboards/executive.mjs';
import { operations } from './dashboards/operations.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const rules = 'framework0.rules.yml';

const files = {
  ...Object.fromEntries(
    Object.entries({ operations, deployments, executive }).map(([name, dashboard]) => [
      `deploy/grafana/${name}.json`,
      `${JSON.stringify(dashboard.build(), null, 2)}\n`,
    ]),
  ),
  [`deploy/helm/framework0/files/${rules}`]: readFileSync(join(root, 'deploy', 'prometheus', rules), 'utf8'),
};

for (const [name, text] of Object.entries(files)) {
  const file = join(root, name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${name} is stale: npm run dashboards\n`);
    process.exitCode = 1;
  }
}
