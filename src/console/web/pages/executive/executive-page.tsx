import { useState } from 'react';
import type { KpiReport } from '../../../../contracts/kpis';
import { useKpis } from '../../api/queries';
import { dayOf } from '../../format/time';
import { Icon } from '../../parts/icons';
import { PageHead, Panel } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { KpiTile } from './kpi-tile';
import { Slos } from './slos';

const periods = [
  { days: 7, name: '7 days' },
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
] as const;
/** DORA's four keys come first in the report. */
const doraKeys = 4;

export function ExecutivePage() {
  const [days, setDays] = useState(30);
  const query = useKpis(days);
  return (
    <>
      <PageHead title="Executive" lead={query.data ? period(query.data) : 'How delivery does, against its targets.'}>
        <fieldset className="segments no-print">
          <legend className="sr-only">Period</legend>
          {periods.map((one) => (
            <button key={one.days} type="button" aria-pressed={one.days === days} onClick={() => setDays(one.days)}>
              {one.name}
            </button>
          ))}
        </fieldset>
        <button type="button" className="button no-print" onClick={() => window.print()}>
          <Icon name="print" />
          Print or PDF
        </button>
      </PageHead>
      <Loaded query={query} rows={5}>
        {(report) => <Report report={report} />}
      </Loaded>
    </>
  );
}

const period = ({ from, to, namespace }: KpiReport): string =>
  `${dayOf(from)} to ${dayOf(to)}${namespace === null ? ', all namespaces' : `, ${namespace}`}. Trends are against the stretch of the same length before.`;

function Report({ report: { delivery, slos, business } }: { readonly report: KpiReport }) {
  if (delivery.length === 0 && slos.length === 0 && business.length === 0) {
    return (
      <Empty icon="executive" title="No figures yet" command="f0 run examples/canary-pipeline.yaml --release 1.0.0">
        They come from releases: with the first one that ends, the first figures are here.
      </Empty>
    );
  }
  return (
    <div className="stack executive">
      <section aria-labelledby="dora">
        <h2 id="dora">The four keys of DORA</h2>
        <ul className="tiles large">
          {delivery.slice(0, doraKeys).map((kpi) => (
            <li key={kpi.name}>
              <KpiTile kpi={kpi} />
            </li>
          ))}
        </ul>
      </section>
      {slos.length === 0 ? null : (
        <Panel title="Service levels">
          <Slos slos={slos} />
        </Panel>
      )}
      {delivery.length <= doraKeys ? null : (
        <section aria-labelledby="flow">
          <h2 id="flow">Flow</h2>
          <ul className="tiles">
            {delivery.slice(doraKeys).map((kpi) => (
              <li key={kpi.name}>
                <KpiTile kpi={kpi} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {business.length === 0 ? null : (
        <section aria-labelledby="business">
          <h2 id="business">Business</h2>
          <ul className="tiles">
            {business.map((kpi) => (
              <li key={kpi.name}>
                <KpiTile kpi={kpi} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
