import { useApprovals } from '../../api/queries';
import { PageHead } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { ApprovalCard } from './approval-card';

export function ApprovalsPage() {
  const query = useApprovals();
  return (
    <>
      <PageHead
        title="Approvals"
        lead="What waits for people: what would change, what is known about it, and who has said yes."
      />
      <Loaded query={query}>
        {({ approvals }) =>
          approvals.length === 0 ? (
            <Empty
              icon="approvals"
              title="Nothing waits for you"
              command="f0 approve shop/1.2.0 --reason 'staging was quiet for a day'"
            >
              When a stage has a gate, its question is here with the evidence, and in the command line too:
            </Empty>
          ) : (
            <ul className="stack" aria-live="polite" aria-relevant="additions removals">
              {approvals.map((item) => (
                <li key={`${item.asked.workflowId} ${item.asked.stage} ${item.asked.gate}`}>
                  <ApprovalCard item={item} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
