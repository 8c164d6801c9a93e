import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/free-port';
import { waitFor } from '../../support/wait-for';

const isThere = () => spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;

function install(): boolean {
  if (isThere()) return true;
  const script = resolve(__dirname, '..', '..', '..', 'scripts', 'install-debian.sh');
  try {
    execFileSync('sh', [script, 'prometheus'], { stdio: 'inherit' });
  } catch {
    // It has said why.
  }
  return isThere();
}

/** `describe` where there is a Prometheus or one can be installed; else says that its tests do not run. */
export const describePrometheus: jest.Describe = install() ? describe : describe.skip;
if (describePrometheus === describe.skip) console.warn('skipped: there is no prometheus command');

export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Prometheus of its own that scrapes one replica every second. */
export async function startPrometheus(
  replicaPort: number,
  labels: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'f0-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'app', static_configs: [{ targets: [`127.0.0.1:${replicaPort}`], labels }] }],
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await waitFor('Prometheus to be ready', async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
