import type { History } from '@temporalio/common/lib/proto-utils';

type HistoryEvent = NonNullable<History['events']>[number];

/** Without what no workflow task has answered yet: the replayer takes whole tasks only. */
export function whole(history: History): History {
  const events = [...(history.events ?? [])];
  const isAnswer = (event: HistoryEvent) =>
    Object.entries(event).some(
      ([name, attributes]) =>
        /^workflow(TaskCompleted|ExecutionUpdate(Accepted|Completed))EventAttributes$/.test(name) && attributes,
    ) || Object.values(event).some((attributes) => attributes?.workflowTaskCompletedEventId);
  while (events.length > 0 && !isAnswer(events.at(-1) as HistoryEvent)) events.pop();
  return { ...history, events };
}

/**
 * The time-skipping server gives a signal and an update that come in one workflow task to the workflow in another order
 * than its history says. Such a history replays on no worker; a real server keeps the order (real-server.test.ts).
 */
export function isAmbiguous({ events }: History): boolean {
  const signals = new Set((events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).map(idOf));
  return (events ?? []).some((event) => {
    const sequencing = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequestSequencingEventId;
    return sequencing != null && signals.has(String(sequencing));
  });
}

function idOf({ eventId }: HistoryEvent): string {
  return String(eventId);
}
