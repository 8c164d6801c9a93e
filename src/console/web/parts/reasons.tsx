import type { VerdictReason } from '../../../contracts/analysis';
import { figure } from '../format/figure';
import { OutcomeBadge } from './status';

/** A trigger that is true is bad, a criterion that is true is good: what the outcome means depends on what was asked. */
export function meaning({ kind, outcome }: VerdictReason): 'holds' | 'breached' | 'unknown' {
  if (outcome === 'unknown') return 'unknown';
  const goodWhenTrue = kind === 'criterion' || kind === 'judge';
  return (outcome === 'true') === goodWhenTrue ? 'holds' : 'breached';
}

/** Why a verdict is what it is: each condition with its figures, in the words of the analysis. */
export function Reasons({ reasons }: { readonly reasons: readonly VerdictReason[] }) {
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={`${reason.kind} ${reason.subject}`}>
          <OutcomeBadge outcome={meaning(reason)} />
          <div>
            <p>
              <span className="mono reason-subject">{reason.subject}</span>{' '}
              <span className="faint small">{reason.kind}</span>
            </p>
            <p className="soft small">{reason.message}</p>
            <Figures reason={reason} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Figures({
  reason: { observed, threshold, baseline, pValue, effect, unit = '' },
}: {
  readonly reason: VerdictReason;
}) {
  const figures: readonly (readonly [string, string])[] = [
    ...(observed === undefined ? [] : [['observed', figure(observed, unit)] as const]),
    ...(threshold === undefined ? [] : [['limit', figure(threshold, unit)] as const]),
    ...(baseline === undefined ? [] : [['baseline', figure(baseline, unit)] as const]),
    ...(effect === undefined ? [] : [['effect', figure(effect, '')] as const]),
    ...(pValue === undefined ? [] : [['p', figure(pValue, '')] as const]),
  ];
  if (figures.length === 0) return null;
  return (
    <dl className="figures small">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
