import { z } from 'zod';

const gate = { stage: z.string().min(1), gate: z.string().min(1), subject: z.string().min(1) };

const slackCommand = z.discriminatedUnion('action', [
  z.object({ action: z.literal('approve'), workflowId: z.string().min(1), ...gate }),
  z.object({ action: z.literal('reject'), workflowId: z.string().min(1), ...gate }),
  z.object({ action: z.literal('rollback'), workflowId: z.string().min(1) }),
  z.object({
    action: z.literal('acknowledge'),
    namespace: z.string().min(1),
    fingerprints: z.array(z.string()).min(1),
  }),
]);

/** What a button asks for; who pressed it is in `SlackInteraction`. */
export type SlackCommand = z.infer<typeof slackCommand>;

export interface SlackButton {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  readonly command: SlackCommand;
}

export function buttonValue(command: SlackCommand): string {
  return JSON.stringify(command);
}

/** Null: no button of ours. */
export function parseButtonValue(value: string): SlackCommand | null {
  try {
    return slackCommand.safeParse(JSON.parse(value)).data ?? null;
  } catch {
    return null;
  }
}
