import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { create } from 'tar';
import { CommandRoom } from '../../../src/activities/test';
import { waitFor } from '../../support/wait-for';
import { useTemporaryFolder } from '../artifacts/temporary-folder';
import { type CommandRig, command, commandRig, processesWith, strict } from './support';

const folder = useTemporaryFolder();
let rig: CommandRig;
let source: string;

beforeEach(async () => {
  source = path.join(folder.path, 'source');
  await mkdir(path.join(source, 'sub'), { recursive: true });
  await writeFile(path.join(source, 'data.txt'), 'from the source');
  rig = commandRig(folder.path, { TOKEN: 'tOp-sEcret-value' });
});

afterEach(async () => {
  expect(await readdir(path.join(folder.path, 'work')).catch(() => [])).toEqual([]);
});

describe('a command that does well', () => {
  it('answers with its last lines and keeps the whole output in the store', async () => {
    const result = await rig.run(command('cat data.txt; echo; echo problem >&2'));

    expect(result).toMatchObject({ exitCode: 0, tail: 'from the source\nproblem' });
    expect(result.durationSeconds).toBeGreaterThan(0);
    expect(await rig.log(result.logDigest)).toBe('from the source\nproblem\n');
  });

  it('gets a clean environment with a home of its own, and what the stage declares', async () => {
    process.env.F0_TEST_LEAK = 'leaked';
    try {
      const result = await rig.run(command('env', { env: { STAGE: 'yes' } }));

      const names = result.tail
        .split('\n')
        .map((line) => line.split('=')[0])
        .sort();
      expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))).toEqual([
        'F0_COMMAND_ID',
        'F0_RELEASE',
        'HOME',
        'LANG',
        'PATH',
        'STAGE',
        'TMPDIR',
      ]);
      expect(result.tail).toContain(`HOME=${path.join(folder.path, 'work')}`);
    } finally {
      delete process.env.F0_TEST_LEAK;
    }
  });

  it("gets the worker's environment where the policy is open", async () => {
    process.env.F0_TEST_OPEN = 'visible';
    try {
      const isolation = { ...strict, name: 'development', cleanEnvironment: false };
      const result = await rig.run(command('echo $F0_TEST_OPEN', { isolation }));

      expect(result.tail).toBe('visible');
    } finally {
      delete process.env.F0_TEST_OPEN;
    }
  });

  it('runs on a private copy: the source stays as it was', async () => {
    await rig.run(command('echo changed > data.txt; touch new.txt'));

    expect(await readFile(path.join(source, 'data.txt'), 'utf8')).toBe('from the source');
    expect(await readdir(source)).toEqual(['data.txt', 'sub']);
  });

  it('runs in the unpacked artifact when there is one', async () => {
    const file = path.join(folder.path, 'package.tgz');
    await create({ cwd: source, file, gzip: true }, ['data.txt']);
    const { digest } = await rig.artifacts.putFile(file);
    await writeFile(path.join(source, 'later.txt'), '');

    const result = await rig.run(command('ls'), { artifactDigest: digest });

    expect(result.tail).toBe('data.txt');
  });

  it('runs in the source itself where the policy has no directory of its own', async () => {
    const isolation = { ...strict, ownDirectory: false };
    await rig.run(command('pwd > where.txt', { isolation, workingDirectory: 'sub' }));

    expect((await readFile(path.join(source, 'sub', 'where.txt'), 'utf8')).trim()).toBe(path.join(source, 'sub'));
  });
});

