import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from './access';
import { type Certificate, makeAuthority, makeServerCertificate } from './certificates';
import { writeKubeconfig } from './kubeconfig';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly isWatch: boolean;
}

export interface Logged extends Asked {
  /** Milliseconds. */
  readonly at: number;
  /** It was answered with a fault. */
  readonly failed: boolean;
}

export interface Fault {
  readonly status: number;
  /** Of the `Status` that is answered. */
  readonly reason: string;
  /** How many requests it meets. */
  readonly times: number;
  /** Which. @default all but watches */
  readonly meets?: (asked: Asked) => boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request is carried out all the same: only its answer is lost. */
  readonly carriedOut?: boolean;
}

/** An HTTPS proxy in front of an API server that answers some requests with faults, and passes on all others. */
export class FaultProxy {
  /** In the order of their coming. */
  readonly log: Logged[] = [];
  private readonly faults: { readonly fault: Fault; left: number }[] = [];
  private readonly watches = new Set<ServerResponse>();
  private readonly sockets = new Set<Socket>();
  private readonly onward: Agent;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
    targetAuthority: Buffer,
    private authority: Certificate,
    private readonly folder: string,
    private readonly access: { readonly cluster: string; readonly user: string; readonly token: string },
  ) {
    this.onward = new Agent({ keepAlive: true, ca: targetAuthority });
    server.on('request', (asked, answer) => this.pass(asked, answer));
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start({ kubeconfig, name: cluster }: Pick<ClusterAccess, 'kubeconfig' | 'name'>): Promise<FaultProxy> {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const [to, as] = [config.getCurrentCluster(), config.getCurrentUser()];
    if (!to?.caFile || !as?.token) throw new Error(`${kubeconfig} has no file of an authority, or no token`);
    const { readFile } = await import('node:fs/promises');
    const authority = await makeAuthority('proxy');
    const { key, certificate: cert } = await makeServerCertificate(authority);
    const server = createServer({ key, cert });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'f0-fault-proxy-'));
    const access = { cluster, user: as.name, token: as.token };
    const proxy = new FaultProxy(server, to.server, await readFile(to.caFile), authority, folder, access);
    proxy.writeKubeconfig();
    return proxy;
  }

  get failed(): readonly Asked[] {
    return this.log.filter(({ failed }) => failed);
  }

  /** Leads to the proxy, with the identity of the kubeconfig it was started with. */
  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** @param token of another identity, or a renewed one */
  writeKubeconfig(token = this.access.token): void {
    const { cluster, user } = this.access;
    const certificateAuthority = join(this.folder, 'authority.crt');
    writeFileSync(certificateAuthority, this.authority.certificate);
    const { port } = this.server.address() as AddressInfo;
    writeKubeconfig(this.kubeconfig, cluster, user, {
      server: `https://127.0.0.1:${port}`,
      certificateAuthority,
      token,
    });
  }

  inject(fault: Fault): void {
    this.faults.push({ fault, left: fault.times });
  }

  /** As an API server that restarts does. */
  cutWatches(): void {
    for (const watch of this.watches) watch.destroy();
  }

  /** From now on it shows a certificate of this validity; connections of before are closed. */
  async useCertificate(validUntil?: Date): Promise<void> {
    const { key, certificate: cert } = await makeServerCertificate(this.authority, validUntil);
    this.server.setSecureContext({ key, cert });
    this.server.closeAllConnections();
  }

  /** Its certificates are signed by another authority from now on, which the kubeconfig does not have before it is written. */
  async changeAuthority(): Promise<void> {
    this.authority = await makeAuthority('proxy, renewed');
    await this.useCertificate();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    // Those that are in the middle of their handshake too: no list of HTTP's has them.
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.onward.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', this.target);
    const isWatch = url.searchParams.has('watch');
    const fault = this.faultFor({ method: incoming.method ?? '', path: url.pathname, isWatch });
    if (fault && !fault.carriedOut) {
      incoming.resume();
      refuse(answer, fault);
      return;
    }
    const { method } = incoming;
    const headers = { ...incoming.headers, host: url.host };
    const onward = request(url, { method, headers, agent: this.onward }, (response) => {
      if (fault) {
        response.resume();
        response.on('end', () => refuse(answer, fault));
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      // A watch without events has headers all the same.
      answer.flushHeaders();
      response.pipe(answer);
    });
    if (isWatch) this.watches.add(answer);
    answer.on('close', () => {
      this.watches.delete(answer);
      onward.destroy();
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  }

  private faultFor(asked: Asked): Fault | null {
    const found = this.faults.find(({ fault, left }) => left > 0 && (fault.meets?.(asked) ?? !asked.isWatch));
    this.log.push({ ...asked, at: performance.now(), failed: found !== undefined });
    if (!found) return null;
    found.left -= 1;
    return found.fault;
  }
}

function refuse(answer: ServerResponse, { status, reason, headers }: Fault): void {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: status,
    reason,
    message: `fault ${status}`,
  };
  answer.writeHead(status, { 'content-type': 'application/json', ...headers });
  answer.end(JSON.stringify(body));
}
