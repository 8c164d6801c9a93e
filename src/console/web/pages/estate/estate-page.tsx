import type { EstateEnvironment } from '../../../api';
import { useEstate } from '../../api/queries';
import { Icon } from '../../parts/icons';
import { PageHead, Panel } from '../../parts/panel';
import { Empty, Loaded } from '../../parts/states';
import { healthLook } from '../../parts/status';
import { EnvironmentCard } from './environment-card';
import { WhatRunsWhere } from './what-runs-where';

const healths: readonly EstateEnvironment['health'][] = ['degraded', 'frozen', 'changing', 'healthy', 'empty'];

export function EstatePage() {
  const query = useEstate();
  return (
    <>
      <PageHead title="Estate" lead="What runs where, and whether it is as it was deployed." />
      <Loaded query={query}>
        {({ environments }) =>
          environments.length === 0 ? (
            <Empty
              icon="estate"
              title="No environment yet"
              command="f0 run examples/canary-pipeline.yaml --release 1.0.0"
            >
              An environment is here from its first release on. Send one on its way:
            </Empty>
          ) : (
            <div className="stack">
              <Summary environments={environments} />
              {byNamespace(environments).map(([namespace, ofNamespace]) => (
                <Panel key={namespace} title={namespace} className="namespace">
                  <WhatRunsWhere namespace={namespace} environments={ofNamespace} />
                  <ul className="environments">
                    {ofNamespace.map((one) => (
                      <li key={one.status.workflowId}>
                        <EnvironmentCard environment={one} />
                      </li>
                    ))}
                  </ul>
                </Panel>
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function byNamespace(
  environments: readonly EstateEnvironment[],
): readonly (readonly [string, readonly EstateEnvironment[]])[] {
  const groups = new Map<string, readonly EstateEnvironment[]>();
  for (const one of environments) {
    const { namespace } = one.status;
    groups.set(namespace, [...(groups.get(namespace) ?? []), one]);
  }
  return [...groups];
}

function Summary({ environments }: { readonly environments: readonly EstateEnvironment[] }) {
  const drifted = environments.filter(({ drift }) => drift?.result.drifted === true).length;
  const firing = environments.reduce((sum, { firingAlerts }) => sum + firingAlerts, 0);
  return (
    <ul className="summary" aria-live="polite">
      {healths.map((health) => {
        const look = healthLook(health);
        const count = environments.filter((one) => one.health === health).length;
        return (
          <li key={health} className={count === 0 ? 'none' : `tone-${look.tone}`}>
            <Icon name={look.icon} />
            <b>{count}</b> {look.word}
          </li>
        );
      })}
      <li className={drifted === 0 ? 'none' : 'tone-wait'}>
        <Icon name="drift" />
        <b>{drifted}</b> drifted
      </li>
      <li className={firing === 0 ? 'none' : 'tone-bad'}>
        <Icon name="alerts" />
        <b>{firing}</b> {firing === 1 ? 'alert firing' : 'alerts firing'}
      </li>
    </ul>
  );
}
