import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export const integrationKey = 'R'.repeat(32);

/** `POST /v2/enqueue` as PagerDuty's OpenAPI description of its Events API v2 has it. */
const pagerEvent = z.object({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().max(255).optional(),
  payload: z.object({
    summary: z.string().min(1).max(1024),
    source: z.string().min(1),
    severity: z.enum(['critical', 'warning', 'error', 'info']),
    timestamp: z.iso.datetime().optional(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type PagerEvent = z.infer<typeof pagerEvent>;

export interface FakePagerDuty {
  readonly url: string;
  readonly ca: string;
  readonly events: PagerEvent[];
  requests: number;
  fault: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | 'hang' | null;
  stop(): Promise<void>;
}

/** The vendor's client speaks https alone: the server has a certificate of its own. */
export async function startPagerDuty(): Promise<FakePagerDuty> {
  const { key, cert } = certificate();
  const server = createServer({ key, cert }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    fake.requests += 1;
    const { fault } = fake;
    if (fault === 'hang') return;
    const answer = fault ? { body: '{}', ...fault } : enqueue(fake.events, body);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...fault?.headers }).end(answer.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const fake: FakePagerDuty = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    events: [],
    requests: 0,
    fault: null,
    stop: async () => {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
  return fake;
}

function enqueue(events: PagerEvent[], body: string): { readonly status: number; readonly body: string } {
  const parsed = pagerEvent.safeParse(JSON.parse(body));
  if (!parsed.success || parsed.data.routing_key !== integrationKey) {
    return {
      status: 400,
      body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: [] }),
    };
  }
  events.push(parsed.data);
  return {
    status: 202,
    body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: parsed.data.dedup_key }),
  };
}

function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'f0-certificate-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ],
    { stdio: 'ignore' },
  );
  const pair = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
  rmSync(folder, { recursive: true, force: true });
  return pair;
}
