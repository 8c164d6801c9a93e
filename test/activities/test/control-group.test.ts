import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ControlGroup, ownGroup } from '../../../src/activities/test/control-group';
import { waitFor } from '../../support/wait-for';
import { useTemporaryFolder } from '../artifacts/temporary-folder';
import { processesWith } from './support';

const folder = useTemporaryFolder();
const name = `test-${process.pid}`;

it('a folder that is no control group gives none, and stays as it was', async () => {
  expect(await ControlGroup.create(name, 1024 ** 3, folder.path)).toBeNull();
  expect(existsSync(path.join(folder.path, `framework0-${name}`))).toBe(false);
  expect(await ControlGroup.create(name, 1024 ** 3, path.join(folder.path, 'nowhere'))).toBeNull();
  expect(await ControlGroup.create(name, 1024 ** 3, null)).toBeNull();
});

async function createGroup(): Promise<ControlGroup> {
  const group = await ControlGroup.create(name, 1024 ** 3);
  if (!group) throw new Error('no control group');
  return group;
}

/** The tests are chosen before they may wait for anything, so this looks without the class. */
function mayCreate(): boolean {
  const parent = ownGroup();
  if (parent === null) return false;
  const probe = path.join(parent, `framework0-probe-${process.pid}`);
  try {
    mkdirSync(probe);
  } catch {
    return false;
  }
  const works = existsSync(path.join(probe, 'cgroup.kill'));
  rmdirSync(probe);
  return works;
}

// Where the tests may not make control groups, the process table stands in, which has its own tests.
(mayCreate() ? describe : describe.skip)('a control group', () => {
  it('holds a daemon that gave up its parent, its session and its environment, and ends it', async () => {
    const group = await createGroup();
    const marker = `f0-escaped-${process.pid}`;
    const up = path.join(folder.path, 'up');
    const program = path.join(folder.path, 'daemon.js');
    writeFileSync(program, "require('node:fs').writeFileSync(process.argv[3], ''); setInterval(() => {}, 1e9);");
    const daemon = `env -i setsid ${process.execPath} ${program} ${marker} ${up}`;
    try {
      const shell = spawn('/bin/sh', group.shellArguments(`(setsid sh -c '${daemon} &' &) & wait`), {
        stdio: 'ignore',
      });
      await once(shell, 'exit');
      // The shells between carry the marker too, until the last of them has ended. While a process turns from one
      // program into another its command line reads as empty, so the daemon itself says that it is up.
      await waitFor('the daemon alone to be left', () => existsSync(up) && group.pids().size === 1);

      expect([...group.pids()]).toEqual(processesWith(marker));
    } finally {
      await group.close();
    }

    expect(processesWith(marker)).toEqual([]);
    expect(existsSync(path.join(ownGroup() ?? '', `framework0-${name}`))).toBe(false);
  });

  it('is emptied and made anew when an earlier try left it', async () => {
    const marker = `f0-left-${process.pid}`;
    const left = await createGroup();
    const shell = spawn(
      '/bin/sh',
      left.shellArguments(`exec ${process.execPath} -e "setInterval(()=>{},1e9)" ${marker}`),
    );
    const ended = once(shell, 'exit');
    await waitFor('the earlier try to be up', () => left.pids().size === 1);

    const taken = await createGroup();

    expect((await ended)[1]).toBe('SIGKILL');
    expect(taken.pids().size).toBe(0);
    await taken.close();
  });

  it('passes exit code, output and quoting of the command on', async () => {
    const group = await createGroup();
    try {
      const shell = spawn('/bin/sh', group.shellArguments(`echo "a 'b' $((1+1))"; exit 3`));
      let output = '';
      shell.stdout.on('data', (chunk) => {
        output += chunk;
      });

      const [code] = await once(shell, 'close');

      expect([code, output]).toEqual([3, "a 'b' 2\n"]);
    } finally {
      await group.close();
    }
  });
});
