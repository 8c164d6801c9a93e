import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { createDeployTargets } from '../../src/activities/deploy';
import { loadDocuments } from '../../src/definition';
import { ensureClusterAgent, stopClusterAgent } from '../../src/embedded/cluster';
import { prepareShopRelease, type ShopVersion, shopVersions } from '../../src/embedded/demo/shop';
import { type DemoTraffic, productionTraffic, stagingTraffic } from '../../src/embedded/demo/traffic';
import { type LoadReport, startLoad } from '../../src/embedded/load';
import { agentEntry, fixtureArtifacts, patient, prepareInput, ref } from '../embedded/cluster/test-cluster';
import { until } from '../support/wait-for';

const manifestText = readFileSync(path.join(__dirname, '../../examples/shop/f0.app.yaml'), 'utf8');
const manifest = parse(manifestText) as {
  spec: { build: string[]; tests: Record<string, string> };
};

/** Runs a shell command, as a stage of a release does: without the marks that this test runner leaves in its environment. */
function run(command: string, cwd: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['-c', command],
      { cwd, env: { PATH: process.env.PATH } },
      (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? -1, stdout: stdout.trim(), stderr: stderr.trim() });
      },
    );
  });
}

describe('the example shop', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'f0-shop-'));
    await Promise.all(shopVersions.map((version) => prepareShopRelease(version, path.join(folder, version))));
  });

  afterAll(async () => {
    await stopClusterAgent({ home: path.join(folder, 'home') });
    await rm(folder, { recursive: true, force: true });
  });

  it('has a manifest without a fault, and 2 replicas by default', () => {
    const { documents, errors, warnings } = loadDocuments([{ file: 'f0.app.yaml', text: manifestText }]);

    expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
    expect(documents[0]).toMatchObject({ kind: 'App', value: { metadata: { name: 'shop' }, spec: { replicas: 2 } } });
  });

  it('makes one source tree a release, which differ in release.json only', async () => {
    const [first, second] = await Promise.all([
      readdir(path.join(folder, '1.0.0'), { recursive: true }),
      readdir(path.join(folder, '1.1.0'), { recursive: true }),
    ]);
    const diff = await run('diff -rq 1.0.0 1.1.0', folder);

    expect(second.toSorted()).toEqual(first.toSorted());
    expect(diff.stdout).toBe('Files 1.0.0/release.json and 1.1.0/release.json differ');
  });

  it.each(shopVersions)('release %s builds, and passes its own tests', async (version) => {
    const commands = [...manifest.spec.build, ...Object.values(manifest.spec.tests)];
    expect(Object.keys(manifest.spec.tests)).toEqual(['unit_tests', 'integration_tests', 'security_scans']);

    for (const command of commands) {
      expect(await run(command, path.join(folder, version))).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  it('finds a secret in its source', async () => {
    const leaky = path.join(folder, 'leaky');
    await prepareShopRelease('1.0.0', leaky);
    await appendFile(path.join(leaky, 'lib/cart.js'), `const key = 'AKIA${'A'.repeat(16)}';`);

    const scan = await run('node scripts/security-scan.js', leaky);

    expect(scan).toMatchObject({ exitCode: 1, stderr: 'lib/cart.js: an AWS access key' });
  });

  describe('under load, in the local cluster', () => {
    const home = (): string => path.join(folder, 'home');

    /** Serves the release with two replicas, and sends it traffic until it has answered `requests`. */
    async function measure(version: ShopVersion, traffic: DemoTraffic, requests: number): Promise<LoadReport> {
      const ensureAgent = () => ensureClusterAgent({ home: home(), entry: agentEntry });
      const artifacts = { ...fixtureArtifacts, unpack: (_: string, to: string) => prepareShopRelease(version, to) };
      const targets = createDeployTargets({ home: home(), artifacts, ensureAgent });
      const target = targets.of({ name: 'here', type: 'local' });
      const release = { ...ref(version), app: { ...ref(version).app, start: 'node server.js' } };
      await target.prepare({ ...prepareInput(version), ...release }, patient);
      const { url } = await target.promote(release, patient);
      const run = startLoad({ url: String(url), ...traffic });
      await until(
        () => run.report().sent,
        (sent) => sent >= requests,
        40_000,
      );
      const report = await run.stop();
      await target.retire(release, patient);
      return report;
    }

    it('answers fast in 1.0.0', async () => {
      const report = await measure('1.0.0', productionTraffic, 400);

      expect(report).toMatchObject({ failed: 0, dropped: 0 });
      expect(report.releases[0]?.p50Ms).toBeLessThan(100);
    });

    it('fails about 5 % of production in 1.1.0, and nothing of staging', async () => {
      const production = await measure('1.1.0', productionTraffic, 400);
      const staging = await measure('1.1.0', stagingTraffic, 100);

      expect(production.dropped).toBe(0);
      expect(production.failed / production.sent).toBeGreaterThan(0.04);
      expect(production.failed / production.sent).toBeLessThan(0.06);
      expect(staging).toMatchObject({ failed: 0, dropped: 0 });
    });

    it('is too slow for production in 1.2.0, and fast enough for staging', async () => {
      const production = await measure('1.2.0', productionTraffic, 120);
      const staging = await measure('1.2.0', stagingTraffic, 40);

      expect(production).toMatchObject({ failed: 0, dropped: 0 });
      expect(production.releases[0]?.p95Ms).toBeGreaterThan(1_700);
      expect(staging.releases[0]?.p95Ms).toBeLessThan(700);
    });
  });
});
