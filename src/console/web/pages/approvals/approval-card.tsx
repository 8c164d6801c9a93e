import { useId, useState } from 'react';
import { Link } from 'wouter';
import type { ApprovalItem, DecisionRequest } from '../../../api';
import { useDecide } from '../../api/commands';
import { Ago, Left } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { ReasonDialog } from '../../parts/reason-dialog';
import { meaning, Reasons } from '../../parts/reasons';
import { RiskBadge } from '../../parts/status';
import { runHref } from '../../shell/pages';
import { useRefusal } from '../../shell/session';

type Verdict = DecisionRequest['verdict'];

/** One question: decided with what is on it, or not at all. */
export function ApprovalCard({ item }: { readonly item: ApprovalItem }) {
  const { asked, runId, namespace, name, release, author, environment, risk } = item;
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const heading = useId();
  return (
    <article className="panel approval" aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>
          {name} <span className="mono">{release}</span> <span className="faint">to</span> {environment ?? asked.stage}
        </h2>
        <RiskBadge level={risk.level} />
      </header>
      <div className="approval-body">
        <div className="stack">
          <Change item={item} />
          <Evidence item={item} />
        </div>
        <div className="stack">
          <section>
            <h3>Risk</h3>
            {risk.points.length === 0 ? <p className="soft">Nothing speaks against it.</p> : null}
            <ul className="points">
              {risk.points.map((point) => (
                <li key={point}>{point}</li>
              ))}
            </ul>
          </section>
          <Quorum item={item} />
        </div>
      </div>
      <footer className="approval-foot">
        <p className="small soft">
          Asked <Ago at={asked.askedAt} /> by {asked.gate} of <Link href={runHref(runId)}>{asked.stage}</Link> in{' '}
          {namespace}, for {author}. Left: <Left until={asked.expiresAt} />
        </p>
        <Decide item={item} open={setVerdict} />
      </footer>
      {verdict ? <DecisionDialog item={item} verdict={verdict} onClose={() => setVerdict(null)} /> : null}
    </article>
  );
}

function Change({ item: { serving, release, asked } }: { readonly item: ApprovalItem }) {
  return (
    <section>
      <h3>What changes</h3>
      <p className="change">
        <span>
          <span className="faint small">serves now</span>
          <b className="mono">{serving ?? 'nothing'}</b>
        </span>
        <Icon name="arrow" />
        <span>
          <span className="faint small">would serve</span>
          <b className="mono">{release}</b>
        </span>
        <span>
          <span className="faint small">subject</span>
          <span className="mono" title={asked.subject}>
            {asked.subject.slice(0, 12)}
          </span>
        </span>
      </p>
    </section>
  );
}

function Evidence({ item: { evidence } }: { readonly item: ApprovalItem }) {
  const holds = evidence.filter(({ reason }) => meaning(reason) === 'holds').length;
  const stages = [...new Set(evidence.map(({ stage }) => stage))];
  return (
    <section>
      <h3>
        Evidence{' '}
        {evidence.length === 0 ? null : (
          <span className="faint">
            {holds} of {evidence.length} hold
          </span>
        )}
      </h3>
      {evidence.length === 0 ? <p className="soft">No stage before this one has measured anything.</p> : null}
      {stages.map((stage) => (
        <div key={stage} className="evidence">
          <p className="small faint">{stage}</p>
          <Reasons reasons={evidence.filter((one) => one.stage === stage).map(({ reason }) => reason)} />
        </div>
      ))}
    </section>
  );
}

function Quorum({ item: { asked } }: { readonly item: ApprovalItem }) {
  const { quorum, approvedBy, roles, approvers } = asked;
  const allowed = [...roles.map((role) => `role ${role}`), ...approvers].join(', ');
  return (
    <section>
      <h3>Quorum</h3>
      <p className="quorum">
        {Array.from({ length: quorum }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places are all alike
          <span key={place} className={place < approvedBy.length ? 'seat taken' : 'seat'}>
            <Icon name={place < approvedBy.length ? 'succeeded' : 'person'} />
          </span>
        ))}
        <span>
          {approvedBy.length} of {quorum} approved{approvedBy.length === 0 ? '' : `: ${approvedBy.join(', ')}`}
        </span>
      </p>
      <p className="small soft">{allowed === '' ? 'Anybody who may approve.' : `May decide: ${allowed}.`}</p>
    </section>
  );
}

function Decide({ item, open }: { readonly item: ApprovalItem; readonly open: (verdict: Verdict) => void }) {
  const role = useRefusal('approver');
  const refusal = item.refusal ?? role;
  const what = `${item.name} ${item.release} to ${item.environment ?? item.asked.stage}`;
  if (refusal !== null) {
    return (
      <p className="refusal small">
        <Icon name="info" /> You may not decide this: {refusal}
      </p>
    );
  }
  return (
    <div className="row">
      <button type="button" className="button danger" aria-label={`Reject ${what}`} onClick={() => open('reject')}>
        <Icon name="failed" />
        Reject
      </button>
      <button
        type="button"
        className="button primary"
        data-entry
        aria-label={`Approve ${what}`}
        onClick={() => open('approve')}
      >
        <Icon name="succeeded" />
        Approve
      </button>
    </div>
  );
}

interface DecisionDialogProps {
  readonly item: ApprovalItem;
  readonly verdict: Verdict;
  readonly onClose: () => void;
}

function DecisionDialog({ item: { asked, runId, name, release, environment }, verdict, onClose }: DecisionDialogProps) {
  const decide = useDecide();
  const verb = verdict === 'approve' ? 'Approve' : 'Reject';
  return (
    <ReasonDialog
      title={`${verb} ${name} ${release}`}
      confirm={verb}
      tone={verdict === 'approve' ? 'accent' : 'bad'}
      hint="It goes with your name into the audit trail, for good."
      send={(reason) =>
        decide.mutateAsync({ runId, stage: asked.stage, gate: asked.gate, verdict, reason, subject: asked.subject })
      }
      onClose={onClose}
    >
      <p>
        {verdict === 'approve'
          ? `Your approval is one of ${asked.quorum}. With all of them the release goes on to ${environment ?? asked.stage}.`
          : 'One rejection is enough: the stage fails, and what requires it is skipped.'}
      </p>
    </ReasonDialog>
  );
}
