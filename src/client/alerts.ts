import type { Client } from '@temporalio/client';
import { acknowledgeUpdate, alertBookQuery, expireSilenceUpdate, silenceUpdate } from '../contracts/alerting';
import type { AlertBook, AlertState, Silence } from '../contracts/alerts';
import { alertingWorkflowId } from '../contracts/ids';
import { WorkflowType } from '../contracts/workflows';
import { InvalidInput, NotFound } from './errors';
import { translateError } from './translate-error';
import type { Command } from './types';
import { quoted } from './visibility';

export interface AlertQuery {
  readonly namespace?: string;
  readonly state?: AlertState;
  /** @default 200 */
  readonly limit?: number;
}

export interface SilenceRequest extends Command {
  /** Label name to exact value. */
  readonly matchers: Readonly<Record<string, string>>;
  /** ISO-8601. */
  readonly until: string;
}

/**
 * Alerts as their keepers know them now: what fires, and what has ended lately. Every method throws a `ClientError` and
 * nothing else.
 */
export class AlertsClient {
  constructor(
    private readonly client: Client,
    private readonly timeoutMs: number,
  ) {}

  /** Newest first, with the silences that hold. A namespace in which nothing ever fired has none. */
  async read({ namespace, state, limit = 200 }: AlertQuery = {}): Promise<AlertBook> {
    const namespaces = namespace === undefined ? await this.namespaces() : [namespace];
    const books = await Promise.all(namespaces.map((name) => this.bookOf(name)));
    const alerts = books
      .flatMap((book) => book.alerts)
      .filter((alert) => state === undefined || alert.state === state)
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
      .slice(0, limit);
    return { alerts, silences: books.flatMap(({ silences }) => silences) };
  }

  /** Says that somebody takes care. Throws `NotFound` for a fingerprint (or the beginning of one) that nothing has. */
  async acknowledge(fingerprint: string, { by, reason }: Command): Promise<void> {
    const update = (id: string) =>
      this.client.workflow.getHandle(id).executeUpdate(acknowledgeUpdate, { args: [{ fingerprint, by, reason }] });
    if (await this.inSome(update)) return;
    throw new NotFound(`no alert ${fingerprint} fires: \`f0 alerts\` shows those that do`);
  }

  async silence({ matchers, until, by, reason }: SilenceRequest): Promise<Silence> {
    const namespace = await this.namespaceOf(matchers);
    const silence = { matchers, until, reason };
    return this.ask(`alerts of ${namespace}`, () =>
      this.client.workflow
        .getHandle(alertingWorkflowId({ namespace }))
        .executeUpdate(silenceUpdate, { args: [{ silence, by }] }),
    );
  }

  async expireSilence(id: string, { by }: Pick<Command, 'by'>): Promise<void> {
    const update = (workflowId: string) =>
      this.client.workflow.getHandle(workflowId).executeUpdate(expireSilenceUpdate, { args: [{ id, by }] });
    if (await this.inSome(update)) return;
    throw new NotFound(`there is no silence ${id}: \`f0 alerts\` shows those that hold`);
  }

  private async namespaces(): Promise<readonly string[]> {
    const query = `WorkflowType = ${quoted(WorkflowType.alerting)} AND ExecutionStatus = 'Running'`;
    const found: string[] = [];
    await this.ask('the keepers of alerts', async () => {
      for await (const { workflowId } of this.client.workflow.list({ query }))
        found.push(workflowId.slice(`${WorkflowType.alerting}/`.length));
    });
    return found.sort();
  }

  private async bookOf(namespace: string): Promise<AlertBook> {
    const query = () => this.client.workflow.getHandle(alertingWorkflowId({ namespace })).query(alertBookQuery);
    try {
      return await this.ask(`alerts of ${namespace}`, query);
    } catch (error) {
      if (error instanceof NotFound) return { alerts: [], silences: [] };
      throw error;
    }
  }

  /** True: one keeper has taken it. A fingerprint does not tell its namespace, and there are few of them. */
  private async inSome(update: (workflowId: string) => Promise<unknown>): Promise<boolean> {
    for (const namespace of await this.namespaces()) {
      try {
        await this.ask(`alerts of ${namespace}`, () => update(alertingWorkflowId({ namespace })));
        return true;
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    }
    return false;
  }

  private async namespaceOf({ namespace }: SilenceRequest['matchers']): Promise<string> {
    if (namespace !== undefined) return namespace;
    const [only, ...others] = await this.namespaces();
    if (only === undefined) throw new NotFound('nothing has ever fired: there is nothing to silence');
    if (others.length === 0) return only;
    throw new InvalidInput(
      `a silence is of one namespace, and there are ${[only, ...others].join(', ')}: add namespace=NAME to what it matches`,
    );
  }

  private async ask<R>(what: string, question: () => Promise<R>): Promise<R> {
    try {
      return await this.client.withDeadline(Date.now() + this.timeoutMs, question);
    } catch (error) {
      throw translateError(error, what);
    }
  }
}
