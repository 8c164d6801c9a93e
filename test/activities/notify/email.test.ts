import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { CancelledFailure } from '@temporalio/common';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { channel, notifyRig, only } from './support';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

let smtp: SMTPServer | undefined;
let silent: Server | undefined;
let mails: Mail[];
let sockets: Socket[];

beforeEach(() => {
  mails = [];
  sockets = [];
});

afterEach(async () => {
  await new Promise<void>((resolve) => (smtp ? smtp.close(() => resolve()) : resolve()));
  for (const socket of sockets) socket.destroy();
  silent?.close();
  smtp = undefined;
  silent = undefined;
});

async function startMailServer(options: SMTPServerOptions = {}): Promise<string> {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  smtp.on('error', () => undefined);
  const started = smtp.listen(0, '127.0.0.1');
  await new Promise((resolve) => started.once('listening', resolve));
  return `smtp://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const mailTo = (url: string | null, change: Parameters<typeof channel>[0] = {}) =>
  channel({ type: 'email', url, from: 'Framework0 <f0@example.com>', to: ['ops@example.com'], ...change });

const smtpError = (message: string, responseCode: number) => Object.assign(new Error(message), { responseCode });

describe('the e-mail channel', () => {
  it('sends text and HTML with the facts, escaped where it must be', async () => {
    const url = await startMailServer();

    await notifyRig().send(mailTo(url, { to: ['a@example.com', 'b@example.com'] }));

    const { from, to, source } = only(mails);
    expect(from).toBe('f0@example.com');
    expect(to).toEqual(['a@example.com', 'b@example.com']);
    expect(source).toContain('Subject: shop 1.1.0 is rolled back in production\r\n');
    expect(source).toContain('Date: Sun, 01 Mar 2026 10:00:00 +0000\r\n');
    expect(source).toMatch(/Content-Type: multipart\/alternative/);
    expect(source).toContain('error_rate was 5.1 % <over 1 min>, more than 2 %.');
    expect(source).toContain('&lt;over 1 min&gt;');
    expect(source).toContain('Run: pipeline/team/shop/1.1.0');
  });

  it('has the same Message-ID when it is sent again, and another for another key', async () => {
    const url = await startMailServer();
    const rig = notifyRig();

    await rig.send(mailTo(url));
    await rig.send(mailTo(url));
    await rig.send(mailTo(url), 'another');

    const ids = mails.map(({ source }) => /^Message-ID: (.*)\r$/m.exec(source)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('signs in with its secret', async () => {
    const url = await startMailServer({
      authOptional: false,
      onAuth({ username, password }, _session, done) {
        if (username === 'f0' && password === 'p:ss') done(null, { user: username });
        else done(new Error('wrong'));
      },
    });

    await notifyRig({ MAIL: 'f0:p:ss' }).send(mailTo(url, { secret: 'secret://env/MAIL' }));
    const refused = notifyRig({ MAIL: 'f0:other-password' }).send(mailTo(url, { secret: 'secret://env/MAIL' }));

    expect(mails).toHaveLength(1);
    await expect(refused).rejects.toMatchObject({ type: 'PermissionDenied', nonRetryable: true });
    await expect(refused).rejects.toThrow(expect.not.stringContaining('other-password'));
    await expect(notifyRig().send(mailTo(url))).rejects.toMatchObject({ type: 'PermissionDenied' });
  });

  it.each([
    [550, 'InvalidInput', true],
    [452, 'Unavailable', false],
  ])('takes a refusal of every address by %i as %s', async (responseCode, type, nonRetryable) => {
    const url = await startMailServer({
      onRcptTo(_address, _session, done) {
        done(smtpError('not this one', responseCode));
      },
    });

    await expect(notifyRig().send(mailTo(url))).rejects.toMatchObject({
      type,
      nonRetryable,
      message: expect.stringContaining('not this one'),
    });
  });

  it('counts as sent when some addresses are refused, and tells which', async () => {
    const url = await startMailServer({
      onRcptTo({ address }, _session, done) {
        done(address.startsWith('gone') ? smtpError('no such user', 550) : null);
      },
    });
    const rig = notifyRig();

    await rig.send(mailTo(url, { to: ['ops@example.com', 'gone@example.com'] }));

    expect(mails.map(({ to }) => to)).toEqual([['ops@example.com']]);
    expect(rig.lines).toMatchObject([{ level: 'warn', data: { rejected: ['gone@example.com'] } }]);
  });

  it('says Unavailable when nobody listens', async () => {
    const url = await startMailServer();
    await new Promise<void>((resolve) => smtp?.close(() => resolve()));
    smtp = undefined;

    await expect(notifyRig().send(mailTo(url))).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('cannot be reached'),
    });
  });

  it('says Timeout when the server says nothing', async () => {
    await expect(notifyRig({}, 0.3).send(mailTo(await startSilentServer()))).rejects.toMatchObject({ type: 'Timeout' });
  });

  it('stops when it is cancelled', async () => {
    const rig = notifyRig({}, 60);
    const url = await startSilentServer();
    const connected = new Promise((resolve) => silent?.once('connection', resolve));
    const cancelled = expect(rig.send(mailTo(url))).rejects.toBeInstanceOf(CancelledFailure);
    await connected;

    rig.environment.cancel();

    await cancelled;
  });

  it.each([
    [{ url: null }, 'smtp://host:port'],
    [{ url: 'https://mail.example.com' }, 'smtp://host:port'],
    [{ url: 'smtp://user:pw@mail.example.com' }, 'into its secret'],
    [{ from: null }, 'needs "from"'],
    [{ to: [] }, 'at least one address'],
    [{ secret: 'secret://env/NO_COLON' }, 'must hold user:password'],
  ])('refuses %j, and says what was expected', async (change, message) => {
    const rig = notifyRig({ NO_COLON: 'only-a-password' });

    await expect(rig.send(mailTo('smtp://127.0.0.1:1', change))).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining(message),
    });
  });
});

async function startSilentServer(): Promise<string> {
  const server = createServer();
  silent = server;
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