describe('a command that fails', () => {
  it('is CommandFailed with its name, exit code and last lines, and is not retried', async () => {
    const failed = rig.run(command('for i in 1 2 3; do echo line $i; done; exit 7'));

    await expect(failed).rejects.toMatchObject({
      type: 'CommandFailed',
      nonRetryable: true,
      message: 'unit_tests ended with exit code 7:\nline 1\nline 2\nline 3',
      details: [{ command: 'unit_tests', reason: 'exit', exitCode: 7, logDigest: expect.stringMatching(/^sha256:/) }],
    });
  });

  it('says by which signal it died', async () => {
    await expect(rig.run(command('kill -SEGV $$'))).rejects.toMatchObject({
      type: 'CommandFailed',
      message: 'unit_tests was killed by SIGSEGV; it printed nothing',
    });
  });

  it('says which signal killed a program that the shell ran', async () => {
    await expect(rig.run(command("sh -c 'kill -ABRT $$'; exit $?"))).rejects.toMatchObject({
      message: 'unit_tests ended with exit code 134 (SIGABRT):\nAborted',
    });
  });

  it('tells what the shell said when the program does not exist', async () => {
    await expect(rig.run(command('no-such-program'))).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringMatching(/exit code 127:\n.*no-such-program.*not found/),
    });
  });

  it.each(['missing', '../outside', '/etc', 'data.txt'])(
    'refuses the working directory %j',
    async (workingDirectory) => {
      await expect(rig.run(command('true', { workingDirectory }))).rejects.toMatchObject({ type: 'InvalidInput' });
    },
  );

  it('says so when the source does not exist on this worker', async () => {
    await expect(rig.run(command('true'), { source: path.join(folder.path, 'nowhere') })).rejects.toMatchObject({
      type: 'NotFound',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('is Unavailable when there is no room to run it in', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    rig.artifacts.unpack = async () => {
      throw full;
    };

    await expect(rig.run(command('true'), { artifactDigest: 'sha256:0' })).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringMatching(/^the work folder at .*work.* is full/),
    });
  });

  it('still says why when its log cannot be stored', async () => {
    rig.artifacts.putBytes = async () => {
      throw new Error('disk full');
    };

    await expect(rig.run(command('echo broken; exit 1'))).rejects.toMatchObject({
      type: 'CommandFailed',
      message: 'unit_tests ended with exit code 1:\nbroken',
      details: [{ logDigest: null }],
    });
  });
});

describe('a command without end', () => {
  it('is stopped at its time limit, also when it ignores SIGTERM, and says so', async () => {
    const marker = `f0-hang-${process.pid}`;
    const line = `node -e "process.on('SIGTERM',()=>console.log('not yet'));setInterval(()=>{},1e9)" ${marker}`;

    const failed = rig.run(command(line, { timeoutSeconds: 1 }));

    await expect(failed).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringMatching(/^unit_tests took longer than its limit of 1 s and was stopped/),
    });
    expect(processesWith(marker)).toEqual([]);
  });

  it('heartbeats while it runs', async () => {
    const beats: unknown[] = [];
    rig.environment.on('heartbeat', (details) => beats.push(details));

    await rig.run(command('sleep 2.5'));

    expect(beats.length).toBeGreaterThanOrEqual(2);
    expect(beats[0]).toEqual({ command: 'unit_tests', seconds: 0 });
  });

  it('ends with the cancellation: SIGTERM first, and time to clean up for what the shell ran', async () => {
    const ready = path.join(folder.path, 'ready');
    const cleaned = path.join(folder.path, 'cleaned');
    const script = path.join(source, 'server.js');
    await writeFile(
      script,
      `const fs = require('fs');
       process.on('SIGTERM', () => setTimeout(() => { fs.writeFileSync('${cleaned}', ''); process.exit(); }, 300));
       setInterval(() => {}, 1e9);
       fs.writeFileSync('${ready}', '');`,
    );
    const running = rig.run(command('node server.js; echo after'));
    const ended = expect(running).rejects.toBeInstanceOf(CancelledFailure);
    await waitFor('the command to be up', () => existsSync(ready));

    rig.environment.cancel();

    await ended;
    expect(existsSync(cleaned)).toBe(true);
  });

  it('is not started when it is cancelled already', async () => {
    const ran = path.join(folder.path, 'ran');
    rig.environment.cancel();

    await expect(rig.run(command(`touch ${ran}`))).rejects.toBeInstanceOf(CancelledFailure);

    expect(existsSync(ran)).toBe(false);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a command that takes too much', () => {
  it('is stopped over its memory limit, and says what it used and what it may', async () => {
    const isolation = { ...strict, memoryMiB: 100 };
    const line = `node -e "const b=Buffer.alloc(180*2**20,1);setInterval(()=>b[0],1e3)"`;

    await expect(rig.run(command(line, { isolation }))).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringMatching(
        /^unit_tests used [\d.]+ MiB of memory, more than its limit of 100 MiB \(isolation policy production-strict\)/,
      ),
    });
  });

  it('may print 1 GiB: the beginning and the end are kept, the rest is counted, memory and disk stay', async () => {
    const before = process.memoryUsage.rss();
    const line = 'echo first; head -c 1073741824 /dev/zero | tr "\\\\0" x; echo; echo last';

    const result = await rig.run(command(line, { timeoutSeconds: 120 }));

    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 ** 2);
    const log = await rig.log(result.logDigest);
    expect(log.length).toBeLessThan(1.2 * 1024 ** 2);
    expect(log).toMatch(
      /^first\nx+\n\[\.\.\. 1023(\.\d)? MiB left out: the output limit is 1 MiB \.\.\.\]\nx+\nlast\n$/,
    );
    expect(result.tail.length).toBeLessThanOrEqual(4096);
    expect(result.tail.endsWith('last')).toBe(true);
  });
});

