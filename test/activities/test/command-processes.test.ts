import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CommandProcesses, commandIdVariable } from '../../../src/activities/test/command-processes';
import { waitFor } from '../../support/wait-for';

const id = `test-${process.pid}`;

it('finds a process that showed no environment when it was first looked at', async () => {
  // As the kernel shows a process that turns into another program, only for longer.
  const script = `echo up; read go; exec env ${commandIdVariable}=${id} sleep 1000`;
  const child = spawn('/usr/bin/env', ['-i', '/bin/sh', '-c', script]);
  const ended = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    const processes = new CommandProcesses(id, null);
    expect(processes.list()).toEqual([]);

    child.stdin.write('go\n');

    const found = await waitFor('the process to be found', () => processes.list()[0]);
    expect(found.pid).toBe(child.pid);
    expect(await processes.killAll()).toBe(0);
    expect((await ended)[1]).toBe('SIGKILL');
  } finally {
    child.kill('SIGKILL');
  }
});
