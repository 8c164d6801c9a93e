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

export function fromText(text: string): History {
  return HistoryType.fromObject(JSON.parse(text));
}
