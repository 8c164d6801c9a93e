import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port';

const binaries = ['/usr/lib/postgresql/15/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/17/bin'].find(
  (folder) => existsSync(join(folder, 'initdb')),
);

export interface PostgresServer {
  readonly port: number;
  readonly password: string;
  /** Of a fresh database of this name. */
  url(database: string): string;
  stop(): Promise<void>;
}

/** `describe` where PostgreSQL is installed; else says why its tests do not run. */
export const describePostgres: jest.Describe = binaries ? describe : describe.skip;
if (!binaries) console.warn('skipped: PostgreSQL is not installed (Debian: apt-get install postgresql)');

/** A PostgreSQL server of its own, on a free port. As root it runs as `postgres`: it refuses to run as root. */
export async function startPostgres(): Promise<PostgresServer> {
  if (!binaries) throw new Error('PostgreSQL is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'f0-postgres-'));
  const password = 'sesame: open/1';
  writeFileSync(join(folder, 'password'), password);
  const asRoot = userInfo().uid === 0;
  if (asRoot) {
    const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
    );
    chownSync(folder, uid, gid);
  }
  const command = (name: string, ...args: string[]): [string, string[]] =>
    asRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(binaries, name), ...args]]
      : [join(binaries, name), args];

  const data = join(folder, 'data');
  execFileSync(
    ...command(
      'initdb',
      '-D',
      data,
      '-U',
      'f0',
      '-A',
      'scram-sha-256',
      '--no-sync',
      `--pwfile=${join(folder, 'password')}`,
    ),
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: folder,
    },
  );
  const port = await freePort();
  const [file, args] = command(
    'postgres',
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'fsync=off',
    '-c',
    'listen_addresses=127.0.0.1',
  );
  const server = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  await said(server, 'ready to accept connections');

  const url = (database: string) => `postgresql://f0:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  return {
    port,
    password,
    url,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function said(server: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.on('data', (data) => {
      output += data;
      if (output.includes(text)) resolve();
    });
    server.once('exit', () => reject(new Error(output)));
  });
}
