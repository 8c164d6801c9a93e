import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Notification } from '../../src/contracts/activities';

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Notification;
}

/** Takes CloudEvents on a port of its own. */
export class WebhookReceiver {
  readonly events: ReceivedEvent[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', async (request, response) => {
      this.events.push(JSON.parse(await text(request)));
      response.statusCode = 204;
      response.end();
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** A receiver that takes each id once, as CloudEvents asks for, has seen these. */
  distinct(workflowIds: ReadonlySet<string>): readonly ReceivedEvent[] {
    const byId = new Map(this.events.map((event) => [event.id, event]));
    return [...byId.values()].filter(({ subject }) => workflowIds.has(subject));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
