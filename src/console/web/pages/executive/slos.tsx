import type { SloStatus } from '../../../../contracts/kpis';
import { digits } from '../../format/figure';
import { Icon } from '../../parts/icons';
import { ScrollRegion } from '../../parts/scroll-region';

/** Objectives, what is left of their error budgets, and how fast those burn. */
export function Slos({ slos }: { readonly slos: readonly SloStatus[] }) {
  return (
    <ScrollRegion label="Table of service levels">
      <table className="table slos">
        <thead>
          <tr>
            <th scope="col">Objective</th>
            <th scope="col">Availability</th>
            <th scope="col">Error budget left</th>
            <th scope="col">Burn rates</th>
          </tr>
        </thead>
        <tbody>
          {slos.map((slo) => (
            <tr key={`${slo.name} ${slo.environment}`}>
              <th scope="row">
                {slo.name} <span className="faint small">{slo.environment}</span>
                <p className="soft small">
                  {percent(slo.objective)} over {slo.windowDays} days
                </p>
              </th>
              <td className="nowrap">
                <b>{slo.availability === null ? 'not measured' : percent(slo.availability)}</b>
              </td>
              <td>
                <Budget left={slo.budgetLeft} />
              </td>
              <td>
                <Burn rates={slo.burnRates} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** Availability needs its nines. */
const percent = (share: number): string =>
  `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 }).format(share * 100)} %`;

/** Less than a fifth is little. */
const little = 0.2;

function Budget({ left }: { readonly left: number | null }) {
  if (left === null) return <span className="faint">not measured</span>;
  const tone = left <= 0 ? 'bad' : left < little ? 'wait' : 'good';
  return (
    <span className={`budget tone-${tone}`}>
      <span className="meter">
        <span style={{ width: `${Math.min(1, Math.max(0, left)) * 100}%` }} />
      </span>
      <span className="trend">
        <Icon name={left <= 0 ? 'critical' : left < little ? 'degraded' : 'succeeded'} />
        {left < 0 ? `overspent by ${digits(-left * 100)} %` : `${digits(left * 100)} %`}
      </span>
    </span>
  );
}

function Burn({ rates }: { readonly rates: SloStatus['burnRates'] }) {
  return (
    <ul className="burn small">
      {rates.map(({ window, rate, alertAbove }) => {
        const burning = rate !== null && rate > alertAbove;
        return (
          <li key={window} className={burning ? 'tone-bad' : ''}>
            <span className="faint">{window}</span>{' '}
            <b className={burning ? 'trend' : ''}>
              {burning ? <Icon name="degraded" /> : null}
              {rate === null ? '–' : `${digits(rate)}×`}
            </b>{' '}
            <span className="faint">alert &gt; {digits(alertAbove)}×</span>
          </li>
        );
      })}
    </ul>
  );
}
