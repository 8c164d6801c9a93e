import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '../support/wait-for';

const typescript = resolve(__dirname, '..', 'support', 'typescript.cjs');

/** Starts a server as the clusters do, whose log has its process id, tells so, and lives on. */
const testRun = `
  const { Processes } = require(${JSON.stringify(join(__dirname, 'support', 'processes.ts'))});
  new Processes(process.argv[1]).start('server', 'sh', ['-c', 'echo $$; exec sleep 3600']);
  console.log('started');
  setInterval(() => {}, 1000);
`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('servers end, and their folder goes, when the test run that started them is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-processes-'));
  const run = spawn(process.execPath, ['-r', typescript, '-e', testRun, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(run.stdout, 'data');
  const told = () => Number(readFileSync(join(folder, 'server.log'), 'utf8'));
  const server = await waitFor('the server to tell its process id', () => told() || null);
  expect(isAlive(server)).toBe(true);

  run.kill('SIGKILL');

  await waitFor('the server to end', () => !isAlive(server));
  await waitFor('the folder to go', () => !existsSync(folder));
});
