import type { Kpi } from '../../../../contracts/kpis';
import { figure } from '../../format/figure';
import { Icon } from '../../parts/icons';
import { Sparkline } from './sparkline';

/** A figure, where it comes from, where it should be, and where it goes. */
export function KpiTile({ kpi }: { readonly kpi: Kpi }) {
  const { title, value, unit, band, target, definition, source, series } = kpi;
  return (
    <article className="tile">
      <header>
        <h3>{title}</h3>
        {band === null ? null : <span className={`band band-${band}`}>{band}</span>}
      </header>
      <p className="tile-value">
        {value === null ? <span className="tile-none">not enough data</span> : figure(value, unit)}
      </p>
      <div className="tile-marks small">
        <Trend kpi={kpi} />
        {target === null ? <span className="faint">no target</span> : <Target kpi={kpi} />}
      </div>
      <Sparkline points={series} target={target} title={title} unit={unit} />
      <details className="small no-print">
        <summary>How it is computed</summary>
        <p className="soft">
          {definition}{' '}
          {source === null ? null : /^https?:/.test(source) ? (
            <a href={source} target="_blank" rel="noreferrer">
              Source<span className="sr-only"> of {title} (opens in a new tab)</span>
            </a>
          ) : (
            <span>Source: {source}</span>
          )}
        </p>
      </details>
    </article>
  );
}

/** A change below this is noise. */
const steady = 0.01;

function Trend({ kpi: { value, before, direction } }: { readonly kpi: Kpi }) {
  if (value === null || before === null || before === 0) return <span className="faint">no trend yet</span>;
  const change = (value - before) / Math.abs(before);
  if (Math.abs(change) < steady) return <span className="soft">steady</span>;
  const better = change > 0 === (direction === 'up');
  return (
    <span className={`trend ${better ? 'tone-good' : 'tone-bad'}`}>
      <Icon name={change > 0 ? 'up' : 'fall'} />
      {Math.round(Math.abs(change) * 100)} % {better ? 'better' : 'worse'}
    </span>
  );
}

function Target({ kpi: { value, target, unit, direction } }: { readonly kpi: Kpi }) {
  const met = value !== null && target !== null && (direction === 'up' ? value >= target : value <= target);
  return (
    <span className="soft nowrap">
      target {direction === 'up' ? '≥' : '≤'} {figure(target, unit)}{' '}
      {value === null ? null : (
        <span className={`trend ${met ? 'tone-good' : 'tone-wait'}`}>
          <Icon name={met ? 'succeeded' : 'failed'} />
          {met ? 'met' : 'missed'}
        </span>
      )}
    </span>
  );
}
