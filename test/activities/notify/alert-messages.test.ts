import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { webhookVerifier } from '../../../src/activities/notify';
import { alertMail } from '../../../src/activities/notify/alert-mail';
import { alertMessage, alertRig, endMessage } from './alert-support';
import { channel, only } from './support';

describe('alerts by webhook', () => {
  let server: Server;
  let received: { readonly headers: Record<string, string>; readonly body: string }[];
  let url: string;
  beforeEach(async () => {
    received = [];
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(204).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are CloudEvents with the key as id, and verify with their secret alone', async () => {
    const plan = channel({ type: 'webhook', url, secret: 'secret://env/HOOK' });
    await alertRig({ HOOK: 'shared' }).send(alertMessage({ channel: plan }));

    const { headers, body } = only(received);
    expect(webhookVerifier('shared')(headers, body)).toMatchObject({
      id: alertMessage().key,
      type: 'io.framework0.alert.firing',
      source: '/framework0/team',
      data: { firing: 1, alerts: [{ name: 'error_rate > 5%' }], channel: 'ops' },
    });
    expect(body).not.toContain('secret://');
    const denied = expect.objectContaining({ type: 'PermissionDenied' });
    expect(() => webhookVerifier('other')(headers, body)).toThrow(denied);
    expect(() => webhookVerifier('shared')(headers, `${body} `)).toThrow(denied);
    expect(() => webhookVerifier('shared')({ ...headers, 'webhook-timestamp': '1700000000' }, body)).toThrow(denied);
    expect(() => webhookVerifier('shared')({}, body)).toThrow(denied);
  });
});

describe('alerts by e-mail', () => {
  it('have the same content as text and HTML, and nothing in a label becomes markup', () => {
    const [line] = alertMessage().alerts;
    if (!line) throw new Error('no line');
    const alerts = [{ ...line, summary: '<script>alert(1)</script>', labels: { app: '"><img src=x>' } }];
    const mail = alertMail(alertMessage({ alerts, firing: 60 }));

    expect(mail.subject).toBe('[warning] Firing: error_rate > 5% in production (60 alerts)');
    expect(mail.text).toContain('<script>alert(1)</script>');
    expect(mail.html).not.toMatch(/<script|<img/);
    expect(mail.text).toContain('and 59 more');
    expect(mail.html).toContain('and 59 more');
  });

  it('about the same group are one conversation', async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (chunk) => {
          text += String(chunk);
        });
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.server.address() as AddressInfo;
    const plan = channel({
      type: 'email',
      url: `smtp://127.0.0.1:${port}`,
      from: 'f0@example.com',
      to: ['ops@example.com'],
    });

    await alertRig().send(alertMessage({ channel: plan }));
    await alertRig().send(endMessage({ channel: plan, key: 'another' }));
    await new Promise<void>((closed) => server.close(closed));

    const header = (mail: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(mail)?.[1]?.trim();
    expect(mails.map((mail) => header(mail, 'Subject'))).toEqual([
      expect.stringContaining('Firing'),
      expect.stringContaining('Resolved'),
    ]);
    expect(header(mails[0] ?? '', 'References')).toBe(header(mails[1] ?? '', 'References'));
    expect(header(mails[0] ?? '', 'Message-ID')).not.toBe(header(mails[1] ?? '', 'Message-ID'));
  });
});
