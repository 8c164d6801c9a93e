import type { ChatPostMessageArguments } from '@slack/web-api';
import type { Notification } from '../../contracts/activities';
import type { AlertLine, AlertMessage } from '../../contracts/alerting';
import { labelsText, restText, severityOf, titleOf } from './alert-text';
import { buttonValue, type SlackButton } from './slack-command';

export type Blocks = NonNullable<Extract<ChatPostMessageArguments, { blocks: unknown }>['blocks']>;
type Block = Blocks[number];

export interface SlackContent {
  readonly text: string;
  readonly blocks: Block[];
}

/** Slack takes 50 blocks a message and 3,000 characters a text. */
const listed = 20;
const longestText = 2_900;

const signs = { critical: ':red_circle:', warning: ':large_orange_circle:', info: ':large_blue_circle:' } as const;

export function alertBlocks(message: AlertMessage): SlackContent {
  const { alerts, kind, namespace, group, acknowledged } = message;
  const isOver = kind === 'resolved';
  const sign = isOver ? ':large_green_circle:' : signs[severityOf(message)];
  const title = titleOf(message);
  const [first] = alerts;
  const notes = [
    acknowledged ? `Acknowledged by ${acknowledged.by}: ${acknowledged.reason || 'no reason given'}` : '',
    alerts.length > listed ? `and ${alerts.length - listed} more` : restText(message),
  ].filter((note) => note !== '');
  const buttons: readonly SlackButton[] =
    isOver || !first
      ? []
      : [...(acknowledged ? [] : [acknowledgeButton(namespace, alerts)]), ...rollBackButton(first.workflowId)];
  return {
    text: `${sign} ${title}`,
    blocks: [
      section(`${sign} *${escaped(title)}*`),
      ...alerts.slice(0, listed).map((alert) => section(lineText(alert))),
      ...(notes.length > 0 ? [context(notes.join(' · '))] : []),
      ...actions(buttons, `${namespace}/${group.id}`),
    ],
  };
}

export function notificationBlocks(notification: Notification): SlackContent {
  const { title, text, type, workflowId, approval } = notification;
  const isAsking = type.startsWith('approval.') && approval !== undefined;
  const buttons: readonly SlackButton[] = isAsking
    ? [
        { label: 'Approve', style: 'primary', command: { action: 'approve', workflowId, ...approval } },
        { label: 'Reject', style: 'danger', command: { action: 'reject', workflowId, ...approval } },
      ]
    : type === 'alert'
      ? rollBackButton(workflowId)
      : [];
  return {
    text: title,
    blocks: [
      section(`*${escaped(title)}*\n${escaped(text)}`),
      context(escaped(workflowId)),
      ...actions(buttons, workflowId),
    ],
  };
}

function acknowledgeButton(namespace: string, alerts: readonly AlertLine[]): SlackButton {
  const fingerprints = alerts.filter(({ state }) => state === 'firing').map(({ fingerprint }) => fingerprint);
  // A button carries 2,000 characters: 50 fingerprints are half of that.
  return { label: 'Acknowledge', command: { action: 'acknowledge', namespace, fingerprints } };
}

/** Only what a rollback can be sent to: a run or a deployment. */
function rollBackButton(workflowId: string | null): readonly SlackButton[] {
  if (workflowId === null || !/^(pipeline|deployment)\//.test(workflowId)) return [];
  return [{ label: 'Roll back', style: 'danger', command: { action: 'rollback', workflowId } }];
}

function actions(buttons: readonly SlackButton[], id: string): Block[] {
  if (buttons.length === 0) return [];
  return [
    {
      type: 'actions',
      block_id: `f0:${id}`.slice(0, 255),
      elements: buttons.map(({ label, style, command }) => ({
        type: 'button' as const,
        action_id: `f0_${command.action}`,
        text: { type: 'plain_text' as const, text: label },
        value: buttonValue(command),
        ...(style ? { style } : {}),
        ...(command.action === 'rollback' ? { confirm: confirmation } : {}),
      })),
    },
  ];
}

const confirmation = {
  title: { type: 'plain_text' as const, text: 'Roll back?' },
  text: { type: 'plain_text' as const, text: 'The release is taken out of every environment that it serves.' },
  confirm: { type: 'plain_text' as const, text: 'Roll back' },
  deny: { type: 'plain_text' as const, text: 'No' },
};

function lineText(alert: AlertLine): string {
  const ended = alert.endedAt === null ? '' : `, until ${alert.endedAt}`;
  return [
    `*${escaped(alert.name)}* ${alert.state}, ${alert.severity}`,
    escaped(alert.summary),
    ...(alert.description === '' ? [] : [escaped(alert.description)]),
    `_${escaped(labelsText(alert))}_`,
    `since ${alert.startedAt}${ended}`,
  ].join('\n');
}

function section(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, longestText) } };
}

function context(text: string): Block {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: text.slice(0, longestText) }] };
}

/** Slack's three control characters: without this a label could name a person or forge a link. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
