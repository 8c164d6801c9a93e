import { useState } from 'react';
import { Link } from 'wouter';
import type { Alert, AlertDelivery, Silence } from '../../../../contracts/alerts';
import { useAcknowledge } from '../../api/commands';
import { Ago, Took } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { ReasonDialog } from '../../parts/reason-dialog';
import { SeverityBadge } from '../../parts/status';
import { runHref } from '../../shell/pages';
import { useRefusal } from '../../shell/session';
import { SilenceDialog } from './silence-dialog';

const tones = { critical: 'bad', warning: 'wait', info: 'live' } as const;

export function AlertItem({ alert, silences }: { readonly alert: Alert; readonly silences: readonly Silence[] }) {
  const { name, severity, state, labels, summary, description, workflowId, startedAt, endedAt, deliveries } = alert;
  return (
    <li className={`alert tone-${state === 'resolved' ? 'still' : tones[severity]}`}>
      <div>
        <SeverityBadge severity={severity} />
        <p className="small soft">{state}</p>
      </div>
      <div>
        <h3>{name}</h3>
        <p>{summary}</p>
        {description === '' ? null : <p className="soft small">{description}</p>}
        <ul className="chips" aria-label="Labels">
          {Object.entries(labels).map(([label, value]) => (
            <li key={label} className="chip">
              {label}={value}
            </li>
          ))}
        </ul>
        <p className="alert-facts small soft">
          <span>
            started <Ago at={startedAt} />
          </span>
          {endedAt === null ? null : (
            <span>
              lasted <Took from={startedAt} to={endedAt} />
            </span>
          )}
          {workflowId?.startsWith('pipeline/') ? <Link href={runHref(workflowId)}>to the run</Link> : null}
        </p>
        <Tended alert={alert} silences={silences} />
        {deliveries.length === 0 ? null : <Deliveries deliveries={deliveries} />}
      </div>
      {state === 'resolved' ? <span /> : <Actions alert={alert} />}
    </li>
  );
}

/** Who looks after it, or why nobody is told. */
function Tended({
  alert: { acknowledged, mutedBy },
  silences,
}: {
  readonly alert: Alert;
  readonly silences: readonly Silence[];
}) {
  const silence = silences.find(({ id }) => id === mutedBy);
  return (
    <>
      {acknowledged === null ? null : (
        <p className="small">
          <Icon name="person" /> <b>{acknowledged.by}</b> looks after it: {acknowledged.reason} (
          <Ago at={acknowledged.at} />)
        </p>
      )}
      {mutedBy === null ? null : (
        <p className="small">
          <Icon name="muted" />{' '}
          {silence
            ? `Silenced by ${silence.by}: ${silence.reason}`
            : 'Muted: a graver alert about the same thing fires.'}
        </p>
      )}
    </>
  );
}

function Deliveries({ deliveries }: { readonly deliveries: readonly AlertDelivery[] }) {
  const failed = deliveries.filter(({ failure }) => failure !== null).length;
  return (
    <details className="small deliveries">
      <summary>
        {deliveries.length} {deliveries.length === 1 ? 'delivery' : 'deliveries'}
        {failed === 0 ? '' : `, ${failed} failed`}
      </summary>
      <ul>
        {deliveries.map(({ channel, state, at, failure }) => (
          <li key={`${channel} ${state} ${at}`} className={failure === null ? 'tone-good' : 'tone-bad'}>
            <span className="trend">
              <Icon name={failure === null ? 'succeeded' : 'failed'} />
              {failure === null ? 'delivered' : 'failed'}
            </span>
            <span className="mono">{channel}</span>
            <span className="soft">
              {state} <Ago at={at} />
            </span>
            {failure === null ? null : <span>{failure}; the next channel of the route was tried</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Actions({ alert }: { readonly alert: Alert }) {
  const [open, setOpen] = useState<'acknowledge' | 'silence' | null>(null);
  const acknowledge = useAcknowledge();
  const refusal = useRefusal('operator');
  return (
    <div className="row">
      {alert.acknowledged === null ? (
        <button
          type="button"
          className="button small-button"
          data-entry
          disabled={refusal !== null}
          title={refusal ?? 'Tell the others that you look after it; escalation stops'}
          aria-label={`Acknowledge ${alert.name}`}
          onClick={() => setOpen('acknowledge')}
        >
          <Icon name="person" />
          Acknowledge
        </button>
      ) : null}
      <button
        type="button"
        className="button small-button"
        disabled={refusal !== null}
        title={refusal ?? 'Tell nobody about alerts like this one for a while'}
        aria-label={`Silence ${alert.name}`}
        onClick={() => setOpen('silence')}
      >
        <Icon name="muted" />
        Silence
      </button>
      {open === 'acknowledge' ? (
        <ReasonDialog
          title={`Acknowledge ${alert.name}`}
          confirm="Acknowledge"
          hint="What you do about it, for those who were told too."
          send={(reason) => acknowledge.mutateAsync({ fingerprint: alert.fingerprint, reason })}
          onClose={() => setOpen(null)}
        >
          <p>You take it: it is not escalated further. It stays until its condition is no longer true.</p>
        </ReasonDialog>
      ) : null}
      {open === 'silence' ? <SilenceDialog labels={alert.labels} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
