import type { History } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';

const { History: HistoryType } = temporal.api.history.v1;

// Not the SDK's historyToJSON: it refuses to work where another version of protobufjs is installed beside its own.

/** One line of JSON, without the names of the machine and the process that recorded it. */
export function toText(history: History): string {
  const plain = HistoryType.toObject(HistoryType.fromObject(history), { longs: String, enums: String, bytes: String });
  return `${JSON.stringify(plain, (key, value) =>
    key === 'identity' ? 'recorder' : key === 'stackTrace' ? '' : value,
  )}\n`;
}

/** The history, with the workflow's id in its first event, where servers that record for real put it. */
export function withId(history: History, workflowId: string): History {
  const [first, ...rest] = history.events ?? [];
  const attributes = { ...first?.workflowExecutionStartedEventAttributes, workflowId };
  return { ...history, events: [{ ...first, workflowExecutionStartedEventAttributes: attributes }, ...rest] };
}

/** The id that a workflow was recorded under: proofs are for one. Older recordings do not have it, and do not need it. */
export function idOf({ events }: History): string {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId || 'replayed';
}

export function fromText(text: string): History {
  return HistoryType.fromObject(JSON.parse(text));
}
