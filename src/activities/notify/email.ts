import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { NotifyInput } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import type { SecretResolver } from '../secrets';
import { alertMail } from './alert-mail';
import type { NotificationLogger } from './console';
import { mailFailure } from './email-failure';
import { type MailText, mailText } from './email-text';
import type { AlertChannel, Channel } from './port';

export interface EmailOptions {
  readonly secrets: SecretResolver;
  readonly logger: NotificationLogger;
  /** For connecting, for the greeting, and for each silence after it. */
  readonly timeoutSeconds: number;
}

/**
 * A mail with a text and an HTML part. Its Message-ID comes from the idempotency key, so a mail that is sent again
 * because an answer was lost has the id of the first, and mailboxes that drop duplicates show one.
 */
export function createEmailChannel(options: EmailOptions): Channel {
  const mail = createMailer(options);
  return (input, cancelled) => mail(input, mailText(input.notification), input.notification.at, cancelled);
}

/** A mail about alerts. Mails about the same group are one conversation. */
export function createEmailAlerts(options: EmailOptions): AlertChannel {
  const mail = createMailer(options);
  return async (message, cancelled) => {
    const thread = messageId(`${message.namespace}/${message.group.id}`, message.channel.from ?? '');
    await mail(message, alertMail(message), message.at, cancelled, { references: thread, inReplyTo: thread });
    return null;
  };
}

type Addressed = Pick<NotifyInput, 'channel' | 'key'>;

function createMailer({ secrets, logger, timeoutSeconds }: EmailOptions) {
  return async (
    input: Addressed,
    content: MailText,
    at: string,
    cancelled: AbortSignal,
    thread: { readonly references?: string; readonly inReplyTo?: string } = {},
  ): Promise<void> => {
    const { channel, key } = input;
    const server = parseServer(input);
    const { from } = channel;
    if (from === null || channel.to.length === 0) {
      throw failure(
        'InvalidInput',
        `channel "${channel.name}": an e-mail channel needs "from" and at least one address in "to"`,
      );
    }
    const auth = await credentials(input, secrets);
    const transport = createTransport({
      ...server,
      ...(auth ? { auth } : {}),
      // A password never travels in the clear to another machine.
      requireTLS: auth !== null && !server.secure && !isLoopback(server.host),
      connectionTimeout: timeoutSeconds * 1_000,
      greetingTimeout: timeoutSeconds * 1_000,
      socketTimeout: timeoutSeconds * 1_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const waiting = new AbortController();
    try {
      const sending = transport.sendMail({
        from,
        to: [...channel.to],
        messageId: messageId(key, from),
        date: new Date(at),
        ...content,
        ...thread,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-F0-Key': key },
      });
      // nodemailer cannot be told to stop; its connection ends by the time limits above.
      const sent = await Promise.race([sending, rejectOnAbort(cancelled, waiting.signal)]);
      // Sending again would reach the others twice, so it counts as sent.
      if (sent.rejected.length > 0) {
        logger.warn(
          { channel: channel.name, rejected: sent.rejected.map(String), key },
          'some addresses refused a notification',
        );
      }
    } catch (error) {
      cancelled.throwIfAborted();
      throw mailFailure(error, channel.name, `${server.host}:${server.port}`);
    } finally {
      waiting.abort();
      transport.close();
    }
  };
}

/** @param done ends the waiting, so that no listener stays */
function rejectOnAbort(cancelled: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    cancelled.addEventListener('abort', () => reject(cancelled.reason), { once: true, signal: done });
  });
}

interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else it is asked for by STARTTLS where the server has it. */
  readonly secure: boolean;
}

function parseServer({ channel }: Addressed): MailServer {
  const url = URL.canParse(channel.url ?? '') ? new URL(channel.url ?? '') : null;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw failure(
      'InvalidInput',
      `channel "${channel.name}": "${channel.url ?? ''}" is not the address of a mail server; smtp://host:port or smtps://host:port was expected`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw failure('InvalidInput', `channel "${channel.name}": put user and password into its secret, not into the URL`);
  }
  const secure = url.protocol === 'smtps:';
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (secure ? 465 : 587), secure };
}

/** The secret holds `user:password`. */
async function credentials(
  { channel }: Addressed,
  secrets: SecretResolver,
): Promise<{ user: string; pass: string } | null> {
  if (channel.secret === null) return null;
  const value = await secrets.resolve(channel.secret);
  const colon = value.indexOf(':');
  if (colon <= 0) {
    throw failure('InvalidInput', `channel "${channel.name}": its secret ${channel.secret} must hold user:password`);
  }
  return { user: value.slice(0, colon), pass: value.slice(colon + 1) };
}

function messageId(key: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'framework0.invalid';
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${domain}>`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}
