import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeOf } from '../../../src/embedded/home';
import { launchTemporal } from '../../../src/embedded/temporal/launch';

describe('launchTemporal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-launch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells of the process before it answers, so that a start that is killed meanwhile leaves its trace', async () => {
    const executable = join(folder, 'temporal');
    writeFileSync(executable, '#!/bin/sh\nexit 7\n');
    chmodSync(executable, 0o755);
    const spawned: number[] = [];
    const home = homeOf({}, join(folder, 'home'));

    // Nobody listens on the port of the old discard service, so it never counts as ready.
    const launched = launchTemporal({
      home,
      executable,
      port: 9,
      uiPort: 9,
      onSpawned: ({ pid }) => spawned.push(pid),
    });

    await expect(launched).rejects.toThrow('Temporal ended while it started');
    expect(spawned).toEqual([expect.any(Number)]);
  });
});
