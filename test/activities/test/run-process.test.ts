import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandProcesses } from '../../../src/activities/test/command-processes';
import { OutputCapture } from '../../../src/activities/test/output-capture';
import type { ProcessEntry } from '../../../src/activities/test/process-table';
import { type ProcessOutcome, type ProcessRequest, runProcess } from '../../../src/activities/test/run-process';
import { waitFor } from '../../support/wait-for';
import { useTemporaryFolder } from '../artifacts/temporary-folder';
import { processesWith } from './support';

const folder = useTemporaryFolder();
const commandId = `run-process-${process.pid}`;

function run(command: string, change: Partial<ProcessRequest>): Promise<ProcessOutcome> {
  return runProcess({
    commandId,
    command,
    folder: folder.path,
    env: { PATH: process.env.PATH ?? '', F0_COMMAND_ID: commandId },
    timeoutSeconds: 20,
    memoryBytes: 512 * 1024 ** 2,
    graceSeconds: 5,
    signal: new AbortController().signal,
    output: new OutputCapture(1024 ** 2),
    ...change,
  });
}

const node = (script: string, marker = '') => `${process.execPath} -e "${script}" ${marker}`;
const forever = 'setInterval(()=>{},1e9)';

const ways: readonly (readonly [string, Partial<ProcessRequest>])[] = [
  ['by the process table alone', { controlGroup: null }],
  ['with a control group where there is one', {}],
];

(process.platform === 'linux' ? describe : describe.skip).each(ways)(
  'all processes of a command, %s,',
  (way, options) => {
    const marker = `f0-run-${process.pid}-${way.length}`;
    const child = node(forever, marker);

    it('are ended with it, in its group or out of it', async () => {
      const script = `require('fs').writeFileSync('up-' + process.pid, ''); ${forever}`;
      await writeFile(path.join(folder.path, 'child.js'), script);
      const child = `${process.execPath} child.js ${marker}`;
      const line = [
        `${child} &`,
        `setsid ${child} >/dev/null 2>&1 &`,
        `(setsid sh -c '${child} &' &) &`,
        'while [ "$(ls | grep -c up-)" -lt 3 ]; do sleep 0.05; done',
      ];

      const outcome = await run(line.join('\n'), options);

      expect(outcome).toMatchObject({ reason: 'exit', exitCode: 0 });
      expect(processesWith(marker)).toEqual([]);
    });

    it('are ended also when they gave up their environment, once they were seen', async () => {
      const looks = jest.spyOn(CommandProcesses.prototype, 'list');
      const ended = run(`setsid env -i ${child} >/dev/null 2>&1 & while [ ! -e seen ]; do sleep 0.05; done`, options);
      // How often it looks depends on how busy the machine is. The shell and the child have a session each.
      const leaders = (found: readonly ProcessEntry[]) => found.filter(({ pid, session }) => pid === session);
      await waitFor('the child to be seen', () => looks.mock.results.some(({ value }) => leaders(value).length === 2));
      looks.mockRestore();
      await writeFile(path.join(folder.path, 'seen'), '');
      await ended;

      expect(processesWith(marker)).toEqual([]);
    });

    it('do not keep it waiting when they hold its output open', async () => {
      const outcome = await run(`setsid ${child} & exit 3`, options);

      expect(outcome).toMatchObject({ reason: 'exit', exitCode: 3 });
      expect(outcome.durationSeconds).toBeLessThan(25);
      expect(processesWith(marker)).toEqual([]);
    });

    it('share one memory limit', async () => {
      const hog = node('const b=Buffer.alloc(150*2**20,1);setInterval(()=>b[0],1e3)', marker);

      const outcome = await run(`${hog} & setsid ${hog} & wait`, { ...options, memoryBytes: 250 * 1024 ** 2 });

      expect(outcome.reason).toBe('memory');
      expect(outcome.peakBytes).toBeGreaterThan(250 * 1024 ** 2);
      expect(processesWith(marker)).toEqual([]);
    });

    it('may use memory up to the limit', async () => {
      const outcome = await run(node('Buffer.alloc(150*2**20,1)'), { ...options, memoryBytes: 400 * 1024 ** 2 });

      expect(outcome).toMatchObject({ reason: 'exit', exitCode: 0 });
    });
  },
);