onLinux('a command that leaves children behind', () => {
  it('ends what an earlier try left when its worker was killed, and starts in an empty folder', async () => {
    const marker = `f0-orphan-${process.pid}`;
    const room = new CommandRoom(path.join(folder.path, 'work'), 'pipeline/n/app/1.0.0/test', 'unit_tests');
    await room.open();
    await writeFile(path.join(room.folder, 'left-over'), '');
    const orphan = spawn(process.execPath, ['-e', 'console.log("up");setInterval(()=>{},1e9)', marker], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { F0_COMMAND_ID: room.commandId },
    });
    const gone = once(orphan, 'exit');
    // Before, the kernel may show it without its environment.
    await once(orphan.stdout, 'data');

    const result = await rig.run(command('ls ..'));
    // Changes nothing when it is gone already, as it must be.
    orphan.kill('SIGTERM');

    expect((await gone)[1]).toBe('SIGKILL');
    expect(result.tail.split('\n')).toEqual(['files', 'home', 'tmp']);
  });

  it('leaves the processes of other commands alone', async () => {
    const marker = `f0-other-${process.pid}`;
    const other = rig.run(command(`node -e "setTimeout(()=>console.log('whole'),2000)" ${marker}`, { name: 'other' }));
    await waitFor('the other command to be up', () => processesWith(marker).length > 0);

    await rig.run(command('true'));

    expect((await other).tail).toBe('whole');
  });
});

describe('secrets in a command', () => {
  it('are resolved for it, and masked in its output, its message and its log', async () => {
    const plan = command('echo "token=$TOKEN"; printf %s "$TOKEN" | base64; exit 1', {
      env: { TOKEN: 'secret://env/TOKEN' },
    });

    const failed = await rig.run(plan).catch((error: { message: string; details: [{ logDigest: string }] }) => error);

    expect(failed).toMatchObject({ message: 'unit_tests ended with exit code 1:\ntoken=***\n***' });
    const { details } = failed as { details: [{ logDigest: string }] };
    expect(await rig.log(details[0].logDigest)).toBe('token=***\n***\n');
  });

  it('are masked also where the output limit cuts them', async () => {
    // The secret over and over: the cut goes through one of them wherever it is.
    const line = `node -e "process.stdout.write((process.env.TOKEN+'|').repeat(200000))"`;

    const result = await rig.run(command(line, { env: { TOKEN: 'secret://env/TOKEN' } }));

    const log = await rig.log(result.logDigest);
    expect(log).toContain('left out');
    expect(log.replaceAll(/\[\.\.\..*\.\.\.\]/g, '')).toMatch(/^[*|\n]+$/);
  });

  it('that do not exist keep the command from running', async () => {
    const plan = command('true', { env: { TOKEN: 'secret://env/TOKN' } });

    await expect(rig.run(plan)).rejects.toMatchObject({
      type: 'NotFound',
      message: 'secret://env/TOKN: the worker\'s environment has no secret "TOKN". Did you mean "TOKEN"?',
    });
  });
});
