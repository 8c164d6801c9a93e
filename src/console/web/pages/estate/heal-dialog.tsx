import type { DriftResult } from '../../../../contracts/workflows';
import { useEnvironmentCommand } from '../../api/commands';
import { ReasonDialog } from '../../parts/reason-dialog';
import { DriftObjects } from './drift-objects';

/** Gives what differs the values back that it was deployed with: the person sees what that is, and says why. */
export function HealDialog({ drift, onClose }: { readonly drift: DriftResult; readonly onClose: () => void }) {
  const { namespace, environment, releases } = drift;
  const command = useEnvironmentCommand();
  return (
    <ReasonDialog
      title={`Heal ${environment}`}
      confirm="Heal"
      hint="It is in the audit trail, with what was healed."
      send={(reason) => command.mutateAsync({ namespace, environment, verb: 'drift', body: { heal: true, reason } })}
      onClose={onClose}
    >
      <p>
        What differs gets the values back that it was deployed with; what is missing is made anew. Pods are replaced
        where their template differs. What others have added stays: it is theirs to take away.
      </p>
      <div className="drift-box">
        <DriftObjects releases={releases} />
      </div>
    </ReasonDialog>
  );
}
