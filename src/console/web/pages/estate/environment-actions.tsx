import { useState } from 'react';
import type { EstateEnvironment } from '../../../api';
import { useEnvironmentCommand } from '../../api/commands';
import { Icon } from '../../parts/icons';
import { ReasonDialog } from '../../parts/reason-dialog';
import { Failure } from '../../parts/states';
import { useRefusal } from '../../shell/session';
import { HealDialog } from './heal-dialog';

/** Names the freeze of the console: setting it twice is setting it once. */
const freezeId = 'console';
const lengths = [
  { hours: 2, words: '2 hours' },
  { hours: 24, words: '1 day' },
  { hours: 168, words: '1 week' },
  { hours: null, words: 'until lifted' },
] as const;

export function EnvironmentActions({ environment: { status, drift } }: { readonly environment: EstateEnvironment }) {
  const { namespace, environment, freezes, holders } = status;
  const [open, setOpen] = useState<'freeze' | 'unfreeze' | 'heal' | null>(null);
  const [hours, setHours] = useState<number | null>(24);
  const command = useEnvironmentCommand();
  const refusal = useRefusal('operator');
  const place = { namespace, environment };
  const isAtWork = holders.length > 0;
  const until = () => (hours === null ? null : new Date(Date.now() + hours * 3_600_000).toISOString());
  return (
    <div className="row environment-actions">
      <button
        type="button"
        className="button small-button"
        disabled={refusal !== null}
        title={refusal ?? 'Hold promotions; rollbacks go on'}
        aria-label={`Freeze ${environment}`}
        onClick={() => setOpen('freeze')}
      >
        <Icon name="frozen" />
        Freeze
      </button>
      {freezes.length === 0 ? null : (
        <button
          type="button"
          className="button small-button"
          disabled={refusal !== null}
          title={refusal ?? 'Lift every freeze that people have set here'}
          aria-label={`Unfreeze ${environment}`}
          onClick={() => setOpen('unfreeze')}
        >
          Unfreeze
        </button>
      )}
      <button
        type="button"
        className="button small-button"
        disabled={refusal !== null || command.isPending}
        title={refusal ?? 'Compare the clusters with what was deployed; changes nothing'}
        aria-label={`Look for drift in ${environment}`}
        onClick={() =>
          command.mutate({ ...place, verb: 'drift', body: { heal: false, reason: 'looked at in the console' } })
        }
      >
        <Icon name="drift" />
        {command.isPending ? 'Looking…' : 'Look for drift'}
      </button>
      {drift?.result.drifted ? (
        <button
          type="button"
          className="button small-button"
          disabled={refusal !== null || isAtWork}
          title={
            refusal ?? (isAtWork ? 'A deployment is at work: heal when it has ended' : 'Take back what has drifted')
          }
          aria-label={`Heal ${environment}`}
          onClick={() => setOpen('heal')}
        >
          Heal
        </button>
      ) : null}
      {command.error && open === null ? <Failure error={command.error} /> : null}
      {open === 'freeze' ? (
        <ReasonDialog
          title={`Freeze ${environment}`}
          confirm="Freeze"
          hint="Whoever waits is told why."
          send={(reason) =>
            command.mutateAsync({ ...place, verb: 'freeze', body: { id: freezeId, until: until(), reason } })
          }
          onClose={() => setOpen(null)}
        >
          <p>Promotions into {environment} wait while it is frozen. A rollback is never held up.</p>
          <fieldset className="field">
            <legend>For how long</legend>
            <div className="row">
              {lengths.map(({ hours: value, words }) => (
                <label key={words} className="check">
                  <input type="radio" name="length" checked={hours === value} onChange={() => setHours(value)} />
                  {words}
                </label>
              ))}
            </div>
          </fieldset>
        </ReasonDialog>
      ) : null}
      {open === 'heal' && drift ? <HealDialog drift={drift.result} onClose={() => setOpen(null)} /> : null}
      {open === 'unfreeze' ? (
        <ReasonDialog
          title={`Unfreeze ${environment}`}
          confirm="Unfreeze"
          hint="Releases that wait go on at once."
          send={(reason) => command.mutateAsync({ ...place, verb: 'unfreeze', body: { reason } })}
          onClose={() => setOpen(null)}
        >
          <p>
            Lifts {freezes.map(({ id, reason }) => `"${id}" (${reason})`).join(', ')}. Windows of the platform stay.
          </p>
        </ReasonDialog>
      ) : null}
    </div>
  );
}
