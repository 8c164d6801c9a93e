import { useState } from 'react';
import type { RunStatus } from '../../../../client';
import { isFinal } from '../../../../contracts/phases';
import type { StageOutline } from '../../../api';
import { type RunVerb, useRunCommand } from '../../api/commands';
import { Icon, type IconName } from '../../parts/icons';
import { ReasonDialog } from '../../parts/reason-dialog';
import { useRefusal } from '../../shell/session';

interface Action {
  readonly verb: RunVerb;
  readonly label: string;
  readonly icon: IconName;
  readonly danger: boolean;
  readonly effect: string;
}

const actions: Readonly<Record<RunVerb, Action>> = {
  pause: {
    verb: 'pause',
    label: 'Pause',
    icon: 'paused',
    danger: false,
    effect: 'What is under way ends; no further step or stage starts until somebody resumes. Traffic stays as it is.',
  },
  resume: {
    verb: 'resume',
    label: 'Resume',
    icon: 'arrow',
    danger: false,
    effect: 'The release goes on from where it was paused.',
  },
  skip: {
    verb: 'skip',
    label: 'Skip stage',
    icon: 'skipped',
    danger: false,
    effect: 'The stage is left out, and what requires it runs.',
  },
  abort: {
    verb: 'abort',
    label: 'Abort',
    icon: 'aborted',
    danger: true,
    effect: 'The release stops. A deployment under way goes back to what served before; what is finished stays.',
  },
  rollback: {
    verb: 'rollback',
    label: 'Roll back',
    icon: 'rolledBack',
    danger: true,
    effect:
      'Every environment that this release reached goes back to the last verified release. No approval or freeze holds it up.',
  },
};

/** Before it starts, and never past a gate. */
function isSkippable({ stages }: RunStatus, stage: StageOutline | undefined): boolean {
  const phase = stages.find(({ name }) => name === stage?.name)?.phase;
  return phase === 'waiting' && stage?.gates.length === 0;
}

/** What may be asked of a run as it is. */
function verbsOf({ phase }: RunStatus, skippable: boolean): readonly RunVerb[] {
  if (isFinal(phase)) return phase === 'succeeded' ? ['rollback'] : [];
  return [phase === 'paused' ? 'resume' : 'pause', ...(skippable ? (['skip'] as const) : []), 'abort', 'rollback'];
}

interface RunActionsProps {
  readonly status: RunStatus;
  /** The one that is looked at. */
  readonly stage: StageOutline | undefined;
}

export function RunActions({ status, stage }: RunActionsProps) {
  const [open, setOpen] = useState<RunVerb | null>(null);
  const command = useRunCommand(status.workflowId);
  const refusal = useRefusal('operator');
  const verbs = verbsOf(status, isSkippable(status, stage));
  const action = open === null ? null : actions[open];
  return (
    <div className="row run-actions">
      {verbs.map((verb) => (
        <button
          key={verb}
          type="button"
          className={`button ${actions[verb].danger ? 'danger' : ''}`}
          disabled={refusal !== null}
          title={refusal ?? actions[verb].effect}
          onClick={() => setOpen(verb)}
        >
          <Icon name={actions[verb].icon} />
          {actions[verb].label}
        </button>
      ))}
      {refusal !== null && verbs.length > 0 ? <p className="small faint">{refusal}</p> : null}
      {action ? (
        <ReasonDialog
          title={`${action.label}: ${action.verb === 'skip' ? stage?.name : `${status.name} ${status.release}`}`}
          confirm={action.label}
          tone={action.danger ? 'bad' : 'accent'}
          hint="Everybody sees it in the timeline."
          send={(reason) =>
            command.mutateAsync({
              verb: action.verb,
              reason,
              ...(action.verb === 'skip' && stage ? { stage: stage.name } : {}),
            })
          }
          onClose={() => setOpen(null)}
        >
          <p>{action.effect}</p>
        </ReasonDialog>
      ) : null}
    </div>
  );
}
